"""kg extract."""

# ruff: noqa: PLR0913, PLR0917 - a command has its options as arguments
from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.build import QUARANTINED
from kg.cli.options import format_option, jobs_option, model_option, quarantine_option
from kg.cli.progress import progress
from kg.quarantine import Quarantine
from kg.readers import merge_repeats, read_all
from kg.record_files import record_line
from kg.record_json import dumps, to_record


@click.command
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option(
    "--papers", "with_papers", is_flag=True, help="Add title, abstract and the rest of the paper, as load needs."
)
@jobs_option
@quarantine_option
@model_option
@format_option
def extract(
    inputs: tuple[str, ...],
    with_papers: bool,
    jobs: int | None,
    quarantine: Path,
    model: Path | None,
    format: str | None,
) -> None:
    """Print what is in each paper, one JSON record a line.

    In input order, one record a paper: methods, datasets, metrics, tasks and results, each with where it stands.

    \b
    Example:
        kg extract pages/*.txt > records.jsonl
        kg extract papers.bib | head -1
    """
    from kg.extraction import extract as extracted  # noqa: PLC0415 - spaCy takes seconds, --help does without it

    with progress() as show, Quarantine(quarantine) as rejects:
        papers = merge_repeats(read_all(inputs, format=format, on_reject=rejects))
        found = extracted(papers, jobs=jobs, model=model, on_reject=rejects)
        for number, (paper, extraction) in enumerate(found, 1):
            line = record_line(extraction, paper) if with_papers else dumps(to_record(extraction))
            click.echo(line)
            show(f"{number} papers")
    if rejects.total:
        click.echo(f"kg: {rejects.total} records went to {quarantine}", err=True)
        sys.exit(QUARANTINED)
