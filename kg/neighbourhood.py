"""The part of a graph that lies around one paper, author or entity, as a networkx graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Template
from typing import TypeAlias

import networkx as nx

from kg.schema import EDGES, ENTITY_LABELS, NODES
from kg.stores.base import Cell, Row, Store

Key = tuple[str, str]
"""(label, id)"""
Graph: TypeAlias = "nx.MultiDiGraph[Key]"


def _types(start: str, end: str) -> str:
    return "|".join(t.type for t in EDGES.values() if (t.start, t.end) == (start, end))


# Templates are filled with labels, types and property names of the schema only; every value is a parameter.
_RESULTS_OF_ENTITY = Template(
    "MATCH (e:$label) WHERE e.id = $$id WITH e MATCH (r:Result)-[:$links]->(e) WITH r "
    "MATCH (p:Paper)-[:REPORTS]->(r) "
    "RETURN DISTINCT p.id AS paper, r.id AS result, r.own AS own, r.confidence AS confidence "
    "ORDER BY own DESC, confidence DESC, result LIMIT $$limit"
)
_PAPERS_OF_ENTITY = Template(
    "MATCH (e:$label) WHERE e.id = $$id WITH e MATCH (p:Paper)-[m:$links]->(e) "
    "RETURN DISTINCT p.id AS paper, coalesce(p.upvotes, 0) AS upvotes, coalesce(p.year, 0) AS year "
    "ORDER BY upvotes DESC, year DESC, paper LIMIT $$limit"
)
_PAPERS_OF_AUTHOR = (
    "MATCH (a:Author) WHERE a.id = $id WITH a MATCH (a)-[:WROTE]->(p:Paper) "
    "RETURN p.id AS paper, coalesce(p.year, 0) AS year ORDER BY year DESC, paper LIMIT $limit"
)
_RESULTS_OF_PAPER = (
    "MATCH (p:Paper) WHERE p.id = $id WITH p MATCH (p)-[:REPORTS]->(r:Result) "
    "RETURN r.id AS result, r.startChar AS place ORDER BY place, result LIMIT $limit"
)
_ENTITIES_OF_PAPER = Template(
    "MATCH (p:Paper) WHERE p.id = $$id WITH p MATCH (p)-[m:$links]->(e:$label) "
    "RETURN e.id AS id, m.startChar AS place ORDER BY place, id LIMIT $$limit"
)
_AUTHORS_OF_PAPER = (
    "MATCH (p:Paper) WHERE p.id = $id WITH p MATCH (a:Author)-[w:WROTE]->(p) "
    "RETURN a.id AS id, w.position AS place ORDER BY place, id LIMIT $limit"
)
_ENDS_OF_RESULTS = Template(
    "MATCH (r:Result)-[:$type]->(e:$label) WHERE r.id IN $$ids RETURN r.id AS result, e.id AS id"
)
_NODES = Template("MATCH (n:$label) WHERE n.id IN $$ids RETURN n.id AS id, $columns ORDER BY id")
_EDGES = Template(
    "MATCH (a:$start)-[r:$type]->(b:$end) WHERE a.id IN $$heads AND b.id IN $$tails "
    "RETURN a.id AS head, b.id AS tail$columns ORDER BY head, tail"
)


def neighbourhood(store: Store, start: Key, *, depth: int = 1, limit: int = 80) -> Graph:
    """At most `limit` nodes within `depth` steps of `start`, with every relationship among them.

    A result counts as part of the step that finds it: with it come its paper and all that it links to. Where there is
    more than fits, own results come first, then papers by upvotes and year, entities in text order. Nodes are keyed
    (label, id), edges by type, in an order that the graph alone decides; both carry their properties.
    """
    chosen: dict[Key, None] = {start: None}
    frontier = [start]
    for _ in range(depth):
        found: dict[Key, None] = {}
        for key in frontier:
            for group in _steps(store, key, limit):
                if len(chosen | found | dict.fromkeys(group)) <= limit:
                    found |= dict.fromkeys(group)
        frontier = [key for key in found if key not in chosen]
        chosen |= found
    return _induced(store, chosen)


def _steps(store: Store, key: Key, limit: int) -> Iterator[list[Key]]:
    """Groups of neighbours, the most telling first; a group is taken whole or not at all."""
    label, name = key
    if label == "Paper":
        rows = _read(store, _RESULTS_OF_PAPER, name, limit)
        yield from _with_ends(store, [[("Result", str(row["result"]))] for row in rows])
        for end in ENTITY_LABELS:
            query = _ENTITIES_OF_PAPER.substitute(label=end, links=_types("Paper", end))
            yield from ([(end, str(row["id"]))] for row in _read(store, query, name, limit))
        yield from ([("Author", str(row["id"]))] for row in _read(store, _AUTHORS_OF_PAPER, name, limit))
    elif label == "Author":
        yield from ([("Paper", str(row["paper"]))] for row in _read(store, _PAPERS_OF_AUTHOR, name, limit))
    elif label in ENTITY_LABELS:
        rows = _read(store, _RESULTS_OF_ENTITY.substitute(label=label, links=_types("Result", label)), name, limit)
        yield from _with_ends(store, [[("Result", str(r["result"])), ("Paper", str(r["paper"]))] for r in rows])
        query = _PAPERS_OF_ENTITY.substitute(label=label, links=_types("Paper", label))
        yield from ([("Paper", str(row["paper"]))] for row in _read(store, query, name, limit))


def _with_ends(store: Store, groups: list[list[Key]]) -> Iterator[list[Key]]:
    """Each group, its first key a result, with what the result links to."""
    results: list[Cell] = [group[0][1] for group in groups]
    ends: dict[str, list[Key]] = {}
    for kind in EDGES.values():
        if kind.start == "Result" and results:
            query = _ENDS_OF_RESULTS.substitute(type=kind.type, label=kind.end)
            for row in sorted(store.read(query, {"ids": results}), key=lambda row: str(row["id"])):
                ends.setdefault(str(row["result"]), []).append((kind.end, str(row["id"])))
    for group in groups:
        yield [*group, *ends.get(group[0][1], [])]


def _read(store: Store, query: str, id: str, limit: int) -> list[Row]:
    return store.read(query, {"id": id, "limit": limit})


def _induced(store: Store, keys: Iterable[Key]) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    ids: dict[str, list[Cell]] = {}
    for key in keys:
        ids.setdefault(key[0], []).append(key[1])
        graph.add_node(key)
    for label, wanted in ids.items():
        columns = ", ".join(f"n.{name} AS {name}" for name in NODES[label].properties)
        for row in store.read(_NODES.substitute(label=label, columns=columns), {"ids": wanted}):
            graph.add_node((label, str(row.pop("id"))), **row)
    for kind in EDGES.values():
        if kind.start in ids and kind.end in ids:
            columns = "".join(f", r.{name} AS {name}" for name in kind.properties)
            query = _EDGES.substitute(type=kind.type, start=kind.start, end=kind.end, columns=columns)
            for row in store.read(query, {"heads": ids[kind.start], "tails": ids[kind.end]}):
                head, tail = (kind.start, str(row.pop("head"))), (kind.end, str(row.pop("tail")))
                graph.add_edge(head, tail, key=kind.type, **row)
    return graph
