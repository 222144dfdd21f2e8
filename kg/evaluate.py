"""Scores extracted records against records that a curator wrote down.

Both sides are JSON records, one a paper, joined by `id`. Entities are matched one to one, greedily in the order of the
prediction, by any shared normal form of name or mention. Results are matched in the same way at three levels: `number`
(value, kind and class of unit agree), `core` (also the metric), `full` (also data set, method and direction).
Precision, recall and F1 are per cent, micro-averaged over papers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kg.errors import InputError
from kg.matching import AGREES, LISTS, Entity, PaperRecord, Record, Result, paired, read_gold, read_record, same_entity
from kg.records import JSON

ENTITY_MEASURES = ("methods", "methods named", "methods proposed", "datasets", "metrics", "tasks")
RESULT_MEASURES = ("results number", "results core", "results full")
MEASURES = ENTITY_MEASURES + RESULT_MEASURES

RESAMPLES = 1000
SEED = 20240501


@dataclass(frozen=True, slots=True)
class Counts:
    """Hits and misses of one measure; the rates are per cent and 0 where there is nothing to divide by."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self) -> float:
        return 100 * _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        return 100 * _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        p, r = _share(self.tp, self.tp + self.fp), _share(self.tp, self.tp + self.fn)
        return 200 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class Mistake:
    """One item that was missed, or found where there is none."""

    measure: str
    paper: str
    what: Literal["missed", "false"]
    item: Record = field(hash=False)


@dataclass(frozen=True, slots=True)
class Evaluation:
    papers: int
    missing: tuple[str, ...]
    """Gold papers without a predicted record; they count as predicted empty."""
    measures: Mapping[str, Counts]
    classes: Mapping[str, Counts]
    """"methods: proposed", "results number: ratio x": entities by role, results by kind and unit class. A matched
    entity with another role counts as a miss of the right role and a false alarm of the other."""
    intervals: Mapping[str, tuple[float, float]]
    """95 % interval of each measure's F1: percentiles of a bootstrap over papers."""
    mistakes: tuple[Mistake, ...]

    def to_json(self) -> dict[str, JSON]:
        return {
            "papers": self.papers,
            "missing": list(self.missing),
            "measures": {m: {**_rates(c), "f1_95": list(self.intervals[m])} for m, c in self.measures.items()},
            "classes": {m: _rates(c) for m, c in self.classes.items()},
        }


def evaluate(gold: Iterable[Record], predicted: Iterable[Record]) -> Evaluation:
    """Score records; a predicted record whose id is not in gold is ignored, and of equal ids the last one counts.

    Raises InputError where a record has no id or gold breaks the record format.
    """
    wanted = {_id(r): r for r in gold}
    found = {_id(r): r for r in predicted}
    papers = [_score_paper(read_gold(i, r), read_record(found.get(i, {}))) for i, r in wanted.items()]
    ids = list(wanted)
    return Evaluation(
        papers=len(ids),
        missing=tuple(i for i in ids if i not in found),
        measures={m: sum((p.counts[m] for p in papers), Counts()) for m in MEASURES},
        classes=_add_up([p.classes for p in papers]),
        intervals={m: _interval([p.counts[m] for p in papers]) for m in MEASURES},
        mistakes=tuple(
            Mistake(m, i, what, item)
            for m in MEASURES
            for i, p in zip(ids, papers, strict=True)
            for what, item in p.mistakes[m]
        ),
    )


def _id(record: Record) -> str:
    key = record.get("id")
    if not isinstance(key, str):
        raise InputError(f'a record has no "id": {str(dict(record))[:80]}; each needs the id of its paper')
    return key


@dataclass(frozen=True, slots=True)
class _Score:
    counts: Mapping[str, Counts]
    classes: Mapping[str, Counts]
    mistakes: Mapping[str, list[tuple[Literal["missed", "false"], Record]]]


