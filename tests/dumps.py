"""Rows as a JSON Lines file, and a store as the lines of its canonical dump."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import kg
from kg.export import jsonl
from kg.records import JSON


def written(path: Path, rows: Sequence[JSON]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def dump(path: Path) -> list[str]:
    with kg.open_store(path, read_only=True) as store:
        return list(jsonl.lines(store))
