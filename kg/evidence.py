"""Whether a fact stands in the text it claims to stand in: pure checks; what fails them is never written.

Each function gives the reason against the fact, or None.
"""

import math
import re

from kg.numerals import value_in
from kg.records import Entity, Result

WORDED = 1e-3
"""Relative room for values given in words or as fractions: one third is 33.3, or 33.33."""

_DIGITS = re.compile(r"\d")
_FRACTION = re.compile(r"\d\s*/\s*\d")


def entity_fault(text: str, entity: Entity) -> str | None:
    """The offsets must lie in the text and name one of the mentions."""
    if not entity.name.strip():
        return "it has no name"
    if not 0 <= entity.start < entity.end <= len(text):
        return f"offsets {entity.start} to {entity.end} are not in the text of {len(text)} characters"
    if text[entity.start : entity.end] not in entity.mentions:
        return f"the text at {entity.start} to {entity.end} is none of its mentions"
    return None


def result_fault(text: str, result: Result) -> str | None:
    """The evidence must be the text at its offsets, hold the characters of the number, and these must read as it."""
    if not 0 <= result.start < result.end <= len(text):
        return f"offsets {result.start} to {result.end} are not in the text of {len(text)} characters"
    if text[result.start : result.end] != result.evidence:
        return f"the evidence is not the text at {result.start} to {result.end}"
    if not result.start <= result.value_start < result.value_end <= result.end:
        return f"the number at {result.value_start} to {result.value_end} lies outside the evidence"
    return _value_fault(text[result.value_start : result.value_end], result.value)


def _value_fault(surface: str, stated: float) -> str | None:
    value = value_in(surface)
    if value is None:
        return f"{surface[:40]!r} does not read as one number"
    exact = _DIGITS.search(surface) and not _FRACTION.search(surface)
    if not math.isclose(value, stated, rel_tol=1e-9 if exact else WORDED):
        return f"{surface[:40]!r} reads as {value:g}, not as {stated:g}"
    return None
