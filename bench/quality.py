"""How good the extractor is on papers that people annotated: `python -m bench.quality [GOLD PAPERS] --model DIR`.

Precision, recall and F1 against annotated abstracts, dev.jsonl by default; what confidences are worth there; then how
many of the leaderboard entries that people took from abstracts are found. docs/evaluation.md explains the figures.

The shipped model has learnt from dev.jsonl too: measure one that has not, such as the folder `held-out` that
`kg train --held-out ... --final` leaves beside the model, or take the records that `kg train --folds` made of each
paper by a model that never saw it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.__main__ import SHARED
from kg import calibration
from kg.calibration import FACTS, RESULT
from kg.evaluate import evaluate
from kg.matching import Record
from kg.reliability import Judgement, bins, calibration_error, chance_error, judge
from kg.train.calibrate import at_precision, out_of_fold, scored
from kg.tuples import LEVELS, recall

PRECISIONS = (0.9, 0.95)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


def records(file: Path) -> Sequence[Record]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def annotated(gold: Sequence[Record], predicted: Sequence[Record], source: str) -> Table:
    scores = evaluate(gold, predicted)
    table = Table("measure", "precision", "recall", "F1", "95 %", title=f"{source}: {scores.papers} papers")
    for name, counts in scores.measures.items():
        low, high = scores.intervals[name]
        rates = (f"{rate:.1f}" for rate in (counts.precision, counts.recall, counts.f1))
        table.add_row(name, *rates, f"{low:.1f} to {high:.1f}")
    return table


def reliability(judgements: Sequence[Judgement]) -> Table:
    """Results in ten bins by confidence, calibrated on other papers than their own."""
    table = Table("results", "confidence", "right", title="results, out of fold")
    for part in bins(j for j in out_of_fold(judgements) if j.fact == RESULT):
        table.add_row(f"{part.count}", f"{100 * part.confidence:.1f}", f"{100 * part.right:.1f}")
    return table


def confidence(judgements: Sequence[Judgement]) -> Table:
    """Calibration error by kind of fact in points, and what thresholds from other papers keep."""
    ends = (end for p in PRECISIONS for end in (f"P {p:.2f} keeps", "right"))
    table = Table("fact", "count", "shipped", "held out", "chance", *ends, title="calibration error, precision")
    shipped = calibration.load()
    as_shipped, fitted = [replace(j, score=shipped(j.fact, j.score)) for j in judgements], out_of_fold(judgements)
    for fact in FACTS:
        known, held_out = (bins(j for j in part if j.fact == fact) for part in (as_shipped, fitted))
        errors = calibration_error(known), calibration_error(held_out), chance_error(held_out)
        total = sum(part.count for part in known)
        cells = [f"{error:.1f}" for error in errors]
        for precision in PRECISIONS:
            kept, right = at_precision(judgements, fact, precision)
            cells += [f"{100 * kept / total:.0f} %" if total else "", f"{100 * right / kept:.1f}" if kept else ""]
        table.add_row(fact, f"{total}", *cells)
    return table


def leaderboards(tuples: Path, model: Path | None) -> Table:
    papers = records(tuples)
    found = recall(papers, list(scored(tuples, model)))
    table = Table("leaderboard entries by", "recall", "found", title=f"{tuples.name}: {len(papers)} papers")
    for name, level in zip(("value", "value, metric", "value, metric, data set"), LEVELS, strict=True):
        table.add_row(name, f"{found.percent(level):.1f}", f"{getattr(found, level)} of {found.total}")
    return table


@click.command(help=__doc__)
@click.argument("gold", type=FILE, default=SHARED / "gold" / "dev.jsonl")
@click.argument("papers", type=FILE, default=SHARED / "gold" / "dev.papers.jsonl")
@click.option("--tuples", type=FILE, default=SHARED / "pwc" / "train.jsonl", metavar="FILE", help="Curated papers.")
@click.option("--folds", type=FOLDER, metavar="DIR", help="Where `kg train --folds` read the papers.")
@click.option("--model", type=FOLDER, metavar="DIR", help="Instead of the shipped one.")
def main(gold: Path, papers: Path, tuples: Path, folds: Path | None, model: Path | None) -> None:
    console = Console(width=100)
    wanted = records(gold)
    before = sorted(folds.glob("fold-*/records.jsonl")) if folds else []
    raw = [record for file in before for record in records(file)] if folds else list(scored(papers, model))
    judgements = judge(wanted, raw)
    console.print(annotated(wanted, raw, gold.name))
    console.print(reliability(judgements))
    console.print(confidence(judgements))
    console.print(leaderboards(tuples, model))


if __name__ == "__main__":
    main()
