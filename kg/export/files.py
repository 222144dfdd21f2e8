"""Files that appear whole or not at all, and where those of a table belong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.schema import EDGES


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, with its ending, moved to it when the block ends well, else deleted."""
    beside = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def place_of(table: str, folder: Path, ending: str) -> Path:
    """nodes/LABEL or relationships/TYPE in `folder`; their folder is made where it is missing."""
    path = folder / ("relationships" if table in EDGES else "nodes") / f"{table}{ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
