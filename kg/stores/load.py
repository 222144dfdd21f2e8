"""Writing and removing where nobody else writes, and what pruning does in every store: statements of a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kg.errors import StoreError
from kg.schema import ENTITY_LABELS, PERMANENT_LABELS, Edge, Node, PaperGraph
from kg.stores import statements
from kg.stores.base import Cell, Row, StoredPaper, WriteReport
from kg.stores.merge import Plan, merge_permanent, paper_of, plan

Run = Callable[[str, dict[str, Cell]], list[Row]]
"""Sends one statement with its parameters inside the running transaction."""

Stage = Callable[[Sequence[Node] | Sequence[Edge]], Path]
"""Writes rows of one label or type to a Parquet file, which lasts until the next is written."""


def read_papers(run: Run, ids: Sequence[str]) -> dict[str, StoredPaper]:
    """Those of the papers that were written; one that was only locked has no fingerprint."""
    rows = _by_ids(run, statements.nodes_by_id("Paper"), ids)
    found = {str(row["id"]): row for row in rows if row["fingerprint"] is not None}
    authors: dict[str, list[str]] = defaultdict(list)
    for row in _by_ids(run, statements.AUTHORS_OF, sorted(found)):
        authors[str(row["paper"])].append(str(row["author"]))
    return {key: paper_of(key, row, tuple(authors[key])) for key, row in found.items()}


def write(run: Run, stage: Stage, batch: Sequence[PaperGraph]) -> WriteReport:
    """Merge the batch in, where nobody else writes."""
    known = read_papers(run, sorted({graph.paper.id for graph in batch}))
    made = plan(batch, known)
    _apply(run, stage, made)
    _put(run, stage, "Paper", made.papers, known)
    _put(run, stage, "Result", made.results, {})
    for kind, edges in made.edges.items():
        _create(run, stage, kind, [edges[pair] for pair in sorted(edges)])
    return made.report


def remove(run: Run, stage: Stage, ids: Sequence[str]) -> int:
    """Delete papers with what they state; entities keep only the names that other papers give."""
    known = sorted(read_papers(run, ids))
    _apply(run, stage, Plan(rewritten=known, reauthored=known))
    _by_ids(run, statements.DELETE_PAPERS, known)
    return len(known)


def delete_orphans(run: Run, label: str, limit: int) -> int:
    """Delete up to `limit` nodes without a relationship; returns how many."""
    keys = [str(row["id"]) for row in run(statements.orphans(label), {"limit": limit})]
    _by_ids(run, statements.delete_nodes(label), keys)
    return len(keys)


def correct_names(run: Run, label: str) -> None:
    """Give entities that no table names the least name that papers give."""
    rows = run(statements.wrong_names(label), {})
    names = {str(row["id"]): str(row["name"]) for row in rows}
    if names:
        run(statements.set_names(label), {"rows": statements.name_rows(names)})


def _by_ids(run: Run, text: str, ids: Sequence[str]) -> list[Row]:
    return run(text, {"ids": [*ids]}) if ids else []


def _apply(run: Run, stage: Stage, made: Plan) -> None:
    """Delete what the plan replaces, and bring authors and entities up to date."""
    given = {label: _names_given(run, label, made.rewritten) for label in ENTITY_LABELS}
    stored = {
        label: _nodes(run, label, sorted({*made.permanent[label], *given.get(label, {})})) for label in PERMANENT_LABELS
    }
    _delete_facts(run, made)
    for label in PERMANENT_LABELS:
        kept = _without_lost_names(run, label, stored[label], made.permanent[label], given.get(label, {}))
        merged = {key: merge_permanent(kept[key], n) if key in kept else n for key, n in made.permanent[label].items()}
        changed = [n for key, n in (kept | merged).items() if n.properties != _properties(stored[label].get(key))]
        _put(run, stage, label, changed, stored[label])


def _names_given(run: Run, label: str, papers: Sequence[str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for row in _by_ids(run, statements.names_given(label), papers):
        names[str(row["id"])].add(str(row["name"]))
    return names


def _nodes(run: Run, label: str, ids: Sequence[str]) -> dict[str, Node]:
    nodes = (statements.node_of(label, row) for row in _by_ids(run, statements.nodes_by_id(label), ids))
    return {node.id: node for node in nodes}


def _without_lost_names(
    run: Run, label: str, stored: Mapping[str, Node], incoming: Mapping[str, Node], given: Mapping[str, set[str]]
) -> dict[str, Node]:
    """The stored nodes; those named by papers whose facts are now gone take the least name that is left, or none."""
    lost = []
    for key, names in sorted(given.items()):
        name = stored[key].properties.get("name")
        if name in names and not (key in incoming and incoming[key].properties.get("name") == name):
            lost.append(key)
    left = {str(row["id"]): str(row["name"]) for row in _by_ids(run, statements.least_names(label), lost)}
    renamed = {}
    for key in lost:
        values = {name: value for name, value in stored[key].properties.items() if name != "name"}
        renamed[key] = replace(stored[key], properties=values | ({"name": left[key]} if key in left else {}))
    return {**stored, **renamed}


def _delete_facts(run: Run, made: Plan) -> None:
    _by_ids(run, statements.DELETE_RESULTS, made.rewritten)
    for label in ENTITY_LABELS:
        _by_ids(run, statements.delete_facts(label), made.rewritten)
    _by_ids(run, statements.DELETE_AUTHORSHIPS, made.reauthored)


def _properties(node: Node | None) -> object:
    return None if node is None else node.properties


def _put(run: Run, stage: Stage, label: str, nodes: Iterable[Node], known: Container[str]) -> None:
    """Create nodes, and set the properties of those that are known."""
    rows = sorted(nodes, key=lambda node: node.id)
    new, old = [n for n in rows if n.id not in known], [n for n in rows if n.id in known]
    if new:
        run(statements.create_nodes(label, stage(new)), {})
    if old:
        run(statements.merge_nodes(label, stage(old)), {})


def _create(run: Run, stage: Stage, type: str, edges: Sequence[Edge]) -> None:
    """Raises StoreError where an end is missing: the file is damaged."""
    if not edges:
        return
    made = run(statements.create_edges(type, stage(edges)), {})[0]["made"]
    if made != len(edges):
        raise StoreError(f"{made} of {len(edges)} relationships {type} were made: nodes are missing")
