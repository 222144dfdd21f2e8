"""Graphs as Parquet files, one a table, for Ladybug's COPY: the fastest way into an empty store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq
from typing_extensions import Self

from kg.errors import SchemaError
from kg.schema import EDGES, NODES, PERMANENT_LABELS, Node, PaperGraph, Type, check_graph
from kg.stores.base import Cell, Row, WriteReport
from kg.stores.merge import Plan, add_permanent, plan

CHUNK = 1000
"""Papers a row group."""

_TYPES = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "string[]": pa.list_(pa.string()),
}


class Tables:
    """Writers of one file a label and a relationship type, closed on leaving the `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._open = ExitStack()
        self._permanent: dict[str, dict[str, Node]] = {label: {} for label in PERMANENT_LABELS}

    def fill(self, graphs: Iterator[PaperGraph]) -> WriteReport:
        """Write all rows. Raises SchemaError for a bad row and for a paper that comes twice."""
        report = WriteReport()
        seen: set[str] = set()
        while chunk := list(islice(graphs, CHUNK)):
            for graph in chunk:
                check_graph(graph)
                if graph.paper.id in seen:
                    raise SchemaError(f"paper {graph.paper.id!r} comes twice in a bulk load; merge it first")
                seen.add(graph.paper.id)
            report += self._add(plan(chunk, {}))
        for label, nodes in self._permanent.items():
            self._write_nodes(label, nodes.values())
        self._open.close()
        return report

    def files(self) -> list[tuple[str, Path]]:
        """(table, file), nodes before relationships."""
        return [(name, self._file(name)) for name in (*NODES, *EDGES) if name in self._writers]

    def _add(self, made: Plan) -> WriteReport:
        self._write_nodes("Paper", made.papers)
        self._write_nodes("Result", made.results)
        for label, nodes in made.permanent.items():
            for node in nodes.values():
                add_permanent(self._permanent[label], node)
        for name, edges in made.edges.items():
            ends: dict[str, Type] = {"startId": "string", "endId": "string"}
            rows: list[Row] = [{"startId": e.start, "endId": e.end, **_cells(e.properties)} for e in edges.values()]
            self._write(name, {**ends, **EDGES[name].properties}, rows)
        return made.report

    def _write_nodes(self, label: str, nodes: Iterable[Node]) -> None:
        rows: list[Row] = [{"id": n.id, **_cells(n.properties)} for n in nodes]
        self._write(label, {"id": "string", **NODES[label].properties}, rows)

    def _write(self, name: str, types: Mapping[str, Type], rows: Sequence[Row]) -> None:
        if not rows:
            return
        table = pa.Table.from_pylist(rows, pa.schema([(column, _TYPES[kind]) for column, kind in types.items()]))
        if name not in self._writers:
            self._writers[name] = self._open.enter_context(pq.ParquetWriter(self._file(name), table.schema))
        self._writers[name].write_table(table)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.parquet"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def _cells(properties: Mapping[str, object]) -> dict[str, Cell]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in properties.items()}  # type: ignore[misc]
