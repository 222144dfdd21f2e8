"""The canonical dump: node lines, then relationship lines, each part sorted by code point.

A node is {"id", "label", "properties"}, a relationship {"from", "properties", "to", "type"}, its ends as "Label/id".
Keys are sorted, nulls and empty lists left out; confidences have three decimals, other floats are as Python prints
them.
"""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from kg.export.files import replacing
from kg.schema import EDGES, NODES, Edge, Node, Value
from kg.stores.base import Store

_RUN = 100_000
"""Lines sorted in memory at once; longer dumps are merged from sorted files on disk."""


def write(store: Store, path: Path) -> None:
    """Write the dump to `path`; memory is bounded by `_RUN` lines."""
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines(store))


def lines(store: Store) -> Iterator[str]:
    """The lines of the dump, without line ends."""
    yield from _sorted(node_line(node) for label in NODES for node in store.nodes(label))
    yield from _sorted(edge_line(edge) for name in EDGES for edge in store.edges(name))


def node_line(node: Node) -> str:
    return _object({"id": json_text(node.id), "label": json_text(node.label), "properties": _properties(node)})


def edge_line(edge: Edge) -> str:
    kind = EDGES[edge.type]
    return _object(
        {
            "from": json_text(f"{kind.start}/{edge.start}"),
            "properties": _properties(edge),
            "to": json_text(f"{kind.end}/{edge.end}"),
            "type": json_text(edge.type),
        }
    )


def json_text(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _properties(row: Node | Edge) -> str:
    return _object(
        {
            name: f"{value:.3f}" if name == "confidence" and isinstance(value, float) else json_text(value)
            for name, value in row.properties.items()
            if value is not None and value != ()
        }
    )


def _object(members: dict[str, str]) -> str:
    """A JSON object of members whose values are JSON already."""
    return "{" + ", ".join(f'"{name}": {text}' for name, text in sorted(members.items())) + "}"


def _sorted(unsorted: Iterable[str]) -> Iterator[str]:
    """Merge sort over files: stores order ids by rules of their own, the dump goes by code point."""
    pending = iter(unsorted)
    first = sorted(islice(pending, _RUN))
    if len(first) < _RUN:
        yield from first
        return
    with tempfile.TemporaryDirectory(prefix="kg-dump-") as folder:
        runs = [_spill(first, Path(folder) / "0")]
        while run := sorted(islice(pending, _RUN)):
            runs.append(_spill(run, Path(folder) / str(len(runs))))
        try:
            yield from (line.rstrip("\n") for line in heapq.merge(*runs))
        finally:
            for file in runs:
                file.close()


def _spill(run: list[str], path: Path) -> TextIO:
    file = path.open("w+", encoding="utf-8", newline="\n")
    file.writelines(f"{line}\n" for line in run)
    file.seek(0)
    return file
