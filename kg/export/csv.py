"""CSV (RFC 4180, UTF-8): nodes/LABEL.csv and relationships/TYPE.csv; null is empty, a list is a JSON array."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from kg.export.files import place_of, replacing
from kg.schema import EDGES, NODES, Value
from kg.stores.base import Store


def write(store: Store, folder: Path) -> None:
    """Write one file a table into `folder`."""
    for table in (*NODES, *EDGES):
        with (
            replacing(place_of(table, folder, ".csv")) as beside,
            beside.open("w", encoding="utf-8", newline="") as file,
        ):
            csv.writer(file).writerows(_rows(store, table))


def _rows(store: Store, table: str) -> Iterator[list[str]]:
    """The header first."""
    if table in NODES:
        names = NODES[table].properties
        yield ["id", *names]
        for node in store.nodes(table):
            yield [node.id, *(_cell(node.properties.get(name)) for name in names)]
    else:
        names = EDGES[table].properties
        yield ["from", "to", *names]
        for edge in store.edges(table):
            yield [edge.start, edge.end, *(_cell(edge.properties.get(name)) for name in names)]


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
