"""What corrections do to identities and results. Entries apply together: their order in the file means nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from kg.errors import CorrectionsError
from kg.resolve import entries as e
from kg.resolve.tables import Tables
from kg.text import paper_key

K = TypeVar("K")

EVERYWHERE = ""
"""Stands for the paper of a rejection that holds in all papers."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Compiled entries. Entity ids are those of the alias table; papers are keys."""

    roots: Mapping[str, str] = field(default_factory=dict)
    """Merged or renamed entity -> what it became; entities that are not here stay."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names that win over the table's."""
    given_names: Mapping[str, str] = field(default_factory=dict)
    """Names for entities that the table lacks."""
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    splits: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(paper, entity) -> the name that it has there."""
    rejected: frozenset[tuple[str, str]] = frozenset()
    """(paper or EVERYWHERE, entity)."""
    rejected_results: tuple[e.RejectResult, ...] = ()
    result_edits: tuple[e.SetResult, ...] = ()
    metric_edits: Mapping[tuple[str, str], e.SetMetric] = field(default_factory=dict)
    """(metric, property) -> the entry that sets it."""
    signature: str = ""
    """sha256 (hex) of what the entries say; "" without entries."""

    def root(self, id: str) -> str:
        return self.roots.get(id, id)


def load_corrections(path: Path, tables: Tables) -> Corrections:
    """Raises CorrectionsError, naming file and line, for a bad entry and for entries that contradict each other."""
    return compile_entries(e.read_entries(path), tables)


def compile_entries(given: Iterable[e.Entry], tables: Tables) -> Corrections:
    """Raises CorrectionsError where one entity goes two ways, merges run in a circle, or one thing is set twice."""
    all_entries = tuple(given)
    merges = [x for x in all_entries if isinstance(x, e.Merge | e.Rename)]
    roots = follow(_moves(merges, tables))
    splits: dict[tuple[str, str], e.Split] = {}
    rejected = set()
    metric_edits: dict[tuple[str, str], e.SetMetric] = {}
    result_edits: dict[tuple[e.ResultPick, str], e.SetResult] = {}
    for entry in all_entries:
        match entry:
            case e.Split():
                split = tables.entity_id(entry.kind, entry.name)
                for paper in paper_keys(entry.paper):
                    _once(splits, (paper, split), entry, entry.into, lambda old: old.into)
            case e.RejectEntity():
                papers = {EVERYWHERE} if entry.paper is None else paper_keys(entry.paper)
                rejected |= {(paper, tables.entity_id(entry.kind, entry.name)) for paper in papers}
            case e.SetMetric():
                metric = tables.entity_id("metric", entry.metric)
                _once(metric_edits, (roots.get(metric, metric), entry.field), entry, entry.value, lambda old: old.value)
            case e.SetResult():
                _once(result_edits, (entry.pick, entry.field), entry, entry.value, lambda old: old.value)
    names = _names(all_entries, tables, roots)
    digest = hashlib.sha256("\n".join(sorted({e.meaning(x) for x in all_entries})).encode()).hexdigest()
    return Corrections(
        roots=roots,
        names=names,
        given_names=_given_names(all_entries, tables),
        aliases=_aliases(merges, tables, roots),
        splits={key: entry.into for key, entry in splits.items()},
        rejected=frozenset(rejected),
        rejected_results=tuple(x for x in all_entries if isinstance(x, e.RejectResult)),
        result_edits=tuple(result_edits.values()),
        metric_edits=metric_edits,
        signature=digest if all_entries else "",
    )


def paper_keys(given: str) -> frozenset[str]:
    """What a title or a key may stand for: itself as a key, and the key of it as a title."""
    return frozenset((given, paper_key(given)))


@dataclass(frozen=True, slots=True)
class Move:
    """An entity that becomes another one, and the entry that says so."""

    target: str
    entry: e.Merge | e.Rename


def follow(moves: Mapping[str, Move]) -> dict[str, str]:
    """Where each moved entity ends: the connected components of the moves, each with its one end. O(n).

    Raises CorrectionsError where moves run in a circle.
    """
    ends: dict[str, str] = {}
    for start in moves:
        path: dict[str, Move] = {}
        here = start
        while here in moves and here not in ends:
            if here in path:
                circle = [*path, here][list(path).index(here) :]
                where = min((path[step].entry.where for step in circle), key=lambda w: w.line)
                raise where.error(f"merges and renames run in a circle: {' -> '.join(circle)}")
            path[here] = moves[here]
            here = moves[here].target
        ends |= dict.fromkeys(path, ends.get(here, here))
    return ends


def _moves(merges: Iterable[e.Merge | e.Rename], tables: Tables) -> dict[str, Move]:
    moves: dict[str, Move] = {}
    for entry in merges:
        to = entry.into if isinstance(entry, e.Merge) else entry.to
        target = tables.entity_id(entry.kind, to)
        for name in entry.names if isinstance(entry, e.Merge) else (entry.name,):
            source = tables.entity_id(entry.kind, name)
            if source == target:
                continue
            old = moves.setdefault(source, Move(target, entry))
            if old.target != target:
                raise _contradiction(f"{entry.kind} {name!r} goes to {target!r}", entry, old.target, old.entry)
    return moves


def _names(all_entries: Iterable[e.Entry], tables: Tables, roots: Mapping[str, str]) -> dict[str, str]:
    """Renamed entities that no other entry moves on."""
    renames: dict[str, e.Rename] = {}
    for entry in all_entries:
        if isinstance(entry, e.Rename) and (target := tables.entity_id(entry.kind, entry.to)) not in roots:
            _once(renames, target, entry, entry.to, lambda old: old.to)
    return {target: entry.to for target, entry in renames.items()}


def _given_names(all_entries: Iterable[e.Entry], tables: Tables) -> dict[str, str]:
    names: dict[str, str] = {}
    for entry in all_entries:
        if isinstance(entry, e.Merge | e.Split):
            target = tables.entity_id(entry.kind, entry.into)
            names[target] = min(entry.into, names.get(target, entry.into))
    return names


def _aliases(
    merges: Iterable[e.Merge | e.Rename], tables: Tables, roots: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Every name of what was merged or renamed, by where it went."""
    found: dict[str, set[str]] = {}
    for entry in merges:
        names = (*entry.names, entry.into) if isinstance(entry, e.Merge) else (entry.name, entry.to)
        for name in names:
            row = tables.find(entry.kind, name)
            entity = tables.entity_id(entry.kind, name)
            found.setdefault(roots.get(entity, entity), set()).update((name,) if row is None else (name, *row.names))
    return {entity: tuple(sorted(names)) for entity, names in found.items()}


V = TypeVar("V", e.Split, e.Rename, e.SetMetric, e.SetResult)


def _once(table: dict[K, V], key: K, entry: V, value: e.Scalar, stated: Callable[[V], e.Scalar]) -> None:
    """Keep the entry; one that says something else for the same key is refused."""
    old = table.setdefault(key, entry)
    if stated(old) != value:
        raise _contradiction(f"this entry says {value!r}", entry, stated(old), old)


def _contradiction(what: str, entry: e.Entry, other: e.Scalar, old: e.Entry) -> CorrectionsError:
    first, last = sorted((old.where.line, entry.where.line))
    return entry.where.error(f"{what}, but another entry says {other!r} (lines {first} and {last}); keep one")
