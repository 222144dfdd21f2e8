"""Fits the weights by which candidates become entities: `python -m kg.train.entities --shared DIR [--output DIR]`.

Needs the gazetteer's table in the output folder (kg/train/vocabulary.py). What a paper itself brought to that table is
taken out while its candidates are described, so that the weights learn what the table is worth on papers it never saw.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kg.extraction.abbreviations import find_abbreviations
from kg.extraction.candidates import Candidate, find_candidates
from kg.extraction.entity_features import View, features
from kg.extraction.gazetteer import Entry, Gazetteer
from kg.extraction.mentions import LABELS, NONE, TABLE, label
from kg.train.loglinear import fit_classifier
from kg.train.vocabulary import AnnotatedPaper, count, judged, read_papers

LEAST_COUNT = 5
"""Candidates in which a feature must occur."""
LEAST_PEAK, LEAST_WEIGHT = 0.3, 0.1
"""A feature with no weight beyond the first, and weights below the second, are left out: half the table, same F1."""
EPOCHS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the weights by which candidates become entities.")
    parser.add_argument("--shared", type=Path, required=True, help="folder with gold/")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "data")
    arguments = parser.parse_args()
    gazetteer = Gazetteer.load(arguments.output)
    samples = [s for paper in read_papers(arguments.shared / "gold") for s in paper_samples(paper, gazetteer)]
    weights = fit_classifier(_frequent(samples), LABELS, EPOCHS)
    with (arguments.output / f"{TABLE}.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(("feature", *LABELS)) + "\n")
        for feature, by_label in sorted(weights.items()):
            if max(map(abs, by_label.values()), default=0.0) >= LEAST_PEAK:
                row = (by_label.get(name, 0.0) for name in LABELS)
                file.write("\t".join((feature, *(f"{w:.2f}" if abs(w) >= LEAST_WEIGHT else "" for w in row))) + "\n")


def _frequent(samples: list[tuple[list[str], str]]) -> list[tuple[list[str], str]]:
    counts = Counter(feature for found, _ in samples for feature in found)
    return [([feature for feature in found if counts[feature] >= LEAST_COUNT], truth) for found, truth in samples]


def paper_samples(paper: AnnotatedPaper, gazetteer: Gazetteer) -> Iterator[tuple[list[str], str]]:
    """Features and label of each candidate that the paper would have if the table did not know it."""
    view = View.of(paper.text)
    own = {key: Entry(cases, frozenset()) for key, cases in count([paper], gazetteer).items()}
    gold = judged(paper)
    for candidate in find_candidates(paper.text, gazetteer, list(find_abbreviations(paper.text))):
        if not _forget(candidate, gazetteer, own.get(candidate.key)):
            continue
        entities = gold.get(candidate.id, {})
        truth = next((label(e.kind, e.role, e.named) for e in entities.values()), NONE)
        yield features(candidate, view, gazetteer, own.get(candidate.key)), truth


def _forget(candidate: Candidate, gazetteer: Gazetteer, own: Entry | None) -> bool:
    """Take the paper's own knowledge from a candidate; whether it would still be one."""
    entry = gazetteer[candidate.key]
    if entry and own and not entry.lists and entry.all.seen <= own.all.seen:
        candidate.sources.discard("gazetteer")
    return bool(candidate.sources)


if __name__ == "__main__":
    main()
