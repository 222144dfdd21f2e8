"""The values that flow from reader to store, all frozen; and their JSON form, one object a paper."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Literal, TypeVar

from kg.text import paper_key

EntityKind = Literal["method", "dataset", "metric", "task"]
KINDS: tuple[EntityKind, ...] = ("method", "dataset", "metric", "task")

T = TypeVar("T", int, str)

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as a reader found it. Offsets elsewhere count code points in `text`."""

    title: str
    abstract: str
    id: str = ""
    """As the input gave it; "" where it gave none."""
    authors: tuple[str, ...] = ()
    year: int | None = None
    date: str | None = None
    """ISO date; None without a year."""
    doi: str | None = None
    arxiv: str | None = None
    url: str | None = None
    source: str | None = None
    venue: str | None = None
    upvotes: int | None = None

    @property
    def text(self) -> str:
        return f"{self.title}\n{self.abstract}"

    @property
    def key(self) -> str:
        """Identity in the graph: the normalised title."""
        return paper_key(self.title, self.abstract)


@dataclass(frozen=True, slots=True)
class Entity:
    """A method, data set, metric or task of one paper, with every surface form it has there."""

    kind: EntityKind
    name: str
    mentions: tuple[str, ...]
    start: int
    """Offset of the first mention; `text[start:end]` is one of `mentions`."""
    end: int
    confidence: float = 1.0
    role: str | None = None
    """method: proposed, used, compared; dataset: introduced, evaluated, trained, mentioned; else None."""
    named: bool | None = None
    """Methods only: has a proper name."""


@dataclass(frozen=True, slots=True)
class Result:
    """One reported number. Names refer to entities of the same extraction."""

    metric: str
    value: float
    unit: str
    kind: Literal["absolute", "change", "ratio"]
    direction: Literal["up", "down"] | None
    bound: Literal["=", "~", ">", "<", "<="]
    method: str | None
    own: bool
    dataset: str | None
    baseline: str | None
    task: str | None
    setting: str | None
    evidence: str
    start: int
    """`evidence == text[start:end]`."""
    end: int
    value_start: int
    """`text[value_start:value_end]`, inside the evidence, is what the value was read from."""
    value_end: int
    confidence: float = 1.0
    link_confidence: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Own confidence of a link, by slot: metric, dataset, method, baseline, task. Missing: 1.0."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one paper."""

    id: str
    """The input's id, else the paper's key."""
    methods: tuple[Entity, ...] = ()
    datasets: tuple[Entity, ...] = ()
    metrics: tuple[Entity, ...] = ()
    tasks: tuple[Entity, ...] = ()
    results: tuple[Result, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    """(short form, long form) pairs that the paper itself defines."""
    extractor: str = ""
    """Signature of what made it: extractor version, model and vocabulary hashes."""

    @property
    def entities(self) -> tuple[Entity, ...]:
        return self.methods + self.datasets + self.metrics + self.tasks


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be used: one line of a quarantine file."""

    source: str
    line: int | None
    """1-based line, or ordinal of the record where the format has no lines."""
    stage: Literal["read", "extract", "resolve", "write"]
    reason: str
    record: str
    """The raw record, so that it can be repaired and sent again."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.record.encode("utf-8", "surrogatepass")).hexdigest()

    def to_json(self) -> str:
        row = {f.name: getattr(self, f.name) for f in fields(self)} | {"sha256": self.sha256}
        return json.dumps(row, ensure_ascii=True, sort_keys=True)


OnReject = Callable[[Rejected], None]


def merge_papers(a: Paper, b: Paper) -> Paper:
    """One paper from two inputs with the same key; commutative, associative, idempotent.

    Nulls lose. Title and abstract are taken together from the longer abstract (then the greater text), date and year
    the least, upvotes the greatest, authors the longer list (then the greater), other fields the greater string.
    """
    winner = max(a, b, key=lambda p: (len(p.abstract), p.text))
    return replace(
        winner,
        id=max(a.id, b.id),
        authors=max(a.authors, b.authors, key=lambda names: (len(names), names)),
        year=_least(a.year, b.year),
        date=_least(a.date, b.date),
        upvotes=_greatest(a.upvotes, b.upvotes),
        doi=_greatest(a.doi, b.doi),
        arxiv=_greatest(a.arxiv, b.arxiv),
        url=_greatest(a.url, b.url),
        source=_greatest(a.source, b.source),
        venue=_greatest(a.venue, b.venue),
    )


def _least(a: T | None, b: T | None) -> T | None:
    return b if a is None else a if b is None else min(a, b)


def _greatest(a: T | None, b: T | None) -> T | None:
    return b if a is None else a if b is None else max(a, b)
