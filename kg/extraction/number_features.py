"""Features by which a number is taken for a result: what is written around it, as strings."""

import math
import re
from itertools import pairwise

from kg.extraction.context import Sentence, unit_class

_CUE = re.compile(
    r"(?:improv|outperform|reduc|achiev|increas|decreas|surpass|gain|obtain|reach|exceed|boost|drop|sav|accelerat|speed"
    r"|fast|beat|attain|yield|lower|high|less|more|few|small|larg|bett|wors|degrad|compress|consum|cost|us|requir|contain"
    r"|compris|consist|collect|train|cover|rais|enhanc|cut|remov|lead|record|rang|scor|run|need|show|find|found|releas|introduc)\w*$"
)
_BREAKS = frozenset(",;:()")
_COMPARES = re.compile(
    r"than|fewer|less|more|lower|higher|smaller|larger|faster|better|only|just|mere(?:ly)?|up|over|vs|versus|compared|against|times"
)
_WINDOW = 7


def features(sentence: Sentence, at: int) -> list[str]:
    """Features of the number at a position of the sentence; each at most once."""
    token, number = sentence.tokens[at], sentence.number(at)
    unit = unit_class(number.unit)
    left, right = sentence.forms(at - 4, at)[::-1], sentence.forms(at + 1, at + 5)
    found = [
        "bias",
        f"unit={token.form}",
        f"bound={number.bound}",
        f"size={_size(number.value)}|{unit}",
        f"decimals={number.value != int(number.value)}|{unit}",
        f"count={number.value < 13 and number.value == int(number.value)}|{unit}",
        f"l1={left[0]}",
        f"l1={left[0]}|{unit}",
        f"l2={left[1]}",
        f"l2={left[1]}|{unit}",
        f"l3={left[2]}",
        f"l12={left[1]} {left[0]}",
        f"l123={left[2]} {left[1]} {left[0]}",
        f"r1={right[0]}",
        f"r1={right[0]}|{unit}",
        f"r2={right[1]}",
        f"r2={right[1]}|{unit}",
        f"r3={right[2]}",
        f"r12={right[0]} {right[1]}",
        f"r123={right[0]} {right[1]} {right[2]}",
        f"l1r1={left[0]} {right[0]}",
        *_place(sentence),
        *_cues(sentence, at, unit),
        *_clause(sentence, at, unit),
        *_neighbours(sentence, at, unit),
        *_mentions(sentence, at, unit),
    ]
    if unit == "u":
        found.append(f"measure={number.unit.lower()}")
    window_left = sentence.forms(max(0, at - _WINDOW), at)
    window_right = sentence.forms(at + 1, min(len(sentence.tokens), at + 1 + _WINDOW))
    found += [f"l:{form}" for form in window_left] + [f"r:{form}" for form in window_right]
    found += [f"l:{form}|{unit}" for form in window_left[-5:]] + [f"r:{form}|{unit}" for form in window_right[:5]]
    found += [f"s:{t.form}" for t in sentence.tokens if len(t.form) > 2 and t.form.isalpha()]
    return list(dict.fromkeys(found))


def carried(sentence: Sentence, at: int, before: dict[int, str]) -> list[str]:
    """Features from what the earlier numbers of the sentence, by position, were taken for."""
    earlier = [i for i in sentence.numbers if i < at]
    if not earlier:
        return ["prev=^"]
    last = earlier[-1]
    label, same = before[last], sentence.tokens[last].form == sentence.tokens[at].form
    between = sentence.forms(last + 1, at)
    words = " ".join(f for f in between if not f.startswith("<")) if len(between) <= 6 else "far"
    joined = "," in between or "and" in between
    return [
        f"prev={label}|{same}",
        f"prev={label}|{same}|{joined}|{min(8, len(between)) // 3}",
        f"prev={label}|{same}|{words}",
        f"prev={label}|{sentence.tokens[last].form}|{sentence.tokens[at].form}",
        f"first={before[earlier[0]]}|{sentence.tokens[at].form}",
    ]


def _size(value: float) -> int:
    return -9 if value == 0 else math.floor(2 * math.log10(value))


def _place(sentence: Sentence) -> list[str]:
    if sentence.place == 0:
        return ["title"]
    tenth = (sentence.place * 5) // max(1, sentence.count)
    return [f"place={tenth}", f"fromend={min(4, sentence.count - 1 - sentence.place)}"]


