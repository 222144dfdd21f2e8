"""Shipped tables: tab-separated, first line the column names, lines in code-point order of the first column.

`pin` and `verify` (kg/data/pins.py) keep a model folder's files together.
"""

import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from kg.data.pins import PINS, pin, verify
from kg.errors import ModelError

__all__ = ["PINS", "cells", "folder", "pin", "rows", "signature", "verify"]

_MAKERS = {"calibration": "calibrate"}
"""Modules of kg.train by the table that they make; the others come from or with `vocabulary`."""


def folder(model: Path | None = None) -> Path:
    """Where a model's files are: `model`, or the package's own folder."""
    return model or Path(__file__).parent


def rows(name: str, folder: Path | None = None) -> list[dict[str, str]]:
    """Rows of `<name>.tsv`, by column. Raises ModelError as `cells` does."""
    columns, lines = cells(name, folder)
    return [dict(zip(columns, line, strict=True)) for line in lines]


def cells(name: str, folder: Path | None = None) -> tuple[list[str], list[list[str]]]:
    """Column names and lines of `<name>.tsv`; from `folder` instead of the package where one is given.

    Raises ModelError where the table is missing, is not UTF-8, or a line has another number of cells than the first.
    """
    header, *lines = _read(name, folder).decode().removesuffix("\n").split("\n")
    columns = header.split("\t")
    table = []
    for number, line in enumerate(lines, 2):
        row = line.split("\t")
        if len(row) != len(columns):
            raise ModelError(
                f"{name}.tsv, line {number}: {len(row)} cells where the first line names {len(columns)}; "
                f"make it again with {_command(name)}"
            )
        table.append(row)
    return columns, table


def signature(names: Iterable[str], folder: Path | None = None) -> str:
    """sha256 (hex) over these tables, byte by byte. Raises ModelError where one is missing."""
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{name}\n".encode() + _read(name, folder))
    return digest.hexdigest()


def _read(name: str, folder: Path | None) -> bytes:
    place = files(__name__) if folder is None else folder
    try:
        content = place.joinpath(f"{name}.tsv").read_bytes()
        content.decode()
    except OSError as error:
        where = folder or "the kg package"
        raise ModelError(f"{where} has no table {name}.tsv; make it with {_command(name)}") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{name}.tsv is not UTF-8; make it again with {_command(name)}") from error
    return content


def _command(name: str) -> str:
    return f"`python -m kg.train.{_MAKERS.get(name, 'vocabulary')}`"
