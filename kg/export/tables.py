"""A graph as flat tables: one a label and one a relationship type, with the schema's columns in its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from kg.schema import EDGES, NODES, Type, Value
from kg.stores.base import Store


@dataclass(frozen=True, slots=True)
class Table:
    """`file` is where it belongs, without an ending: it comes from the schema, never from the data."""

    file: Path
    columns: Mapping[str, Type]
    rows: Iterator[tuple[Value, ...]]


def tables(store: Store) -> Iterator[Table]:
    """Every table of the schema, also those without a row; rows are read as they are asked for."""
    return chain((_node_table(store, label) for label in NODES), (_edge_table(store, name) for name in EDGES))


def _node_table(store: Store, label: str) -> Table:
    names = NODES[label].properties
    rows = ((n.id, *(n.properties.get(name) for name in names)) for n in store.nodes(label))
    return Table(Path("nodes", label), {"id": "string", **names}, rows)


def _edge_table(store: Store, type: str) -> Table:
    names = EDGES[type].properties
    rows = ((e.start, e.end, *(e.properties.get(name) for name in names)) for e in store.edges(type))
    return Table(Path("relationships", type), {"from": "string", "to": "string", **names}, rows)
