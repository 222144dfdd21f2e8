"""What each part of the extractor is worth: `python -m bench.ablation [GOLD PAPERS] --model DIR`.

Leaves out one part at a time while reading the annotated papers; the model is not trained again.
The shipped model has learnt from dev.jsonl too, so measure another there (see bench.quality).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.__main__ import SHARED
from bench.quality import FILE, FOLDER, records
from kg.evaluate import Counts, evaluate
from kg.extraction.encoder import Encoded, Encoder
from kg.extraction.heads import _Head  # what is left out is no part of its interface
from kg.train.calibrate import scored

_encode = Encoder.__call__


def _no_vectors(encoder: Encoder, text: str) -> Encoded:
    found = _encode(encoder, text)
    return Encoded(found.starts, found.ends, np.zeros_like(found.vectors))


def _no_bags(head: _Head, features: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    return np.zeros((len(features), head._bag.shape[1]), dtype=np.float32)


VARIANTS: Mapping[str, Mapping[str, object]] = {
    "everything": {},
    "vectors of the encoder": {"kg.extraction.encoder.Encoder.__call__": _no_vectors},
    "string features": {"kg.extraction.heads._Head._bags": _no_bags},
    "joining of wordings": {"kg.extraction.entities.same_things": lambda _, wordings, __: list(range(len(wordings)))},
    "short and long form as one": {"kg.extraction.candidates.Candidate.twins": property(lambda _: [], lambda *_: None)},
    "doubt about unmeasured metrics": {"kg.extraction.results.ResultFinder._sure": lambda *_: True},
    "members of lists": {"kg.extraction.links.listed": lambda *_: None},
    "features of the owner": {"kg.extraction.owner_features.features": lambda *_: []},
    "likeliest method as the proposed one": {"kg.extraction.mentions._likeliest_new": lambda _: []},
    "doubt about second proposed methods": {"kg.extraction.entities._doubt": lambda _: None},
    "costs by which nothing wins": {"kg.extraction.metrics._costs": lambda *_: []},
    "words that give a number to others": {"kg.extraction.results.given_to_others": lambda *_: False},
    "words that say the kind": {"kg.extraction.results.kind_beside": lambda *_: None},
    "words beside a change": {"kg.extraction.links.written": lambda *_: None},
    "polarity of metrics": {"kg.extraction.links.improved": lambda *_: None},
}
"""What is left out: the names that are replaced, and by what."""

COLUMNS = {
    "methods": "methods",
    "methods named": "named",
    "methods proposed": "proposed",
    "datasets": "data sets",
    "metrics": "metrics",
    "tasks": "tasks",
    "results number": "number",
    "results core": "core",
    "results full": "full",
    "direction": "direction",
    "baseline": "baseline",
    "not own": "not own",
}


def measured(gold: Path, papers: Path, model: Path | None, replaced: Mapping[str, object]) -> Mapping[str, Counts]:
    """The measures with some names of the extractor replaced."""
    with ExitStack() as stack:
        for name, value in replaced.items():
            stack.enter_context(patch(name, value))
        return evaluate(records(gold), list(scored(papers, model))).measures


@click.command(help=__doc__)
@click.argument("gold", type=FILE, default=SHARED / "gold" / "dev.jsonl")
@click.argument("papers", type=FILE, default=SHARED / "gold" / "dev.papers.jsonl")
@click.option("--model", type=FOLDER, metavar="DIR", help="Instead of the shipped one.")
def main(gold: Path, papers: Path, model: Path | None) -> None:
    table = Table("left out", *COLUMNS.values(), title=f"F1 on {gold.name}")
    whole: Mapping[str, Counts] = {}
    for name, replaced in track(VARIANTS.items(), console=Console(stderr=True)):
        scores = measured(gold, papers, model, replaced)
        whole = whole or scores
        cells = (f"{scores[m].f1:.1f}" if not replaced else f"{scores[m].f1 - whole[m].f1:+.1f}" for m in COLUMNS)
        table.add_row(name if replaced else "nothing", *cells)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
