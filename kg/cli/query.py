"""kg query and kg queries."""

from __future__ import annotations

import json
import sys

import click

from kg.cli.options import opened, store_option
from kg.cli.output import Style, output_options, print_rows
from kg.cli.progress import progress
from kg.queries import run
from kg.questions import Parameter, all_queries, load
from kg.stores.base import Cell, Row


def _assignments(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """name=value, several times, as a dictionary."""
    given: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{value!r} is not of the form name=value, as in metric=FID", ctx, param)
        given[name] = text
    return given


@click.command
@click.argument("name", required=False)
@click.option("--cypher", metavar="TEXT", help="A reading query of your own instead; - reads it from stdin.")
@click.option(
    "--param",
    "values",
    multiple=True,
    callback=_assignments,
    metavar="NAME=VALUE",
    help="A parameter; may be repeated.",
)
@store_option
@output_options
def query(name: str | None, cypher: str | None, values: dict[str, str], store: str, style: Style) -> None:
    """Ask a shipped question by NAME, or your own Cypher.

    Parameters that are left out have the value of an example; `kg queries` shows them. For --cypher a value is read as
    JSON where it is JSON (2023, true, "2023"), else as text.

    \b
    Example:
        kg query speedups --param method=GAN --param at_least=10
        kg query --cypher 'MATCH (p:Paper) RETURN p.title AS title ORDER BY title LIMIT 5'
    """
    if (name is None) == (cypher is None):
        raise click.UsageError("give the NAME of a question (`kg queries` lists them), or --cypher TEXT")
    with progress(), opened(store, read_only=True) as graph:
        if name is not None:
            question = load(name)
            rows, columns = run(graph, question, values), question.columns
        else:
            text = sys.stdin.read() if cypher == "-" else cypher or ""
            rows = graph.read(text, {key: _json_or_text(value) for key, value in values.items()})
            columns = tuple(rows[0]) if rows else ()
    print_rows(rows, columns, style)


@click.command
@output_options
def queries(style: Style) -> None:
    """List the shipped questions and their parameters.

    A ? marks a parameter that may be left empty.

    \b
    Example:
        kg queries
        kg queries --json
    """
    rows: list[Row] = [
        {"name": q.name, "question": q.question, "parameters": [_declaration(p) for p in q.parameters]}
        for q in all_queries()
    ]
    print_rows(rows, ("name", "question", "parameters"), style)


def _json_or_text(text: str) -> Cell:
    try:
        value: Cell = json.loads(text)
    except ValueError:
        return text
    return value


def _declaration(parameter: Parameter) -> str:
    """As in `at_least: float = 2.0`."""
    mark = "?" if parameter.optional else ""
    return f"{parameter.name}: {parameter.type}{mark} = {json.dumps(parameter.default, ensure_ascii=False)}"
