"""Numbers as abstracts write them: pure functions on strings.

A numeral is digits ("1,890", "84:3%", "10^{-3}", "$2.5\\times$") or words ("twice", "two orders of magnitude",
"one third"). Its value is the magnitude as written, without sign; the unit is "%", "x", "points", "" or a unit of
measure as written. LaTeX and what a broken converter leaves of it ("8times", "\\1,890") are read as meant.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Numeral:
    """`text[start:end]` is what value and unit were read from."""

    start: int
    end: int
    value: float
    unit: str


CARDINALS = {"zero": 0.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0}
CARDINALS |= {"eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "thirteen": 13.0}
CARDINALS |= {"fourteen": 14.0, "fifteen": 15.0, "sixteen": 16.0, "seventeen": 17.0, "eighteen": 18.0, "nineteen": 19.0}
CARDINALS |= {"twenty": 20.0, "thirty": 30.0, "forty": 40.0}
CARDINALS |= {"fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0, "hundred": 100.0}
CARDINALS |= {"one hundred": 100.0, "a hundred": 100.0, "a thousand": 1000.0, "one thousand": 1000.0}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_PARTS |= {"eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100, "thousandth": 1000}
_OPENINGS = (*CARDINALS, "twice", "thrice", "doubl", "tripl", "quadrupl", "hal", "thousand", "tens", "a", "single")
"""What a numeral in words begins with."""
_LETTERS = re.compile(r"(?<![\w-])[A-Za-z]+")
_MULTIPLES = {"twice": 2.0, "thrice": 3.0, "doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0}

_GAP = r"(?:[\s}$~]|\\[,;: ])*"
"""What may stand between a number and its unit: blanks and the ends of LaTeX groups."""
_CARDINAL = "|".join(sorted((name.replace(" ", r"\s") for name in CARDINALS), key=len, reverse=True))

_RATE = r"(?:(?:frame|image|token|sample|sentence|video|quer(?:y|ie)|question|word|step|clip|pair|request|iteration)s?)"
_TIME = (
    r"(?:ms|msec|µs|μs|us|ns|secs?|seconds?|milliseconds?|microseconds?|mins?|minutes?|hours?|hrs?|days?|weeks?|s|h)"
)
_SIZE = r"(?:[KMGT]i?B|[kMG]bps|[KMGT]?[Bb]ytes?|bits?|nats?)"
_MEASURE = (
    rf"{_RATE}(?:\s+per\s+(?:{_TIME}|frame|epoch)|\s?/\s?{_TIME})\b"
    rf"|(?:(?:GPU|TPU|CPU|A100|V100|H100|P100)(?:[\s-]v\d)?[\s-](?:hours?|days?|minutes?|seconds?))\b"
    r"|[kMGT]?Hz\b|fps\b|FPS\b|dBi?\b|bpp\b|[GTMP]?(?:FLOP|flop|MAC|Mac)(?:[sS]|/s)?\b"
    r"|[GTMP]?OPS\b|bpm\b|px\b|pixels?\b"
    rf"|{_TIME}(?:\s+per\s+{_RATE}|\s?/\s?{_RATE}|\s?/\s?\w+)?\b"
    rf"|{_SIZE}(?:\s?/\s?\w+|\s+per\s+\w+)?\b"
    r"|(?:mm|cm|km|nm|µm|μm|m)(?:\s?/\s?s)?\b|(?:[mkµμ]?(?:W|J|Wh))\b(?:\s?/\s?\w+)?"
    r"|(?:m|k)?N\b|kg\b|°C?|deg(?:rees?)?\b"
    r"|USD\b|dollars?\b"
)
_WORD_UNIT = r"million\b|billion\b|trillion\b|thousand\b|[KkMBT](?![\w-])(?:\s(?:params|parameters)\b)?"
_POINTS = (
    r"(?:\\*%[\s-]*)?(?:(?:absolute|relative|percentage|percent|per\s?cent|accuracy|[A-Z][\w@.-]*)[\s-]+){0,3}"
    r"(?:points?\b(?!\s+(?:cloud|set|match|correspond))|pts?\b\.?|pp\b|p\.p\.|ppts?\b)"
)
_UNIT = re.compile(
    rf"(?P<points>[\s-]?{_GAP}{_POINTS})"
    rf"|(?P<percent>{_GAP}(?:\\text\w*\{{)?\\*(?:%|％)|[\s-]{_GAP}(?:percent\b|per\s?cent\b|percentage\b(?!\s+point)))"
    rf"|(?P<x>{_GAP}\{{?\\times(?![A-Za-z])(?!\s*\d)|{_GAP}[×✕⨉](?!\s*\d)|{_GAP}\\?[xX](?!\w)(?!\s*\d)"
    r"|[xX](?=faster|fewer|less|lower|speed)"
    rf"|{_GAP}imes\b"
    rf"|[\s-]?{_GAP}\\?times?\b(?<!time)(?!\s*\d)|[\s-]?{_GAP}folds?\b(?!\s*cross))"
    rf"|(?P<magnitude>[\s-]?{_GAP}orders?[\s-]of[\s-]magnitudes?)"
    rf"|(?P<measure>(?:{_GAP}|-)(?:{_WORD_UNIT}|{_MEASURE}))"
)
_PLAIN = r"\d{1,3}(?:(?:,|\{,\}|\\,|\u2009)\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_DIGITS = re.compile(
    rf"""(?=[-+−.\d])(?<![0-9_@#.^±])(?P<sign>[+−]|(?<![\w)%$}}×])-)?
    (?: (?P<colon>\d{{1,2}}:\d{{1,2}})(?=\s?\\?%)
      | (?P<top>\d+)\s?/\s?(?P<below>\d+)(?:\s?'?(?:th|rd|nd))?(?![\d/.%])
      | (?:(?P<factor>\d+(?:\.\d+)?)\s?(?:\\times|\\cdot|×|·|x|\*)\s?)?
        (?P<base>10|\d{{1,2}}(?=\^[\d{{]))\s?(?:\^|\*\*)\s?\{{?(?P<power>[-−–]?\s?\d{{1,2}})\}}?
      | (?P<mantissa>\d+(?:\.\d+)?)\s?[eE]\s?(?P<exp>[-−–]\s?\d{{1,2}})(?!\d)
      | (?P<plain>{_PLAIN})(?:\+(?=\s?(?:\\*%|[x×])))?
    )""",
    re.VERBOSE,
)
_AFTER = re.compile(
    r"[}$]*(?:(?<!\.\d)(?<!\.\d\d)[A-Za-z_@]|\s?[×xX]\s?\d|\\?times\s?\d|\s?\\times\s?\{?\d"
    r"|[-–][A-Za-z]|\.\d|:\d|,\d{3}(?!\d)|\^)"
)
"""Right after a number without unit: part of a name ("3D", "5-shot"), a resolution, a version, a time of day."""
_RELATION = re.compile(r"\\(?:[gl]eq?(?:slant)?|[gl]t|sim|approx|simeq|to|rightarrow)$")
_NUMERIC_CHUNK = re.compile(
    r"[(\[{$~∼≈<>≤≥+]*(?:\\[a-z]+\{?)*(?:\d[\d.,]*(?:\\*%|[xX×]|\$?\\times|[KMB])?[})$+]*[-–/:]+)+|[-–]"
)
_BRACKET = re.compile(r"\[(?:\d+,\s?)*$")
_OTHER_FACTOR = re.compile(r"(?:\\pm|±|\+/-|\d\s?(?:[×xX*]|\\times|times))[\s{]*$")
_FACTOR_SIGN = re.compile(
    r"(?<![\d})\]])(?<![\d})\]$]\s)(?<!\d\$)(?<![\d}]\s\$)(?P<sign>(?:(?<=\s)|(?<=\s\()|\A)[xX]|(?:×|\\times)\s?\{?)$"
)
"""What makes a factor of the number behind it: "×20 faster", "x16 fewer", "(x4)"."""
_FACTOR_OF = re.compile(
    r"\s(?:\w+\s)?(?:\w+er\b|less|more|speed|accelerat|reduc|improve|compress)|\)|\Z", re.IGNORECASE
)
_LINK = re.compile(
    r"[\s$}]*(?:,\s*(?:and|or)?|[-–—−~∼&/]+|\\?sim|\\to|→|to|and|or)?[\s${+~∼-]*(?:\\sim|up\s+to|over|about|around)?[\s${+]*"
)
_WORDS = re.compile(
    rf"""(?:
      (?P<multiple>twice|thrice|(?:doubl|tripl|quadrupl)(?:es?|ed|ing)\b)
    | (?P<halve>halv(?:es?|ed|ing)\b)
    | (?P<fold>(?:{_CARDINAL}))[\s-]?fold\b
    | (?P<of>thousands|hundreds|tens)\sof\stimes\b
    | (?P<count>an?|one|single|two|three|four|five|six|half\san)[\s-](?P<magnitude>orders?[\s-]of[\s-]magnitudes?)\b
    | (?:(?P<many>one|two|three|four|five|seven|nine|a)[\s-])
      (?P<part>half|third|quarter|fourth|fifth|sixth|seventh|eighth|ninth|tenth
        |hundredth|thousandth)s?(?=\s(?:of|as|the)\b|[\s.,;)]|$)
    | (?P<half>half)\b(?![\s-]*(?:space|plane|precision|life|way|duplex|moon|a\s|an\s)|-\w)
    | (?P<zero>zero)\b(?!-)
    | (?P<cardinal>{_CARDINAL})
      (?=(?:\s|-)(?:percent|per\scent|percentage|times\b|GPU|hours?\b|minutes?\b|seconds?\b|days?\b|points?\b))
    )""",
    re.VERBOSE | re.IGNORECASE,
)


def scan(text: str) -> list[Numeral]:
    """Every numeral of the text by start; parts of names, resolutions and ± deviations left out. O(n)."""
    found = [*_digits(text), *_words(text)]
    found.sort(key=lambda n: (n.start, -n.end))
    kept: list[Numeral] = []
    for numeral in found:
        if not kept or numeral.start >= kept[-1].end:
            kept.append(numeral)
    return _share_units(text, kept)


def parse_value(surface: str) -> tuple[float, str] | None:
    """Value and unit of a string that is one numeral; None if it is none, or more than one.

    >>> parse_value("1,890"), parse_value("20x"), parse_value("twice"), parse_value("BLEU")
    ((1890.0, ''), (20.0, 'x'), (2.0, 'x'), None)
    """
    numerals = scan(surface)
    return (numerals[0].value, numerals[0].unit) if len(numerals) == 1 else None


def value_in(surface: str) -> float | None:
    """The value of a string that is one numeral, else None: what a Result read from these characters may say."""
    parsed = parse_value(surface)
    return parsed[0] if parsed else None


def three_digits(value: float) -> float:
    """Rounded to three significant digits: one third is 33.3 %, a fifteenth 6.67 %."""
    return float(f"{value:.3g}")


def _digits(text: str) -> Iterator[Numeral]:
    for match in _DIGITS.finditer(text):
        if _is_marker(text, match) or (_factor(text, match) is None and _is_name_part(text, match.start())):
            continue
        value = _value(match)
        if value is None:
            continue
        unit = _UNIT.match(text, match.end())
        factor = _factor(text, match) if unit is None else None
        if factor is not None:
            yield Numeral(factor, match.end(), value, "x")
            continue
        if unit and match["top"]:
            unit = None
        if unit is None and _AFTER.match(text, match.end()):
            continue
        yield _with_unit(match, value, unit)


def _factor(text: str, match: re.Match[str]) -> int | None:
    """Start of the sign before the number that makes it a factor. The letter x needs a comparison behind it."""
    sign = _FACTOR_SIGN.search(text, max(0, match.start() - 8), match.start())
    if sign is None or (sign["sign"] in {"x", "X"} and not _FACTOR_OF.match(text, match.end())):
        return None
    return sign.start("sign")


def _with_unit(match: re.Match[str], value: float, unit: re.Match[str] | None) -> Numeral:
    start = match.start()
    if unit is None:
        return Numeral(start, match.end(), value, "%" if match.lastgroup == "below" else "")
    kind = str(unit.lastgroup)
    if kind == "magnitude":
        return Numeral(start, unit.end(), 10.0**value, "x")
    word = unit.group().strip(" \t\n-$}{~\\")
    return Numeral(start, unit.end(), value, {"points": "points", "percent": "%", "x": "x"}.get(kind, word))


def _value(match: re.Match[str]) -> float | None:
    if match["plain"]:
        return float(re.sub(r"[^\d.]", "", match["plain"]))
    if match["colon"]:
        return float(match["colon"].replace(":", "."))
    if match["top"]:
        top, below = float(match["top"]), float(match["below"])
        return three_digits(100 * top / below) if 0 < top < below else None
    if match["base"]:
        return float(f"{float(match['factor'] or 1) * float(match['base']) ** _exponent(match['power']):.12g}")
    return float(f"{match['mantissa']}e{_exponent(match['exp'])}")


def _exponent(written: str) -> int:
    return int(re.sub(r"\s", "", written).replace("−", "-").replace("–", "-"))


def _is_marker(text: str, match: re.Match[str]) -> bool:
    """Citations "[3, 4]", list markers "(1)" and "2)", and plain years."""
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 1]
    if _BRACKET.search(before) and after in {"]", ","}:
        return True
    if (
        len(match.group()) == 1
        and after == ")"
        and (before[-1:] in {"", "("} or (before[-1] == " " and "(" not in before))
    ):
        return True
    return bool(re.fullmatch(r"(?:19[89]|20[0-3])\d", match.group())) and not _UNIT.match(text, match.end())


def _is_name_part(text: str, start: int) -> bool:
    """Whether what stands before makes the digits part of a name ("GPT-4", "F1"), a resolution or a deviation."""
    before = text[max(0, start - 24) : start]
    if before[-1:].isalpha():
        return not _RELATION.search(before)
    if before[-1:] in {"-", "–", "/", ":"}:
        chunk = before.split()[-1] if before.split() else ""
        return not _NUMERIC_CHUNK.fullmatch(chunk)
    return text[start] not in "-−" and bool(_OTHER_FACTOR.search(before))


def _share_units(text: str, numerals: list[Numeral]) -> list[Numeral]:
    """Ends of ranges and members of lists take the unit of the last: "10-100x", "2.3, 4.5 and 6 %"."""
    shared = numerals[:]
    for i in range(len(shared) - 2, -1, -1):
        left, right = shared[i], shared[i + 1]
        if left.unit == "" and right.unit != "" and _LINK.fullmatch(text, left.end, right.start):
            shared[i] = replace(left, unit=right.unit)
    return shared


def _words(text: str) -> Iterator[Numeral]:
    for word in _LETTERS.finditer(text):
        match = _WORDS.match(text, word.start()) if word.group().lower().startswith(_OPENINGS) else None
        if match is None:
            continue
        start, end = match.span()
        kind = str(match.lastgroup)
        if match["multiple"]:
            multiple = match["multiple"].lower()
            yield Numeral(start, end, next(v for w, v in _MULTIPLES.items() if multiple.startswith(w)), "x")
        elif match["halve"] or match["half"]:
            yield Numeral(start, end, 50.0, "%")
        elif match["fold"]:
            yield Numeral(start, end, CARDINALS[" ".join(match["fold"].lower().split())], "x")
        elif match["of"]:
            yield Numeral(start, end, {"thousands": 1000.0, "hundreds": 100.0, "tens": 10.0}[match["of"].lower()], "x")
        elif match["magnitude"]:
            count = match["count"].lower()
            if not count.startswith("half"):
                yield Numeral(start, end, 10.0 ** CARDINALS.get(count, 1.0), "x")
        elif match["part"]:
            many = CARDINALS.get(match["many"].lower(), 1.0)
            yield Numeral(start, end, three_digits(100 * many / _PARTS[match["part"].lower()]), "%")
        else:
            value = CARDINALS[" ".join(match[kind].lower().split())]
            unit = _UNIT.match(text, end)
            if unit or match["zero"]:
                yield _with_unit(match, value, unit)
