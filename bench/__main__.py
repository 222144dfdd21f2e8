"""Speed and memory of the stages before the store, on conference abstracts: `python -m bench [--papers N]`.

Needs the data folder beside the checkout, or KG_SHARED. Rates between stages of one run are what the README quotes; the
seconds belong to the machine. Loading is measured by `python -m bench.loading`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench import stages
from bench.stages import Timing, timed

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))


def measure(corpus: Path, papers: int) -> Iterator[Timing]:
    yield timed("read", "papers", stages.read, corpus, papers)
    for jobs in (1, 2):
        yield timed(f"extract, {jobs} process{'es' * (jobs > 1)}", "papers", stages.extract, corpus, papers, jobs)
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder, "records.jsonl")
        timed("prepare", "papers", stages.prepare, corpus, papers, records)
        yield timed("resolve", "papers", stages.resolve, records)


@click.command(help=__doc__)
@click.option("--papers", default=2000, show_default=True, help="How many of the 87,261 abstracts.")
def main(papers: int) -> None:
    corpus = SHARED / "corpus" / "conference_abstracts.jsonl.gz"
    if not corpus.exists():
        raise click.ClickException(f"no corpus at {corpus}; set KG_SHARED")
    table = Table("stage", "count", "unit", "seconds", "a second", "peak MB", title=f"{papers} abstracts")
    for timing in measure(corpus, papers):
        cells = (
            f"{timing.count:,}",
            timing.unit,
            f"{timing.seconds:.1f}",
            f"{timing.rate:,.0f}",
            f"{timing.peak:,.0f}",
        )
        table.add_row(timing.stage, *cells)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
