"""Graphs as Parquet files, one a table, for Ladybug's COPY: the fastest way into an empty store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from typing_extensions import Self

from kg.errors import SchemaError
from kg.schema import EDGES, NODES, PERMANENT_LABELS, Edge, Node, PaperGraph, Value, check_graph, check_node
from kg.stores.base import WriteReport
from kg.stores.columns import Doubtful, table
from kg.stores.merge import merge_permanent

Row = TypeVar("Row", Node, Edge)

CHUNK = 1000
"""Papers a row group."""
_SAVED = 10_000
"""Rows a row group of `Store.save`."""

_PLAIN = {"compression": "none", "use_dictionary": False}
"""Files live for seconds: what would make them smaller takes longer than it saves."""

_ENDS = {name: (kind.start, kind.end) for name, kind in EDGES.items()}
_EMPTY: dict[str, Value] = {"title": "", "abstract": "", "fingerprint": ""}
"""What every Paper has: as `merge.paper_node`."""


class Tables:
    """Writers of one file a label and a relationship type, closed on leaving the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._open = ExitStack()
        self._permanent: dict[str, dict[str, Node]] = {label: {} for label in PERMANENT_LABELS}
        self._seen: set[str] = set()

    def fill(self, graphs: Iterator[PaperGraph]) -> WriteReport:
        """Write all rows. Raises SchemaError for a bad row and for a paper that comes twice."""
        while chunk := list(islice(graphs, CHUNK)):
            self._add(chunk)
        for label in PERMANENT_LABELS:
            self._add_permanent(label)
        self._open.close()
        return WriteReport(written=len(self._seen))

    def files(self) -> list[tuple[str, Path]]:
        """(table, file), nodes before relationships."""
        return [(name, self._file(name)) for name in (*NODES, *EDGES) if name in self._writers]

    def _add(self, chunk: Sequence[PaperGraph]) -> None:
        try:
            self._add_unchecked(chunk)
        except (Doubtful, KeyError, TypeError) as doubt:
            for graph in chunk:
                check_graph(graph)
            raise SchemaError("a paper breaks the schema") from doubt

    def _add_permanent(self, label: str) -> None:
        nodes = self._permanent[label].values()
        try:
            self._write_nodes(label, nodes)
        except Doubtful as doubt:
            for node in nodes:
                check_node(node)
            raise SchemaError(f"a {label} breaks the schema") from doubt

    def _add_unchecked(self, chunk: Sequence[PaperGraph]) -> None:
        """Raises Doubtful, KeyError or TypeError where `check_graph` may refuse a graph."""
        papers: list[Node] = []
        nodes: dict[str, list[Node]] = {label: [] for label in ("Result", *PERMANENT_LABELS)}
        edges: dict[str, dict[tuple[str, str], Edge]] = {name: {} for name in EDGES}
        for graph in chunk:
            self._check_new(graph.paper)
            papers.append(graph.paper)
            known = {("Paper", graph.paper.id)}
            for node in graph.nodes:
                known.add((node.label, node.id))
                nodes[node.label].append(node)
            if len(known) != len(graph.nodes) + 1:
                raise Doubtful
            for edge in graph.edges:
                start, end = _ENDS[edge.type]
                if (start, edge.start) not in known or (end, edge.end) not in known:
                    raise Doubtful
                edges[edge.type].setdefault((edge.start, edge.end), edge)
        self._write_nodes("Paper", papers)
        self._write_nodes("Result", nodes["Result"])
        for label in PERMANENT_LABELS:
            self._merge(label, nodes[label])
        for name, of_pair in edges.items():
            self._write(name, edge_table(name, [*of_pair.values()]))

    def _check_new(self, paper: Node) -> None:
        if paper.label != "Paper":
            raise Doubtful
        if paper.id in self._seen:
            raise SchemaError(f"paper {paper.id!r} comes twice in a bulk load; merge it first")
        self._seen.add(paper.id)

    def _merge(self, label: str, nodes: Iterable[Node]) -> None:
        """Those that only repeat what is known cost a look-up."""
        known = self._permanent[label]
        for node in nodes:
            before = known.setdefault(node.id, node)
            if before.properties != node.properties:
                for one in (before, node):
                    check_node(one)
                known[node.id] = merge_permanent(before, node)

    def _write_nodes(self, label: str, nodes: Iterable[Node]) -> None:
        rows = [(node.id, node.properties) for node in nodes]
        if label == "Paper":
            rows = [(key, _EMPTY | {k: v for k, v in given.items() if v is not None}) for key, given in rows]
        self._write(label, table({"id": [key for key, _ in rows]}, NODES[label].properties, [row for _, row in rows]))

    def _write(self, name: str, rows: pa.Table) -> None:
        if not rows.num_rows:
            return
        if name not in self._writers:
            writer = pq.ParquetWriter(self._file(name), rows.schema, **_PLAIN)
            self._writers[name] = self._open.enter_context(writer)
        self._writers[name].write_table(rows)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def node_table(label: str, nodes: Sequence[Node]) -> pa.Table:
    return table({"id": [n.id for n in nodes]}, NODES[label].properties, [n.properties for n in nodes])


def edge_table(type: str, edges: Sequence[Edge]) -> pa.Table:
    ends = {"startId": [edge.start for edge in edges], "endId": [edge.end for edge in edges]}
    return table(ends, EDGES[type].properties, [edge.properties for edge in edges])


def stage(file: Path, rows: Sequence[Node] | Sequence[Edge]) -> Path:
    """Rows of one label or one type, checked before, as the file's only content."""
    first = rows[0]
    if isinstance(first, Edge):
        made = edge_table(first.type, [row for row in rows if isinstance(row, Edge)])
    else:
        made = node_table(first.label, [row for row in rows if isinstance(row, Node)])
    pq.write_table(made, file, **_PLAIN)
    return file


def save_nodes(file: Path, label: str, nodes: Iterator[Node]) -> None:
    """As `Store.save`, from rows."""
    _save(file, partial(node_table, label), nodes)


def save_edges(file: Path, type: str, edges: Iterator[Edge]) -> None:
    """As `Store.save`, from rows."""
    names = ["from", "to", *EDGES[type].properties]
    _save(file, lambda chunk: edge_table(type, chunk).rename_columns(names), edges)


def _save(file: Path, to_table: Callable[[Sequence[Row]], pa.Table], rows: Iterator[Row]) -> None:
    with pq.ParquetWriter(file, to_table([]).schema) as writer:
        while chunk := list(islice(rows, _SAVED)):
            writer.write_table(to_table(chunk))
