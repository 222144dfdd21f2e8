"""F1 of the extractor on annotated abstracts: `python -m bench.quality [GOLD PAPERS]`, dev.jsonl by default."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

import kg
from bench.__main__ import SHARED
from kg.evaluate import evaluate
from kg.record_json import to_record


@click.command(help=__doc__)
@click.argument("gold", type=click.Path(path_type=Path), default=SHARED / "gold" / "dev.jsonl")
@click.argument("papers", type=click.Path(path_type=Path), default=SHARED / "gold" / "dev.papers.jsonl")
def main(gold: Path, papers: Path) -> None:
    records = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    found = [to_record(extraction) for _, extraction in kg.extract(kg.read(papers))]
    table = Table("measure", "precision", "recall", "F1", "95 %", title=f"{gold.name}: {len(records)} papers")
    scores = evaluate(records, found)
    for name, counts in scores.measures.items():
        low, high = scores.intervals[name]
        table.add_row(
            name, *(f"{x:.1f}" for x in (counts.precision, counts.recall, counts.f1)), f"{low:.1f} to {high:.1f}"
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
