"""kg build and kg load."""

# ruff: noqa: PLR0913, PLR0917 - a command has its options as arguments
from __future__ import annotations

import sys
from pathlib import Path

import click

from kg import build as building
from kg import calibration
from kg.build import BuildReport
from kg.cli.options import (
    FILE,
    corrections_option,
    format_option,
    jobs_option,
    model_option,
    opened,
    precision_option,
    quarantine_option,
    store_option,
    wait_option,
)
from kg.cli.output import counts_option, print_counts
from kg.cli.progress import progress

QUARANTINED = 3
"""Exit code: done, but some records could not be used."""


@click.command
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@store_option
@wait_option
@corrections_option
@precision_option
@jobs_option
@quarantine_option
@model_option
@format_option
@counts_option
def build(
    inputs: tuple[str, ...],
    store: str,
    wait: float,
    corrections: Path | None,
    min_precision: float | None,
    jobs: int | None,
    quarantine: Path,
    model: Path | None,
    format: str | None,
    as_json: bool,
) -> None:
    """Read papers, extract and write them to the graph.

    INPUT is a file, a folder, or - for stdin: saved Daily Papers pages, JSON Lines, a JSON array, CSV or TSV, an arXiv
    snapshot or Atom feed, BibTeX with abstracts, or plain text; .gz and .zst of each. Running it again costs little:
    papers that did not change are only looked up.

    \b
    Example:
        kg build pages/*.txt
        kg build papers.jsonl.gz --store neo4j://localhost:7687 --jobs 4
    """
    _tell_unreached(min_precision, model)
    with progress() as show, opened(store, wait=wait) as graph:
        report = building.build(
            inputs,
            graph,
            corrections=corrections,
            min_precision=min_precision,
            jobs=jobs,
            quarantine=quarantine,
            model=model,
            format=format,
            progress=lambda report: show(str(report)),
        )
    _finish(report, quarantine, as_json)


@click.command
@click.argument("records", metavar="RECORDS...", nargs=-1, required=True)
@store_option
@wait_option
@corrections_option
@precision_option
@quarantine_option
@click.option("--model", type=FILE, metavar="DIR", help="The model that made the records, for --min-precision.")
@counts_option
def load(
    records: tuple[str, ...],
    store: str,
    wait: float,
    corrections: Path | None,
    min_precision: float | None,
    quarantine: Path,
    model: Path | None,
    as_json: bool,
) -> None:
    """Write extracted records to the graph.

    RECORDS are files that `kg extract --papers` printed, or - for stdin. Records that you edited replace what the
    graph has of their paper.

    \b
    Example:
        kg extract --papers pages/*.txt > records.jsonl
        kg load records.jsonl
    """
    _tell_unreached(min_precision, model)
    with progress() as show, opened(store, wait=wait) as graph:
        report = building.load(
            records,
            graph,
            corrections=corrections,
            min_precision=min_precision,
            quarantine=quarantine,
            model=model,
            progress=lambda report: show(str(report)),
        )
    _finish(report, quarantine, as_json)


def _tell_unreached(min_precision: float | None, model: Path | None) -> None:
    """Say which links no confidence vouches for; raises InputError where that holds of results."""
    if min_precision is not None:
        cuts = calibration.load(model).thresholds(min_precision)
        if lost := [link for link in calibration.CUT_LINKS if cuts[link] == calibration.CERTAIN]:
            click.echo(f"kg: links never as precise as {min_precision}, all left out: {', '.join(lost)}", err=True)


def _finish(report: BuildReport, quarantine: Path, as_json: bool) -> None:
    print_counts(report.to_json(), str(report), as_json)
    if report.quarantined:
        click.echo(f"kg: {report.quarantined} records went to {quarantine}", err=True)
        sys.exit(QUARANTINED)
