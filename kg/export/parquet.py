"""Parquet: nodes/LABEL.parquet and relationships/TYPE.parquet, typed as the schema says, rows in any order."""

from __future__ import annotations

from pathlib import Path

from kg.export.files import place_of, replacing
from kg.schema import EDGES, NODES
from kg.stores.base import Store


def write(store: Store, folder: Path) -> None:
    """Write one file a table into `folder`."""
    for table in (*NODES, *EDGES):
        with replacing(place_of(table, folder, ".parquet")) as beside:
            store.save(table, beside)
