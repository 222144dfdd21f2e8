"""Rows on stdout: a table for people, JSON or CSV for programs."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.records import JSON
from kg.stores.base import Cell, Row

F = TypeVar("F", bound=Callable[..., Any])
Style = Literal["table", "json", "csv"]

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
"""What could move the cursor or turn the reading direction: text of papers is not ours."""


def output_options(function: F) -> F:
    """--json and --csv, given to the command as `style`."""
    for style, about in (("csv", "CSV with a header."), ("json", "One JSON array of objects.")):
        function = click.option(f"--{style}", "style", flag_value=style, default="table", help=about)(function)
    return function


counts_option = click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")


def print_counts(counts: Mapping[str, JSON], text: str, as_json: bool) -> None:
    """What a command did: one JSON object, or its text form."""
    click.echo(json.dumps(counts) if as_json else text)


def print_rows(rows: Sequence[Row], columns: Sequence[str], style: Style) -> None:
    """Print rows in the given order of columns; JSON keeps types, a table shows null as nothing."""
    if style == "json":
        lines = (json.dumps({c: row.get(c) for c in columns}, ensure_ascii=False) for row in rows)
        click.echo("[" + ",\n ".join(lines) + "]")
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row.get(c)) for c in columns] for row in rows)
    else:
        _print_table(rows, columns)


def _cell(value: Cell) -> str:
    """Empty for null, JSON for anything but text."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        numeric = all(isinstance(row.get(name), (int, float)) for row in rows)
        table.add_column(name, justify="right" if rows and numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(shown(row.get(name)))) for name in columns))
    terminal = sys.stdout.isatty()
    console = Console(width=None if terminal else 1_000_000, highlight=False, emoji=False, markup=False)
    with console.capture() as printed:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in printed.get().splitlines()))


def clean(text: str) -> str:
    """Text for a terminal: runs of control characters as one blank."""
    return _CONTROL.sub(" ", text)


def shown(value: Cell) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, dict)):
        texts = isinstance(value, list) and all(isinstance(v, str) for v in value)
        return "; ".join(map(str, value)) if texts else json.dumps(value, ensure_ascii=False)
    return str(value)
