"""kg reports, kg leaderboard and kg show."""

# ruff: noqa: PLR0913, PLR0917 - a command has its options as arguments
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, get_args

import click

from kg import boards
from kg.boards import ResultKind
from kg.cli.options import opened, store_option
from kg.cli.output import Style, clean, output_options, print_rows, shown
from kg.cli.progress import progress
from kg.queries import NodeKind
from kg.questions import load
from kg.stores.base import Row

F = TypeVar("F", bound=Callable[..., Any])

_TABLE = ("title", "year", "method", "result", "baseline", "setting", "evidence")
"""What fits a terminal; --json and --csv have every column and the value as a number."""


def _filters(function: F) -> F:
    own = click.option(
        "--own/--not-own", default=None, help="Only values of the papers' own approaches, or only others."
    )
    since = click.option("--since", metavar="DATE", help="Only papers from this year (2023), month or day on.")
    return own(since(function))


@click.command
@click.argument("metric")
@click.argument("dataset", required=False)
@store_option
@click.option("--kind", type=click.Choice(get_args(ResultKind)), help="Only values of this kind.")
@_filters
@output_options
def reports(
    metric: str,
    dataset: str | None,
    store: str,
    kind: ResultKind | None,
    own: bool | None,
    since: str | None,
    style: Style,
) -> None:
    """Which papers report METRIC, on DATASET if one is given?

    Names are matched by alias and in any case: mscoco finds MS COCO. Newest paper first.

    \b
    Example:
        kg reports FID ImageNet
        kg reports "inference speed" --kind ratio --own --since 2023 --json
    """
    with progress(), opened(store, read_only=True) as graph:
        rows = boards.reports(graph, metric, dataset, kind=kind, own=own, since=since)
    if style == "table":
        print_rows(_worded(rows), _TABLE if dataset else ("dataset", *_TABLE), style)
    else:
        print_rows(rows, load("papers_reporting").columns, style)


@click.command
@click.argument("dataset")
@click.argument("metric")
@store_option
@click.option(
    "--kind", type=click.Choice(get_args(ResultKind)), default="absolute", show_default=True, help="Of value."
)
@click.option("--higher/--lower", default=None, help="Which values are better; else as the metric says.")
@_filters
@output_options
def leaderboard(
    dataset: str,
    metric: str,
    store: str,
    kind: ResultKind,
    higher: bool | None,
    own: bool | None,
    since: str | None,
    style: Style,
) -> None:
    """Rank the results on DATASET by METRIC, best first.

    Equal values share a rank, each unit has a ranking of its own, and bounds (<, ~) are shown but not weighed.

    \b
    Example:
        kg leaderboard ImageNet FID
        kg leaderboard COCO mAP --own --csv > coco.csv
    """
    with progress(), opened(store, read_only=True) as graph:
        rows = boards.leaderboard(graph, dataset, metric, kind=kind, higher=higher, own=own, since=since)
    if style == "table":
        print_rows(_worded(rows), ("rank", *_TABLE), style)
    else:
        print_rows(rows, ("rank", *load("leaderboard").columns), style)


@click.command
@click.argument("name")
@store_option
@click.option("--kind", type=click.Choice(get_args(NodeKind)), help="Where one name means several things.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: kind, about, tables.")
def show(name: str, store: str, kind: NodeKind | None, as_json: bool) -> None:
    """All about a paper, method, data set, metric, task or author.

    \b
    Example:
        kg show ImageNet
        kg show "Attention Is All You Need" --kind paper
    """
    with progress(), opened(store, read_only=True) as graph:
        found = boards.show(graph, name, kind)
    if as_json:
        row = {"kind": found.kind, "about": found.about, "tables": dict(found.tables)}
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    for key, value in found.about.items():
        if value not in (None, []):
            click.echo(f"{key}: {clean(shown(value))}")
    for heading, rows in found.tables.items():
        click.echo(f"\n{heading}\n")
        print_rows(rows, tuple(rows[0]), "table")


def _worded(rows: list[Row]) -> list[Row]:
    """Rows with a column `result` for people: bound, value, unit and direction in one, as in "< 2.5 % down"."""
    return [{**row, "result": " ".join(_words(row))} for row in rows]


def _words(row: Row) -> Iterator[str]:
    bound = row["bound"]
    if bound != "=":
        yield shown(bound)
    yield shown(row["value"]).removesuffix(".0")
    yield from (shown(row[name]) for name in ("unit", "direction") if row[name])
