"""Whether confidences are what they say: judged facts of extracted records, reliability by bin, calibration error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.calibration import LINKS, RESULT
from kg.matching import (
    AGREES,
    PaperRecord,
    Record,
    Result,
    Slot,
    id_of,
    number,
    paired,
    read_gold,
    read_record,
    same_slot,
)
from kg.records import JSON


@dataclass(frozen=True, slots=True)
class Judgement:
    """A fact of a predicted record, its confidence, and whether a curator wrote the same down."""

    paper: str
    fact: str
    """One of kg.calibration.FACTS."""
    score: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Facts of like confidence."""

    count: int
    confidence: float
    """Mean."""
    right: float
    """Share."""
    chance: float
    """Expected distance of the two were every confidence exact: the mean deviation of a sum of coin tosses, normal
    approximation."""


def judge(gold: Iterable[Record], predicted: Iterable[Record]) -> list[Judgement]:
    """Every result and link of the predicted records that have a gold record of their id, in the order of gold.

    A result is right when it is paired at level core. Its metric is judged where at least the number is found, the
    other links where the result is right; a link that gold leaves open is wrong. Missing confidences are 1. Raises
    InputError where a record has no id or gold breaks the record format.
    """
    found = {id_of(r): r for r in predicted}
    wanted = {id_of(r): r for r in gold}
    return [j for i, r in wanted.items() if i in found for j in _paper(i, read_gold(i, r), read_record(found[i]))]


def _paper(key: str, gold: PaperRecord, predicted: PaperRecord) -> Iterator[Judgement]:
    pairs = paired(gold.results, predicted.results, AGREES["core"])
    missed = [g for g, p in pairs if g is not None and p is None]
    false = [p for g, p in pairs if g is None and p is not None]
    for g, p in pairs:
        if p is not None:
            yield Judgement(key, RESULT, _share(p.raw.get("confidence")), g is not None)
        if g is not None and p is not None:
            yield Judgement(key, "metric", _confidence(p, "metric"), right=True)
            for link in LINKS[1:]:
                named = _slot(p, link)
                if named is not None:
                    yield Judgement(key, link, _confidence(p, link), same_slot(_slot(g, link), named))
    for g, p in paired(missed, false, AGREES["number"]):
        if g is not None and p is not None:
            yield Judgement(key, "metric", _confidence(p, "metric"), right=False)


def _slot(result: Result, link: str) -> Slot | None:
    slot: Slot | None = getattr(result, link)
    return slot


def _confidence(result: Result, link: str) -> float:
    shares = result.raw.get("linkConfidence")
    return _share(shares.get(link) if isinstance(shares, dict) else None)


def _share(value: JSON) -> float:
    given = number(value)
    return 1.0 if given is None else given


def bins(judgements: Iterable[Judgement], count: int = 10) -> list[Bin]:
    """`count` bins of like size by rising confidence, equals as they come; fewer where there are fewer facts."""
    ranked = sorted(judgements, key=lambda j: j.score)
    cuts = [round(i * len(ranked) / count) for i in range(count + 1)]
    return [_bin(ranked[a:b]) for a, b in pairwise(cuts) if a < b]


def _bin(facts: Sequence[Judgement]) -> Bin:
    n = len(facts)
    spread = math.fsum(max(0.0, j.score * (1 - j.score)) for j in facts)
    mean = math.fsum(j.score for j in facts) / n
    return Bin(n, mean, sum(j.right for j in facts) / n, math.sqrt(2 / math.pi * spread) / n)


def calibration_error(parts: Sequence[Bin]) -> float:
    """Expected calibration error in points: mean distance of confidence and share right, weighted by size of bin.

    Naeini, Cooper and Hauskrecht (2015), over bins of equal size. 0 without a bin. Few facts show an error even where
    confidences are exact: see `chance_error`.
    """
    return 100 * _mean(parts, [abs(b.confidence - b.right) for b in parts])


def chance_error(parts: Sequence[Bin]) -> float:
    """The calibration error in points that exact confidences would show on as many facts."""
    return 100 * _mean(parts, [b.chance for b in parts])


def _mean(parts: Sequence[Bin], values: Sequence[float]) -> float:
    total = sum(b.count for b in parts)
    return math.fsum(b.count * v for b, v in zip(parts, values, strict=True)) / total if total else 0.0
