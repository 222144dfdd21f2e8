"""How many entries of public leaderboards are found: recall only, for curators list few of an abstract's numbers.

An entry is {"task", "dataset", "metric", "score", "value"}, kept with a paper's title and abstract where its score
stands in the abstract. Some result must have its value, then also its metric, then also its data set. Leaderboards and
abstracts word names differently, so names agree loosely, by words or by squeezed letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.errors import InputError
from kg.matching import Record, id_of, number, objects
from kg.records import JSON

Level = Literal["value", "metric", "dataset"]
LEVELS: tuple[Level, ...] = ("value", "metric", "dataset")

_LONG = {
    "acc": "accuracy",
    "ap": "average precision",
    "auc": "area under curve",
    "eer": "equal error rate",
    "em": "exact match",
    "fid": "frechet inception distance",
    "is": "inception score",
    "mae": "mean absolute error",
    "map": "mean average precision",
    "miou": "mean iou",
    "ppl": "perplexity",
    "psnr": "peak signal to noise ratio",
    "wer": "word error rate",
}
_NOISE = frozenset(
    (
        *("average", "benchmark", "dataset", "dev", "english", "of", "on", "overall", "percentage"),
        *("rate", "score", "scores", "set", "test", "the", "val", "validation"),
    )
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z])")
_LEAST_SQUEEZED = 3
"""Shorter squeezed names are inside too many others."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Entries found, of `total`: with the value; the value and metric; the value, metric and data set."""

    value: int
    metric: int
    dataset: int
    total: int

    def percent(self, level: Level) -> float:
        """0 where there is no entry."""
        return 100 * getattr(self, level) / self.total if self.total else 0.0


def recall(papers: Iterable[Record], predicted: Iterable[Record]) -> Recall:
    """Compare curated papers {"id", "tuples"} with records of the same ids; a paper without a record finds nothing.

    Raises InputError where a record or paper has no id, a paper no tuples, or a tuple no value, metric or data set.
    """
    found = {id_of(record): record for record in predicted}
    depths = [d for paper in papers for d in _depths(paper, found.get(id_of(paper), {}))]
    value, metric, dataset = (sum(d >= wanted for d in depths) for wanted in (1, 2, 3))
    return Recall(value, metric, dataset, len(depths))


def _depths(paper: Record, record: Record) -> Iterator[int]:
    """For each entry of a paper how many of LEVELS its best result reaches, 0 to 3."""
    key, entries = id_of(paper), paper.get("tuples")
    if not isinstance(entries, list):
        raise InputError(f'paper {key!r} has no list "tuples" of leaderboard entries')
    results = [_Result.of(r, record) for r in objects(record, "results")]
    for order, entry in enumerate(entries, 1):
        row = entry if isinstance(entry, dict) else {}
        value, metric, dataset = number(row.get("value")), row.get("metric"), row.get("dataset")
        if value is None or not isinstance(metric, str) or not isinstance(dataset, str):
            raise InputError(f"paper {key!r}, tuple {order}: no usable value, metric or dataset")
        yield max((_depth(r, value, _Name.of(metric), _Name.of(dataset)) for r in results), default=0)


@dataclass(frozen=True, slots=True)
class _Name:
    words: frozenset[str]
    squeezed: str

    @classmethod
    def of(cls, text: str) -> _Name:
        split = re.findall(r"[a-z0-9]+", _CAMEL.sub(" ", text).lower())
        words = frozenset(w for short in split for w in _LONG.get(short, short).split())
        return cls(words - _NOISE or words, re.sub(r"[^a-z0-9]", "", text.lower()))

    def agrees(self, other: _Name) -> bool:
        """Whether the words of one are all among the other's, or its letters stand within the other's."""
        if self.words and other.words and (self.words <= other.words or other.words <= self.words):
            return True
        short, long = sorted((self.squeezed, other.squeezed), key=len)
        return len(short) >= _LEAST_SQUEEZED and short in long


@dataclass(frozen=True, slots=True)
class _Result:
    value: float | None
    metric: Sequence[_Name]
    dataset: Sequence[_Name]

    @classmethod
    def of(cls, row: Record, record: Record) -> _Result:
        return cls(
            number(row.get("value")),
            _names(record, "metrics", row.get("metric")),
            _names(record, "datasets", row.get("dataset")),
        )


def _names(record: Record, kind: str, name: JSON) -> Sequence[_Name]:
    """The name and every surface form that the record lists for it."""
    if not isinstance(name, str) or not name:
        return ()
    mentions = [e.get("mentions") for e in objects(record, kind) if e.get("name") == name]
    return [_Name.of(text) for text in (name, *(str(m) for some in mentions if isinstance(some, list) for m in some))]


def _depth(result: _Result, value: float, metric: _Name, dataset: _Name) -> int:
    if result.value is None or abs(result.value - value) >= 1e-6 * (1 + abs(value)):
        return 0
    if not any(map(metric.agrees, result.metric)):
        return 1
    return 3 if any(map(dataset.agrees, result.dataset)) else 2
