"""kg evaluate."""

# ruff: noqa: PLR0913, PLR0917 - a command has its options as arguments
from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import click

from kg.cli.options import model_option
from kg.cli.output import Style, clean, output_options, print_rows
from kg.cli.progress import progress
from kg.evaluate import MEASURES, Counts, Evaluation, Mistake, measures_called
from kg.evaluate import evaluate as evaluated
from kg.matching import Record
from kg.readers import read
from kg.record_files import raw_records
from kg.record_json import to_record
from kg.stores.base import Row

_COLUMNS = ("measure", "precision", "recall", "f1", "from", "to", "tp", "fp", "fn")
_ERROR_COLUMNS = ("measure", "what", "paper", "item", "span")
_SPAN_KEYS = ("mentions", "evidence", "startChar", "endChar", "valueStart", "valueEnd")


def _measures(_context: click.Context, _option: click.Parameter, word: str | None) -> tuple[str, ...]:
    found = measures_called(word) if word else ()
    if word and not found:
        raise click.BadParameter(f"no measure begins with {word!r}; there are {', '.join(MEASURES)}")
    return tuple(found)


@click.command
@click.argument("gold")
@click.argument("records", required=False)
@click.option("--papers", metavar="FILE", help="The gold records' papers: extract them now, instead of RECORDS.")
@click.option("--classes", is_flag=True, help="Also by role of entities, and by kind and unit of results.")
@click.option("--confusion", is_flag=True, help="Also gold classes against predicted ones: roles, kinds of results.")
@click.option(
    "--errors",
    callback=_measures,
    metavar="MEASURE",
    help='List what this measure missed and what it found falsely, with the words of the paper; "results" for all '
    "that begin with it.",
)
@model_option
@output_options
def evaluate(
    gold: str,
    records: str | None,
    papers: str | None,
    classes: bool,
    confusion: bool,
    errors: tuple[str, ...],
    model: Path | None,
    style: Style,
) -> None:
    """Score extracted RECORDS against GOLD records of the same papers.

    Both are JSON Lines in the record format, joined by id; - is stdin. Precision, recall and F1 are per cent over all
    papers; from and to bound F1 in 95 of 100 resamples of the papers. Several lists are parted by an empty line.

    \b
    Example:
        kg evaluate gold.jsonl records.jsonl --confusion --errors "results core"
        kg evaluate gold.jsonl --papers papers.jsonl --json
    """
    if (records is None) == (papers is None):
        raise click.UsageError("give RECORDS, or the gold records' papers with --papers")
    with progress() as show:
        show("scoring")
        found = _records(records) if records is not None else _extracted(papers or "", model)
        evaluation = evaluated(_records(gold), found)
    if evaluation.missing:
        lost, example = len(evaluation.missing), evaluation.missing[0]
        click.echo(f"kg: {lost} of {evaluation.papers} gold papers have no record, such as {example}", err=True)
    if style == "json":
        click.echo(json.dumps(_as_json(evaluation, errors), ensure_ascii=False))
        return
    counts = {**evaluation.measures, **(evaluation.classes if classes else {})}
    print_rows([_row(evaluation, name, c) for name, c in counts.items()], _COLUMNS, style)
    for name, table in evaluation.confusion.items() if confusion else ():
        click.echo()
        _print_confusion(name, table, style)
    if errors:
        click.echo()
        _print_mistakes(evaluation, errors, style)


def _print_confusion(name: str, table: Mapping[str, Mapping[str, int]], style: Style) -> None:
    corner = f"{name}: gold"
    print_rows([{corner: gold, **row} for gold, row in table.items()], (corner, *table), style)


def _print_mistakes(evaluation: Evaluation, measures: Collection[str], style: Style) -> None:
    """CSV as rows; for people a line each, under its measure where there are several."""
    mistakes = evaluation.mistakes_of(measures)
    if style == "csv":
        print_rows([m.to_json() for m in mistakes], _ERROR_COLUMNS, style)
        return
    for measure in measures:
        if len(measures) > 1:
            click.echo(f"{measure}:")
        for mistake in mistakes:
            if mistake.measure == measure:
                click.echo(clean(_line(mistake)))


def _line(mistake: Mistake) -> str:
    item = {key: value for key, value in mistake.item.items() if key not in _SPAN_KEYS}
    return f"{mistake.what} {mistake.paper} {json.dumps(item, ensure_ascii=False)} in: {mistake.span}"


def _row(evaluation: Evaluation, name: str, counts: Counts) -> Row:
    start, end = (
        (round(bound, 1) for bound in evaluation.intervals[name]) if name in evaluation.intervals else (None, None)
    )
    rates = {"precision": round(counts.precision, 1), "recall": round(counts.recall, 1), "f1": round(counts.f1, 1)}
    return {"measure": name, **rates, "from": start, "to": end, "tp": counts.tp, "fp": counts.fp, "fn": counts.fn}


def _as_json(evaluation: Evaluation, errors: Collection[str]) -> Row:
    row: Row = evaluation.to_json()
    if errors:
        row["errors"] = [m.to_json() for m in evaluation.mistakes_of(errors)]
    return row


def _records(source: str) -> Iterator[Record]:
    return (row for _, row in raw_records(source))


def _extracted(papers: str, model: Path | None) -> Iterator[Record]:
    from kg.extraction import extract  # noqa: PLC0415 - spaCy takes seconds, scoring records does without it

    for _, extraction in extract(read(papers), jobs=None, model=model):
        yield to_record(extraction)
