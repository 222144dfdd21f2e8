"""CSV (RFC 4180, UTF-8): nodes/LABEL.csv and relationships/TYPE.csv; null is empty, a list is a JSON array."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from kg.export.files import replacing
from kg.export.tables import tables
from kg.schema import Value
from kg.stores.base import Store


def write(store: Store, folder: Path) -> None:
    """Write one file a table into `folder`."""
    for table in tables(store):
        path = folder / table.file.with_suffix(".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows([_cell(value) for value in row] for row in table.rows)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
