"""The results of one paper as rows: ids that corrections do not change, captions, links to entities."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from kg.errors import CorrectionsError
from kg.evidence import result_fault
from kg.records import JSON, EntityKind, Paper, Result
from kg.resolve.corrections import paper_keys
from kg.resolve.entries import ResultPick, SetResult
from kg.resolve.identities import Identified, Identities
from kg.schema import Edge, Node

SLOTS: dict[str, tuple[EntityKind, str]] = {
    "metric": ("metric", "MEASURES"),
    "dataset": ("dataset", "ON_DATASET"),
    "method": ("method", "OF_METHOD"),
    "baseline": ("method", "AGAINST"),
    "task": ("task", "FOR_TASK"),
}
"""Field of a Result -> kind of what it names, type of the relationship."""

_NOT_IDENTITY = frozenset(("start", "end", "value_start", "value_end", "confidence", "link_confidence"))
_STORED = ("value", "unit", "kind", "direction", "bound", "setting", "own", "evidence")
_ARROWS = {"up": "↑", "down": "↓", None: ""}

Known = Mapping[tuple[EntityKind, str], Identified]
"""(kind, name as extracted) -> what it is, for the entities of the paper that passed the check."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A fact that was not written; counted in the build's report."""

    paper: str
    what: str
    reason: str


def result_rows(
    paper: Paper, results: Iterable[Result], known: Known, identities: Identities
) -> Iterator[Node | Edge | Dropped]:
    """Result nodes with REPORTS and their links; `Dropped` for each result or link that is left out.

    Raises CorrectionsError where two corrections set one field of a result to different values.
    """
    key, text = paper.key, paper.text
    for ident, extracted in with_ids(key, results):
        if ident is None:
            yield Dropped(key, describe(extracted), "the same fact is stated twice at one place")
            continue
        names = _Names(key, ident, extracted, known, identities)
        if any(names.match(entry.pick) for entry in identities.corrections.rejected_results):
            yield Dropped(key, describe(extracted), "rejected by corrections")
            continue
        result = _edited(extracted, [e for e in identities.corrections.result_edits if names.match(e.pick)])
        metric = names.entity("metric", result.metric)
        fault = result_fault(text, result)
        if fault is None and metric is None:
            fault = "its metric is not among the paper's entities"
        if fault is not None:
            yield Dropped(key, describe(result), fault)
            continue
        yield _node(ident, result, metric)
        yield Edge("REPORTS", key, ident)
        yield from _links(result, names)


def _node(ident: str, result: Result, metric: Identified | None) -> Node:
    properties = {name: getattr(result, name) for name in _STORED} | {
        "value": float(result.value) + 0.0,
        "startChar": result.start,
        "endChar": result.end,
        "confidence": round(float(result.confidence), 3),
        "text": caption(result.metric if metric is None or metric.rejected else metric.name, result),
    }
    return Node("Result", ident, {name: value for name, value in properties.items() if value is not None})


def with_ids(paper: str, results: Iterable[Result]) -> Iterator[tuple[str | None, Result]]:
    """Results in text order with their ids: paper, names as extracted, all fields but offsets and confidence, and an
    ordinal among equals in text order. None for one that equals another at the same place."""
    places: dict[str, list[tuple[int, int, int, int]]] = {}
    for result in sorted(results, key=lambda r: (*_place(r), _identity(paper, r), r.confidence)):
        core = _identity(paper, result)
        equals = places.setdefault(core, [])
        if _place(result) in equals:
            yield None, result
            continue
        equals.append(_place(result))
        yield hashlib.sha256(f"{core}{len(equals)}".encode()).hexdigest()[:32], result


def _place(result: Result) -> tuple[int, int, int, int]:
    return result.value_start, result.value_end, result.start, result.end


def _identity(paper: str, result: Result) -> str:
    core: list[JSON] = [paper]
    core += [getattr(result, f.name) for f in fields(result) if f.name not in _NOT_IDENTITY | {"value"}]
    return json.dumps([*core, float(result.value) + 0.0])


def caption(metric: str, result: Result) -> str:
    """Short text of a result: metric, arrow for a change or ratio, bound, value with unit.

    "FID 1.8", "accuracy >90 %", "FLOPs ↓55 %", "inference speed ↑~20x"; a ratio in per cent is what is left of the
    baseline's: "parameters ↓ to 25 %".
    """
    sign = "" if result.bound == "=" else result.bound
    number = str(int(result.value)) if result.value.is_integer() and abs(result.value) < 1e15 else str(result.value)
    unit = result.unit if result.unit in {"", "x"} else f" {result.unit}"
    arrow = "" if result.kind == "absolute" else _ARROWS[result.direction]
    if result.kind == "ratio" and result.unit == "%":
        arrow = f"{arrow} to ".lstrip()
    return f"{metric} {arrow}{sign}{number}{unit}"


def describe(result: Result) -> str:
    return f"result {caption(result.metric, result)!r}"


@dataclass(frozen=True, slots=True)
class _Names:
    """What the names of one result mean, for links and for corrections that pick it."""

    paper: str
    id: str
    result: Result
    known: Known
    identities: Identities

    def entity(self, kind: EntityKind, name: str) -> Identified | None:
        """The paper's entity of this extracted name; else the one that the graph or a correction knows by it."""
        found = self.known.get((kind, name))
        if found is not None:
            return found
        wanted = {self.identities.entity_id(kind, name), self.identities.tables.entity_id(kind, name)}
        others = (e for (k, _), e in self.known.items() if k == kind and not wanted.isdisjoint(e.known_as))
        return min(others, key=lambda e: e.id, default=None)

    def match(self, pick: ResultPick) -> bool:
        if pick.id is not None:
            return pick.id == self.id
        return (
            self.paper in paper_keys(pick.paper)
            and float(self.result.value) == pick.value
            and self._names("metric", pick.metric, self.result.metric)
            and (pick.dataset is None or self._names("dataset", pick.dataset, self.result.dataset))
            and (pick.method is None or self._names("method", pick.method, self.result.method))
        )

    def _names(self, kind: EntityKind, wanted: str, extracted: str | None) -> bool:
        if extracted is None:
            return False
        found = self.known.get((kind, extracted))
        ids = {self.identities.tables.entity_id(kind, extracted)} if found is None else found.known_as
        return not ids.isdisjoint({self.identities.tables.entity_id(kind, wanted)})


def _links(result: Result, names: _Names) -> Iterator[Edge | Dropped]:
    for slot, (kind, edge) in SLOTS.items():
        name: str | None = getattr(result, slot)
        if name is None:
            continue
        entity = names.entity(kind, name)
        if entity is None:
            what = f"{slot} {name!r} of {describe(result)}"
            yield Dropped(names.paper, what, f"no such {kind} among the paper's entities")
        elif not entity.rejected:
            share = round(float(result.link_confidence.get(slot, 1.0)), 3)
            yield Edge(edge, names.id, entity.id, {"confidence": share})


def _edited(result: Result, edits: Iterable[SetResult]) -> Result:
    chosen: dict[str, SetResult] = {}
    for edit in edits:
        old = chosen.setdefault(edit.field, edit)
        if old.value != edit.value:
            raise _contradiction(old, edit)
    changes: dict[str, Any] = {field: edit.value for field, edit in chosen.items()}
    return replace(result, **changes)


def _contradiction(one: SetResult, two: SetResult) -> CorrectionsError:
    first, last = sorted((one, two), key=lambda entry: entry.where.line)
    what = f"{last.field} of a result is set to {last.value!r}"
    return last.where.error(f"{what}, but in line {first.where.line} to {first.value!r}; keep one")
