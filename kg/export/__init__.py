"""A graph as files: the canonical dump, and formats that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from kg.errors import InputError
from kg.stores.base import Store

FORMATS = {
    "jsonl": "the canonical dump: one JSON object a line, sorted; equal graphs give equal files",
    "graphml": "one XML file for Gephi, yEd or networkx; holds the graph in memory",
    "csv": "a folder with one CSV file a label and a relationship type",
    "parquet": "a folder with one Parquet file a label and a relationship type",
    "neo4j-admin": "a folder with CSV files for neo4j-admin, and on stdout the command that imports them",
}
FOLDERS = ("csv", "parquet", "neo4j-admin")
"""Formats whose output is a folder."""


def export(store: Store, format: str, path: Path) -> str | None:
    """Write the whole graph to a file or, for `FOLDERS`, into a folder that is made where it is missing.

    Returns the shell command that takes the files further, where the format has one (neo4j-admin). Every file is
    written beside its place and then renamed, so that a broken run leaves no half file.
    Raises InputError for an unknown format, OSError or StoreFull where the place cannot be written.
    """
    if format not in FORMATS:
        raise InputError(f"unknown export format {format!r}; known: {', '.join(FORMATS)}")
    module = import_module(f"kg.export.{format.replace('-', '_')}")
    write: Callable[[Store, Path], str | None] = module.write
    return write(store, path)