class _Tally:
    """Counts of one paper, filled measure by measure."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(MEASURES, Counts())
        self.classes: dict[str, Counts] = {}
        self.mistakes: dict[str, list[tuple[Literal["missed", "false"], Record]]] = {m: [] for m in MEASURES}

    def hit(self, measure: str) -> None:
        self.counts[measure] += Counts(tp=1)

    def missed(self, measure: str, item: Record) -> None:
        self.counts[measure] += Counts(fn=1)
        self.mistakes[measure].append(("missed", item))

    def false(self, measure: str, item: Record) -> None:
        self.counts[measure] += Counts(fp=1)
        self.mistakes[measure].append(("false", item))

    def classify(self, measure: str, gold: str | None, predicted: str | None) -> None:
        """Count by class; None where the pair has no such side, "" where the item has no class."""
        if gold == predicted:
            self._add(measure, gold, Counts(tp=1))
        else:
            self._add(measure, gold, Counts(fn=1))
            self._add(measure, predicted, Counts(fp=1))

    def _add(self, measure: str, name: str | None, counts: Counts) -> None:
        if name:
            key = f"{measure}: {name}"
            self.classes[key] = self.classes.get(key, Counts()) + counts


def _score_paper(gold: PaperRecord, predicted: PaperRecord) -> _Score:
    tally = _Tally()
    for kind in LISTS:
        _score_entities(tally, kind, gold.entities[kind], predicted.entities[kind])
    proposed = [[m for m in side.entities["methods"] if m.role == "proposed" and m.named] for side in (gold, predicted)]
    for g, p in paired(proposed[0], proposed[1], same_entity):
        _count(tally, "methods proposed", g, p)
    for level, agree in AGREES.items():
        measure = f"results {level}"
        for r, q in paired(gold.results, predicted.results, agree):
            _count(tally, measure, r, q)
            tally.classify(measure, _result_class(r), _result_class(q))
    return _Score(tally.counts, tally.classes, tally.mistakes)


def _score_entities(tally: _Tally, kind: str, gold: Sequence[Entity], predicted: Sequence[Entity]) -> None:
    for g, p in paired(gold, predicted, same_entity):
        _count(tally, kind, g, p)
        tally.classify(kind, g.role if g else None, p.role if p else None)
        decides = g or p  # a matched method is named or not as gold has it
        if kind == "methods" and decides is not None and decides.named:
            _count(tally, "methods named", g, p)


def _count(tally: _Tally, measure: str, gold: Entity | Result | None, predicted: Entity | Result | None) -> None:
    if gold is not None and predicted is not None:
        tally.hit(measure)
    elif gold is not None:
        tally.missed(measure, gold.raw)
    elif predicted is not None:
        tally.false(measure, predicted.raw)


def _result_class(result: Result | None) -> str | None:
    return None if result is None else f"{result.kind} {result.unit}".strip()


def _add_up(parts: Iterable[Mapping[str, Counts]]) -> dict[str, Counts]:
    total: dict[str, Counts] = {}
    for part in parts:
        for name, counts in part.items():
            total[name] = total.get(name, Counts()) + counts
    return dict(sorted(total.items()))


def _interval(papers: Sequence[Counts]) -> tuple[float, float]:
    """2.5th and 97.5th percentile of F1 over resamples of the papers (Efron 1979, percentile method)."""
    rng = random.Random(SEED)  # noqa: S311 - a resample, no secret
    hits = [c.tp for c in papers]
    items = [2 * c.tp + c.fp + c.fn for c in papers]
    values = []
    for _ in range(RESAMPLES):
        drawn = rng.choices(range(len(papers)), k=len(papers)) if papers else ()
        values.append(200 * _share(sum(map(hits.__getitem__, drawn)), sum(map(items.__getitem__, drawn))))
    values.sort()
    return values[int(0.025 * RESAMPLES)], values[int(0.975 * RESAMPLES)]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _rates(c: Counts) -> dict[str, JSON]:
    rates = {"precision": c.precision, "recall": c.recall, "f1": c.f1}
    return {**rates, "tp": c.tp, "fp": c.fp, "fn": c.fn}
