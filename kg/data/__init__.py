"""Shipped tables: tab-separated, first line the column names, lines in code-point order of the first column."""

import hashlib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from kg.errors import ModelError


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
                "make the tables again with `python -m kg.train.vocabulary`"
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
        raise ModelError(f"{where} has no table {name}.tsv; make it with `python -m kg.train.vocabulary`") from error
    except UnicodeDecodeError as error:
        raise ModelError(f"{name}.tsv is not UTF-8; make it again with `python -m kg.train.vocabulary`") from error
    return content
