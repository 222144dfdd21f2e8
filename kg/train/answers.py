"""Which number, metric and mention an annotated result means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from kg.extraction.context import unit_class
from kg.extraction.gazetteer import entity_key, phrase_key
from kg.extraction.types import Mention, Number
from kg.records import Result
from kg.train.gold import AnnotatedPaper

Keys = Mapping[tuple[str, str], Set[str]]
"""(kind, name) -> entity keys of an annotated entity's surface forms."""

_SPEEDY = ("speed", "faster", "accelerat")


def keys_of(paper: AnnotatedPaper) -> Keys:
    """The entity keys of all annotated entities of a paper."""
    return {(e.kind, e.surfaces[0]): e.keys for e in paper.entities}


def align(text: str, found: Sequence[Number], results: Iterable[Result]) -> dict[Number, list[Result]]:
    """The annotated results of each number: equal value and unit class, in the evidence, unused numbers first."""
    aligned: dict[Number, list[Result]] = defaultdict(list)
    for result in results:
        value = result.value
        same = [n for n in found if abs(n.value - value) <= 1e-6 * max(1.0, value) and _agrees(n.unit, result.unit)]
        start = text.find(result.evidence)
        inside = [n for n in same if start >= 0 and start <= n.start < start + len(result.evidence)] or same
        if inside:
            free = (n for n in inside if all(r.metric != result.metric for r in aligned.get(n, ())))
            aligned[next(free, inside[0])].append(result)
    return aligned


def _agrees(unit: str, annotated_unit: str) -> bool:
    """Percent and points count as one unit class, and so do all units of measure and none, as in kg/matching.py."""
    sort = {"%": "%", "points": "%", "x": "x"}
    other = {"percent": "%", "percentage points": "%", "pp": "%", "times": "x", "fold": "x", "×": "x"}
    annotated_class = other.get(annotated_unit.lower(), unit_class(annotated_unit))
    return sort.get(unit_class(unit), "") == sort.get(annotated_class, "")


def same_metric(text: str, mention: Mention, metric: str, keys: Keys) -> bool:
    """Whether a mention means an annotated metric: a common form, or the words of one contain those of the other."""
    surface = text[mention.start : mention.end]
    forms = {key_of(surface), key_of(mention.name or surface)}
    if forms & (keys.get(("metric", metric), set()) | {key_of(metric)}):
        return True
    a, b = set(phrase_key(mention.name or surface)), set(phrase_key(metric))
    return bool(a and (a <= b or b <= a)) or all(any(s in w for w in words for s in _SPEEDY) for words in (a, b))


def key_of(surface: str) -> str:
    """Entity key of a surface form."""
    return entity_key(phrase_key(surface))
