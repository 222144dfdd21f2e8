"""Parquet: nodes/LABEL.parquet and relationships/TYPE.parquet, typed as the schema says."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kg.export.files import replacing
from kg.export.tables import Table, tables
from kg.schema import Type
from kg.stores.base import Store

_TYPES: dict[Type, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "string[]": pa.list_(pa.string()),
}
_BATCH = 10_000


def write(store: Store, folder: Path) -> None:
    """Write one file a table into `folder`, holding one batch of rows in memory."""
    for table in tables(store):
        path = folder / table.file.with_suffix(".parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as beside:
            _write_table(table, beside)


def _write_table(table: Table, path: Path) -> None:
    schema = pa.schema([(name, _TYPES[kind]) for name, kind in table.columns.items()])
    with pq.ParquetWriter(path, schema) as writer:
        while rows := list(islice(table.rows, _BATCH)):
            columns = [
                pa.array(cells, field.type) for cells, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
