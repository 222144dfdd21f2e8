"""CSV for `neo4j-admin database import full`, the fastest way into an empty Neo4j database of any size.

nodes/LABEL.csv and relationships/TYPE.csv with typed headers, ids in one id space a label; the KgMeta node is among
them, so that the imported database is ours. Text is always quoted, with quotes doubled; an empty cell is null, "" the
empty string. The import makes no constraints: the first `kg build` or `kg load` into the database does.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from kg.export.files import place_of, replacing
from kg.schema import EDGES, NODES, VERSION, Type
from kg.stores.base import Store
from kg.stores.ddl import META

_TYPES: Mapping[Type, str] = {
    "string": "string",
    "int": "long",
    "float": "double",
    "bool": "boolean",
    "string[]": "string[]",
}
_SEPARATOR = "\0"
"""Of a list's parts: the one character that no value of the schema can hold."""
_BUFFER = 4 << 20
"""Bytes that the importer reads at once unless told otherwise; no row may be longer."""
_ROWS = 10_000
"""Held in memory at once."""


def write(store: Store, folder: Path) -> str:
    """Write one file a table into `folder`, holding few rows in memory, and return the import's shell command.

    All files appear together at the end; their rows come in any order. No loader may write to the store meanwhile: a
    relationship whose node came too late fails the import.
    """
    longest = 0
    files: list[Path] = []
    with ExitStack() as done:
        for table in (*NODES, META, *EDGES):
            path = place_of(table, folder, ".csv")
            with done.enter_context(replacing(path)).open("wb") as out:
                out.write(f"{','.join(_header(table))}\n".encode())
                longest = max(longest, _write_rows(_meta() if table == META else _rows(store, table, path), out))
            files.append(path.relative_to(folder))
    return _command(folder, files, longest)


def _rows(store: Store, table: str, path: Path) -> Iterator[pa.RecordBatch]:
    """By a Parquet file beside the table's own: there is room for both, or for neither."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{table}.", suffix=".parquet") as beside:
        store.save(table, Path(beside.name))
        with pq.ParquetFile(beside.name) as file:
            yield from file.iter_batches(_ROWS)


def _meta() -> Iterator[pa.RecordBatch]:
    yield pa.record_batch({"id": ["kg"], "version": [VERSION]})


def _write_rows(batches: Iterator[pa.RecordBatch], out: BinaryIO) -> int:
    """Returns a length in bytes that no row exceeds."""
    longest = 0
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in batches:
        flat = [pc.binary_join(c, _SEPARATOR) if pa.types.is_list(c.type) else c for c in batch.columns]
        pa.csv.write_csv(pa.record_batch(flat, names=batch.schema.names), out, options)
        longest = max(longest, sum(map(_longest, flat)))
    return longest


def _longest(column: pa.Array) -> int:
    """At most so many bytes a cell: quotes are doubled, numbers have less than 32 characters."""
    return 2 * (pc.max(pc.binary_length(column)).as_py() or 0) + 3 if pa.types.is_string(column.type) else 32


def _header(table: str) -> Iterator[str]:
    """Names and types; those that kg/schema.py does not have are META's."""
    columns: Mapping[str, Type]
    if table in EDGES:
        columns = EDGES[table].properties
        yield from (f":START_ID({EDGES[table].start})", f":END_ID({EDGES[table].end})")
    else:
        columns = {"version": "int"} if table == META else NODES[table].properties
        yield f"id:ID({table})"
    yield from (f"{column}:{_TYPES[kind]}" for column, kind in columns.items())


def _command(folder: Path, files: list[Path], longest: int) -> str:
    """Relative paths after a `cd`: neo4j-admin takes a comma in a path for a separator and its name for a pattern."""
    options = ["--multiline-fields=true", f"--array-delimiter=U+{ord(_SEPARATOR):04X}"]
    if longest > _BUFFER:
        options.append(f"--read-buffer-size={longest}")
    for file in files:
        name = file.stem
        options.append(f"--{'relationships' if name in EDGES else 'nodes'}={name}={file.as_posix()}")
    command = ["neo4j-admin", "database", "import", "full", "neo4j", *options]
    return f"cd {shlex.quote(str(folder.resolve()))} && {shlex.join(command)}"
