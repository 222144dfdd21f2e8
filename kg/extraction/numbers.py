"""Numbers with unit and bound."""

import re
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.types import Number, text_of
from kg.numerals import Numeral, scan

Bound = Literal["=", "~", ">", "<", "<="]

_WINDOW = 48
"""Characters before a number that may hold its bound."""
_FILLER = (
    r"(?:\s|[$({~+]|\\(?:text|math)\w*\{|a\b|an\b|the\b|by\b|of\b|to\b|average\b|mean\b|factor\b|relative\b"
    r"|absolute\b|additional\b"
    r"|further\b|total\b|whopping\b|improvement\b|margin\b|score\b|speedup\b)*$"
)
_WORDINGS: dict[Bound, tuple[str, str]] = {
    "<=": (
        r"up\s?to|as\s(?:much|high|many|far|large)\sas|at\smost|no\smore\sthan|maxim(?:um|al)(?:ly)?|within",
        r"≤|\\leq?(?:slant)?\b",
    ),
    ">": (
        (
            r"(?<!no\s)more\sthan|over|at\sleast|exceed(?:s|ed|ing)?|beyond|above|upwards\sof|no\sless\sthan|not\sless\sthan"
            r"|(?:greater|larger|higher|better|longer)\sthan|in\sexcess\sof|surpass(?:es|ed|ing)?"
        ),
        r">|≥|⩾|\\geq?(?:slant)?\b|\\gt\b",
    ),
    "<": (
        r"(?<!no\s)less\sthan|under|below|fewer\sthan|(?:smaller|lower|shorter)\sthan|sub-?",
        r"<|\\lt\b",
    ),
    "~": (
        r"about|around|approx(?:\.|imate(?:ly)?)?|roughly|nearly|almost|close\sto|near(?:ing)?|circa|some|approaching",
        r"~|∼|≈|≃|\\sim\b|\\approx\b|\\simeq\b|(?<=\$)sim\$?",
    ),
}
"""Words and symbols of each bound."""
_BEFORE = [
    (bound, re.compile(rf"(?:(?<!\w)(?:{words})|{symbols}){_FILLER}", re.IGNORECASE))
    for bound, (words, symbols) in _WORDINGS.items()
]
_RANGE_SIGN = re.compile(r"[\d%xX×}s]\s*\$*(?:~|∼|\\sim)[\s$]*$")
"""A tilde between two numbers means "to"."""
_LISTED = re.compile(
    r"(?:(?!\b(?:by|achiev\w+|improv\w+|reduc\w+|outperform\w+|with|while|from)\b)[^.;:()]){0,60}", re.IGNORECASE
)
_JOINED = re.compile(r"\s*(?:,\s*)?(?:and|or|to|-|–|—|&|,|\\sim|~|/)[\s$+]*", re.IGNORECASE)


@Language.component("kg_numbers", assigns=["doc._.numbers"])
def kg_numbers(doc: Doc) -> Doc:
    """Finds the numbers of title and abstract."""
    doc._.numbers = numbers(text_of(doc))
    return doc


def numbers(text: str) -> list[Number]:
    """Every number of the text with its bound, by start. O(n)."""
    found: list[Number] = []
    for numeral in scan(text):
        bound = _bound(text, numeral)
        if bound == "=" and found:
            bound = _shared_bound(text, found[-1], numeral)
        found.append(Number(numeral.start, numeral.end, numeral.value, numeral.unit, bound))
    return found


def _bound(text: str, numeral: Numeral) -> Bound:
    surface = text[numeral.start : numeral.end]
    if re.search(r"\d\+", surface) or re.match(
        r"\+?\s?(?:\+|or\smore\b|and\sabove\b)", text[numeral.end : numeral.end + 12]
    ):
        return ">"
    before = text[max(0, numeral.start - _WINDOW) : numeral.start]
    best: tuple[int, Bound] = (-1, "=")
    for bound, pattern in _BEFORE:
        match = pattern.search(before)
        if match and match.start() > best[0] and not (bound == "~" and _RANGE_SIGN.search(before[: match.end()])):
            best = (match.start(), bound)
    return best[1]


def _shared_bound(text: str, left: Number, right: Numeral) -> Bound:
    """A bound holds for the range or list that it opens: "over 11x on A and 16x on B"."""
    if left.bound == "=" or left.unit != right.unit:
        return "="
    if _JOINED.fullmatch(text, left.end, right.start):
        return left.bound
    between = text[left.end : right.start]
    listed = re.search(r"\b(?:and|or)\b|,", between) and _LISTED.fullmatch(between)
    return left.bound if listed else "="