def _cues(sentence: Sentence, at: int, unit: str) -> list[str]:
    """The nearest words that say what a number is for, on both sides."""
    found = []
    tokens = sentence.tokens
    for side, span in (("L", range(at - 1, max(-1, at - 20), -1)), ("R", range(at + 1, min(len(tokens), at + 12)))):
        cues = [tokens[i].form for i in span if _CUE.match(tokens[i].form)]
        if cues:
            found += [f"cue{side}={cues[0]}", f"cue{side}={cues[0]}|{unit}"]
        else:
            found.append(f"cue{side}=none|{unit}")
        found += [f"cue2{side}={second}" for second in cues[1:2]]
    return found


def _clause(sentence: Sentence, at: int, unit: str) -> list[str]:
    """What the clause of the number says: a size is a result where being small is the claim ("only", "fewer")."""
    tokens = sentence.tokens
    low = next((i + 1 for i in range(at - 1, max(-1, at - 20), -1) if tokens[i].form in _BREAKS), max(0, at - 20))
    high = next((i for i in range(at + 1, min(len(tokens), at + 12)) if tokens[i].form in _BREAKS), at + 12)
    forms = [token.form for token in tokens[low:high]]
    compares = sorted({f for f in forms if _COMPARES.fullmatch(f)})
    cue = next((f for f in forms if _CUE.match(f)), "none")
    return [
        f"clause={cue}|{unit}",
        f"clause begins={tokens[low].form}|{unit}",
        f"compares={bool(compares)}|{unit}",
        f"compares={bool(compares)}|{cue != 'none'}|{unit}",
        *(f"compares:{form}|{unit}" for form in compares),
    ]


def _neighbours(sentence: Sentence, at: int, unit: str) -> list[str]:
    """The numbers before and after, with what stands between, if that is short."""
    found = [f"numbers={min(6, len(sentence.numbers))}"]
    for first, second in pairwise(sentence.numbers):
        if at not in {first, second}:
            continue
        side, other = ("before", first) if at == second else ("after", second)
        between = sentence.forms(first + 1, second)
        other_unit = sentence.tokens[other].form
        found.append(f"{side}={other_unit}|{unit}")
        if len(between) <= 4:
            found.append(f"{side}:{' '.join(between)}|{other_unit}")
            lead = sentence.forms(first - 1, first)[0]
            found.append(f"{side}:{lead} {' '.join(between)}")
    return found


_BESIDE_METRIC = 8
"""Tokens between a metric and its number."""


def _metric_beside(sentence: Sentence, at: int, unit: str) -> list[str]:
    """What stands between the number and the nearest metric on a side: "from" in "METRIC (ACRONYM) from 3 to 2"."""
    found = []
    tokens = sentence.tokens
    number = tokens[at].number
    decimal = number is not None and number.value % 1 != 0
    for side, span in (("L", range(at - 1, at - _BESIDE_METRIC, -1)), ("R", range(at + 1, at + _BESIDE_METRIC))):
        near = next((i for i in span if 0 <= i < len(tokens) and tokens[i].form == "<metric>"), None)
        if near is None:
            continue
        between = [f for f in sentence.forms(min(at, near) + 1, max(at, near)) if f not in {"(", ")", "<metric>"}]
        if len(between) <= 4:
            words = " ".join(between)
            found += [f"metric{side}:{words}|{unit}", f"metric{side}:{words}|{unit}|{decimal}"]
        found.append(f"metric{side}|{unit}|{decimal}")
    return found


def _mentions(sentence: Sentence, at: int, unit: str) -> list[str]:
    found = _metric_beside(sentence, at, unit)
    for kind in ("metric", "dataset", "method", "task"):
        for side, places in (
            ("L", [i for i in sentence.mentions if i < at][::-1]),
            ("R", [i for i in sentence.mentions if i > at]),
        ):
            near = next((i for i in places if sentence.tokens[i].form == f"<{kind}>"), None)
            if near is None:
                found.append(f"{kind}{side}=none|{unit}")
            else:
                gap = abs(near - at)
                found.append(f"{kind}{side}={gap if gap < 4 else 5 if gap < 8 else 9}|{unit}")
    return found
