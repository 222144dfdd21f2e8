"""Scores extracted records against records that a curator wrote down.

Both sides are JSON records, one a paper, joined by `id`. Entities are matched one to one, greedily in the order of the
prediction, by any shared normal form of name or mention. Results are matched in the same way at three levels: `number`
(value, kind and class of unit agree), `core` (also the metric), `full` (also data set, method and direction). What else
a result says is scored on the pairs of `number`. Rates are per cent, micro-averaged over papers; docs/evaluation.md
explains each measure.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kg.matching import (
    AGREES,
    LISTS,
    Entity,
    PaperRecord,
    Record,
    Result,
    id_of,
    paired,
    read_gold,
    read_record,
    same_entity,
    same_slot,
    same_value,
)
from kg.records import JSON

ENTITY_MEASURES = ("methods", "methods named", "methods proposed", "datasets", "metrics", "tasks")
RESULT_MEASURES = ("results number", "results core", "results full")
ATTRIBUTE_MEASURES = ("bound", "direction", "baseline", "baseline named", "not own")
"""Of matched numbers. The first three have one answer a number, so their precision, recall and F1 are all the share of
right answers: a wrong one is a miss and a false alarm."""
MEASURES = ENTITY_MEASURES + RESULT_MEASURES + ATTRIBUTE_MEASURES

CONFUSIONS = ("methods role", "datasets role", "results kind")
NONE = "none"
"""Class of an item that is not there, or that has none."""

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

    @property
    def span(self) -> str:
        """Words of the paper: the evidence of a result, the mentions of an entity parted by "; "."""
        mentions = self.item.get("mentions")
        return "; ".join(map(str, mentions)) if isinstance(mentions, list) else str(self.item.get("evidence") or "")

    def to_json(self) -> dict[str, JSON]:
        row: dict[str, JSON] = {"measure": self.measure, "paper": self.paper, "what": self.what}
        return {**row, "item": dict(self.item), "span": self.span}


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
    confusion: Mapping[str, Mapping[str, Mapping[str, int]]]
    """For each of CONFUSIONS how often gold has the first class and the prediction the second, NONE for no item."""
    mistakes: tuple[Mistake, ...]

    def to_json(self) -> dict[str, JSON]:
        return {
            "papers": self.papers,
            "missing": list(self.missing),
            "measures": {m: {**_rates(c), "f1_95": list(self.intervals[m])} for m, c in self.measures.items()},
            "classes": {m: _rates(c) for m, c in self.classes.items()},
            "confusion": {name: {g: dict(row) for g, row in table.items()} for name, table in self.confusion.items()},
        }

    def mistakes_of(self, measures: Collection[str]) -> Sequence[Mistake]:
        return [m for m in self.mistakes if m.measure in measures]


def measures_called(word: str) -> Sequence[str]:
    """The measure of that name, else those that begin with the word, such as "results"; none where none does."""
    return [word] if word in MEASURES else [m for m in MEASURES if m.startswith(f"{word} ")]


def evaluate(gold: Iterable[Record], predicted: Iterable[Record]) -> Evaluation:
    """Score records; a predicted record whose id is not in gold is ignored, and of equal ids the last one counts.

    Raises InputError where a record has no id or gold breaks the record format.
    """
    wanted = {id_of(r): r for r in gold}
    found = {id_of(r): r for r in predicted}
    papers = [_score_paper(read_gold(i, r), read_record(found.get(i, {}))) for i, r in wanted.items()]
    ids = list(wanted)
    return Evaluation(
        papers=len(ids),
        missing=tuple(i for i in ids if i not in found),
        measures={m: sum((p.counts[m] for p in papers), Counts()) for m in MEASURES},
        classes=_add_up([p.classes for p in papers]),
        intervals={m: _interval([p.counts[m] for p in papers]) for m in MEASURES},
        confusion={name: _table(sum((p.confusion[name] for p in papers), Counter())) for name in CONFUSIONS},
        mistakes=tuple(
            Mistake(m, i, what, item)
            for m in MEASURES
            for i, p in zip(ids, papers, strict=True)
            for what, item in p.mistakes[m]
        ),
    )


@dataclass(frozen=True, slots=True)
class _Score:
    counts: Mapping[str, Counts]
    classes: Mapping[str, Counts]
    confusion: Mapping[str, Counter[tuple[str, str]]]
    mistakes: Mapping[str, list[tuple[Literal["missed", "false"], Record]]]


class _Tally:
    """Counts of one paper, filled measure by measure."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(MEASURES, Counts())
        self.classes: dict[str, Counts] = {}
        self.confusion: dict[str, Counter[tuple[str, str]]] = {name: Counter() for name in CONFUSIONS}
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
    _score_attributes(tally, gold.results, predicted.results)
    return _Score(tally.counts, tally.classes, tally.confusion, tally.mistakes)


def _score_entities(tally: _Tally, kind: str, gold: Sequence[Entity], predicted: Sequence[Entity]) -> None:
    for g, p in paired(gold, predicted, same_entity):
        _count(tally, kind, g, p)
        tally.classify(kind, g.role if g else None, p.role if p else None)
        if kind in ("methods", "datasets"):
            tally.confusion[f"{kind} role"][(g and g.role) or NONE, (p and p.role) or NONE] += 1
        decides = g or p  # a matched method is named or not as gold has it
        if kind == "methods" and decides is not None and decides.named:
            _count(tally, "methods named", g, p)


def _score_attributes(tally: _Tally, gold: Sequence[Result], predicted: Sequence[Result]) -> None:
    """Matched numbers are of one kind: those of another kind are looked for among the results left over."""
    alone: tuple[list[Result], list[Result]] = [], []
    kinds = tally.confusion["results kind"]
    for g, p in paired(gold, predicted, AGREES["number"]):
        if g is not None and p is not None:
            kinds[_kind(g), _kind(p)] += 1
            _score_match(tally, g, p)
        elif g is not None:
            alone[0].append(g)
        elif p is not None:
            alone[1].append(p)
    for g, p in paired(*alone, same_value):
        kinds[_kind(g), _kind(p)] += 1


def _kind(result: Result | None) -> str:
    return str(result.kind or NONE) if result else NONE


def _score_match(tally: _Tally, g: Result, p: Result) -> None:
    """What two results say beside the number that they share."""
    same_baseline = same_slot(g.baseline, p.baseline)
    _judge(tally, "bound", g, p, right=g.bound == p.bound)
    if g.kind != "absolute":
        _judge(tally, "direction", g, p, right=g.direction == p.direction)
    _judge(tally, "baseline", g, p, right=same_baseline)
    _judge(tally, "baseline named", g if g.baseline else None, p if p.baseline else None, right=same_baseline)
    _judge(tally, "not own", None if g.own else g, None if p.own else p, right=g.own == p.own)


def _judge(tally: _Tally, measure: str, gold: Result | None, predicted: Result | None, *, right: bool) -> None:
    """Count a pair with the right answer as one hit, any other as a miss and a false alarm of the sides there are."""
    if right:
        _count(tally, measure, gold, predicted)
    else:
        _count(tally, measure, gold, None)
        _count(tally, measure, None, predicted)


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


def _table(pairs: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """Rows gold, columns predicted: each class that either side has, by name, and NONE last."""
    names = [*sorted({name for pair in pairs for name in pair} - {NONE}), NONE]
    return {g: {p: pairs[g, p] for p in names} for g in names}


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
