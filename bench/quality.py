"""How good the extractor is on papers that people annotated: `python -m bench.quality [GOLD PAPERS] [--tuples FILE]`.

Precision, recall and F1 against annotated abstracts, dev.jsonl by default; then how many of the leaderboard entries
that people took from abstracts are found. docs/evaluation.md says what each figure means.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

import kg
from bench.__main__ import SHARED
from kg.evaluate import evaluate
from kg.matching import Record
from kg.record_json import to_record
from kg.tuples import LEVELS, recall

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def records(file: Path) -> Sequence[Record]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def extracted(papers: Path) -> Sequence[Record]:
    return [to_record(extraction) for _, extraction in kg.extract(kg.read(papers))]


def annotated(gold: Path, papers: Path) -> Table:
    scores = evaluate(records(gold), extracted(papers))
    table = Table("measure", "precision", "recall", "F1", "95 %", title=f"{gold.name}: {scores.papers} papers")
    for name, counts in scores.measures.items():
        low, high = scores.intervals[name]
        rates = (f"{rate:.1f}" for rate in (counts.precision, counts.recall, counts.f1))
        table.add_row(name, *rates, f"{low:.1f} to {high:.1f}")
    return table


def leaderboards(tuples: Path) -> Table:
    papers = records(tuples)
    found = recall(papers, extracted(tuples))
    table = Table("leaderboard entries by", "recall", "found", title=f"{tuples.name}: {len(papers)} papers")
    for name, level in zip(("value", "value, metric", "value, metric, data set"), LEVELS, strict=True):
        table.add_row(name, f"{found.percent(level):.1f}", f"{getattr(found, level)} of {found.total}")
    return table


@click.command(help=__doc__)
@click.argument("gold", type=FILE, default=SHARED / "gold" / "dev.jsonl")
@click.argument("papers", type=FILE, default=SHARED / "gold" / "dev.papers.jsonl")
@click.option("--tuples", type=FILE, default=SHARED / "pwc" / "train.jsonl", metavar="FILE", help="Curated papers.")
def main(gold: Path, papers: Path, tuples: Path) -> None:
    console = Console(width=100)
    console.print(annotated(gold, papers))
    console.print(leaderboards(tuples))


if __name__ == "__main__":
    main()
