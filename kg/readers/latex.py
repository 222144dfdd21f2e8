"""What LaTeX writes for letters and signs, in names and BibTeX fields; formulas stay as they are."""

from __future__ import annotations

import re
import unicodedata

_COMBINING = {"`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306"}
_COMBINING |= {".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c"}
_COMBINING |= {"d": "\u0323", "c": "\u0327", "k": "\u0328"}
_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ"}
_LETTERS |= {"aa": "å", "AA": "Å", "i": "ı", "j": "ȷ"}
_ACCENT = re.compile(
    r"""\{?\\(?:(?P<sign>[`'^~=."])\s*|(?P<letter>[uvHrdck])(?:\s+|(?=\{)))
        (?:\{\s*\\?(?P<braced>[A-Za-z])\s*\}|\\?(?P<bare>[A-Za-z]))(?P<close>\}?)""",
    re.VERBOSE,
)
_LETTER = re.compile(
    r"\{\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])\s*\}|\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?:\{\}|\s+|(?![A-Za-z]))"
)
_MATH = re.compile(r"(?<!\\)\$[^$]*\$|\\\(.*?\\\)", re.DOTALL)
_ESCAPED = re.compile(r"\\([%&_#])")
_KEEPS_BRACE = re.compile(r"(?:\\[A-Za-z]+\*?|[\^_}\]])$")


def accents(text: str) -> str:
    r"""Accented letters as Unicode.

    >>> accents(r"Bal\'azs, Erd{\H o}s, G{\"{o}}del, {\O}rsted")
    'Balázs, Erdős, Gödel, Ørsted'
    """
    return _LETTER.sub(lambda m: _LETTERS[m[1] or m[2]], _ACCENT.sub(_accent, text))


def _accent(match: re.Match[str]) -> str:
    letter = match["braced"] or match["bare"]
    composed = unicodedata.normalize("NFC", letter + _COMBINING[match["sign"] or match["letter"]])
    opened, closed = match.group().startswith("{"), bool(match["close"])
    return f"{'{' if opened and not closed else ''}{composed}{'}' if closed and not opened else ''}"


def plain(text: str) -> str:
    r"""A BibTeX value as text: accents, escaped signs and the braces that only guard capitals; commands stay.

    >>> plain(r"{BERT} at 95\% of \emph{G{\"o}del}, $x_{1}^{2}$")
    'BERT at 95% of \\emph{Gödel}, $x_{1}^{2}$'
    """
    parts = []
    at = 0
    for formula in _MATH.finditer(text):
        parts += [_unguarded(text[at : formula.start()]), formula.group()]
        at = formula.end()
    return "".join([*parts, _unguarded(text[at:])])


def _unguarded(text: str) -> str:
    out: list[str] = []
    kept: list[bool] = []
    for piece in re.split(r"(\\[{}\\]|[{}])", _ESCAPED.sub(r"\1", accents(text))):
        if piece == "{":
            kept.append(bool(out and _KEEPS_BRACE.search("".join(out[-2:]))))
            out.append(piece if kept[-1] else "")
        elif piece == "}" and kept:
            out.append(piece if kept.pop() else "")
        else:
            out.append(piece)
    return "".join(out)
