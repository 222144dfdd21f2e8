"""Speed and memory of the stages before the store, on conference abstracts: `python -m bench [--papers N]`.

Needs the data folder beside the checkout, or KG_SHARED. Rates between stages of one run are what the README quotes; the
seconds belong to the machine. Loading is measured by `python -m bench.loading`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import click
from rich.console import Console
from rich.table import Table

from bench import stages
from bench.stages import Timing, timed

SHARED = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))


ONE, TWO = "extract, 1 process", "extract, 2 processes"


def measured(corpus: Path, papers: int, rounds: int) -> dict[str, list[Timing]]:
    """Stages in turn, so that what else the machine does meets all of them."""
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder, "records.jsonl")
        timed("prepare", "papers", stages.prepare, corpus, papers, records)
        turns: dict[str, Callable[[str], Timing]] = {
            "read": lambda name: timed(name, "papers", stages.read, corpus, papers),
            ONE: lambda name: timed(name, "papers", stages.extract, corpus, papers, 1),
            TWO: lambda name: timed(name, "papers", stages.extract, corpus, papers, 2),
            "resolve": lambda name: timed(name, "papers", stages.resolve, records),
        }
        found: dict[str, list[Timing]] = {name: [] for name in turns}
        for _ in range(rounds):
            for name, turn in turns.items():
                found[name].append(turn(name))
        return found


@click.command(help=__doc__)
@click.option("--papers", default=2000, show_default=True, help="How many of the 87,261 abstracts.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1))
def main(papers: int, rounds: int) -> None:
    corpus = SHARED / "corpus" / "conference_abstracts.jsonl.gz"
    if not corpus.exists():
        raise click.ClickException(f"no corpus at {corpus}; set KG_SHARED")
    title = f"{papers} abstracts, medians of {rounds}"
    table = Table("stage", "count", "unit", "a second", "least", "most", "peak MB", title=title)
    found = measured(corpus, papers, rounds)
    for stage, timings in found.items():
        rates = [t.rate for t in timings]
        cells = [f"{rate:,.0f}" for rate in (median(rates), min(rates), max(rates))]
        table.add_row(stage, f"{timings[0].count:,}", timings[0].unit, *cells, f"{max(t.peak for t in timings):,.0f}")
    ratios = [two.rate / one.rate for one, two in zip(found[ONE], found[TWO], strict=True)]
    Console(width=100).print(
        table, f"two processes: {median(ratios):.2f} times one ({min(ratios):.2f} to {max(ratios):.2f})"
    )


if __name__ == "__main__":
    main()
