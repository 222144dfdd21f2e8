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
from typing import TextIO

from kg.export.files import replacing
from kg.export.tables import Table, tables
from kg.schema import EDGES, VERSION, Type, Value
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
"""Bytes that the importer reads at once unless told otherwise; no value may be longer."""


def write(store: Store, folder: Path) -> str:
    """Write one file a table into `folder`, holding few rows in memory, and return the import's shell command.

    All files appear together at the end. No loader may write to the store meanwhile: a relationship whose node came
    too late fails the import.
    """
    longest = 0
    files: list[Path] = []
    with ExitStack() as done:
        for table in (*tables(store), _meta()):
            path = table.file.with_suffix(".csv")
            (folder / path.parent).mkdir(parents=True, exist_ok=True)
            beside = done.enter_context(replacing(folder / path))
            with beside.open("w", encoding="utf-8", newline="") as out:
                longest = max(longest, _write_table(table, out))
            files.append(path)
    return _command(folder, files, longest)


def _meta() -> Table:
    return Table(Path("nodes", META), {"id": "string", "version": "int"}, iter([("kg", VERSION)]))


def _write_table(table: Table, out: TextIO) -> int:
    """Returns the longest row's length in bytes."""
    longest = 0
    out.write(",".join(_header(table)) + "\n")
    for row in table.rows:
        line = ",".join(map(_cell, row)) + "\n"
        out.write(line)
        longest = max(longest, len(line.encode()))
    return longest


def _header(table: Table) -> Iterator[str]:
    name, columns = table.file.name, list(table.columns.items())
    if name in EDGES:
        yield from (f":START_ID({EDGES[name].start})", f":END_ID({EDGES[name].end})")
        columns = columns[2:]
    else:
        yield f"id:ID({name})"
        columns = columns[1:]
    yield from (f"{column}:{_TYPES[kind]}" for column, kind in columns)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = value if isinstance(value, str) else _SEPARATOR.join(value)
    return '"' + text.replace('"', '""') + '"'


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
