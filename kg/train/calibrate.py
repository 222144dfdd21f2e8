"""Fits the curves of kg/calibration.py on papers that the model was not trained on.

    python -m kg.train.calibrate --gold GOLD --papers PAPERS [--model DIR] [--output DIR]
    python -m kg.train.calibrate --gold GOLD --records RAW [--output DIR]

RAW holds records with the models' own scores (`Extractor(model, calibrated=False)`), so that each paper can come from a
model that never saw it. Isotonic regression by pool adjacent violators (Ayer et al. 1955; Zadrozny and Elkan 2002) over
groups of like score; a group's share is (right + 1) / (all + 2), so that no few facts count as certain.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from kg.calibration import FACTS, TABLE, Calibration, Knot
from kg.extraction import Extractor
from kg.matching import Record
from kg.readers import read
from kg.record_json import to_record
from kg.reliability import Judgement, bins, calibration_error, chance_error, judge
from kg.train.gold import records_in

LEAST = 20
"""Facts in a group; dev alone has too few for finer steps."""
MOST_KNOTS = 20
LOWEST, HIGHEST = 0.01, 0.99
FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the table that turns scores into probabilities.")
    parser.add_argument("--gold", type=Path, required=True, help="annotated records")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--papers", type=Path, help="their papers, which the model was not trained on")
    source.add_argument("--records", type=Path, help="their uncalibrated records, made out of fold")
    parser.add_argument("--model", type=Path, help="folder of the model; the shipped one if left out")
    parser.add_argument("--output", type=Path, help="folder for the table; the model's if left out")
    arguments = parser.parse_args()
    raw = records_in(arguments.records) if arguments.records else scored(arguments.papers, arguments.model)
    judgements = judge(records_in(arguments.gold), raw)
    print(report(judgements))  # noqa: T201 - the command's answer
    output = arguments.output or arguments.model or Path(__file__).parents[1] / "data"
    write(output, judgements)


def write(folder: Path, judgements: Iterable[Judgement]) -> None:
    """The table of a model folder."""
    with (folder / f"{TABLE}.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines("\t".join(row) + "\n" for row in table(fit(judgements)))


def scored(papers: Path, model: Path | None = None) -> Iterator[Record]:
    """Records of the papers with the model's own scores."""
    return (to_record(found) for _, found in Extractor(model, calibrated=False).pipe(read(papers)))


def table(calibration: Calibration) -> Iterator[tuple[str, ...]]:
    """Lines of the table, the header first."""
    yield ("fact", "score", "probability", "precision")
    for fact in sorted(calibration.knots):
        for knot in calibration.knots[fact]:
            yield (fact, f"{knot.score}", f"{knot.probability:.3f}", f"{knot.precision:.3f}")


def fit(judgements: Iterable[Judgement]) -> Calibration:
    """A curve of every kind of fact, of a single knot where there are few; the order of judgements does not matter."""
    pairs: dict[str, list[tuple[float, bool]]] = {fact: [] for fact in FACTS}
    for j in judgements:
        pairs[j.fact].append((j.score, j.right))
    return Calibration({fact: _curve(sorted(known)) for fact, known in pairs.items()})


Group = list[tuple[float, bool]]
"""Facts of like score as (score, right)."""


def _curve(pairs: Group) -> list[Knot]:
    """`pairs` by rising score."""
    pooled: list[Group] = []
    for group in _groups(pairs):
        pooled.append(group)
        while len(pooled) > 1 and _probability(pooled[-1]) <= _probability(pooled[-2]):
            last = pooled.pop()
            pooled[-1] = pooled[-1] + last
    knots: list[Knot] = []
    for group in pooled:
        score = round(sum(s for s, _ in group) / len(group), 9) if group else 0.0
        above = [(s, right) for s, right in pairs if s >= score] if knots else pairs
        knots.append(Knot(score, _probability(group), round(_share(above), 3)))
    return knots


def _groups(pairs: Group) -> Iterator[Group]:
    """Groups of like size with equal scores together; the rest that would make a small one is in the last."""
    size = max(LEAST, -(-len(pairs) // MOST_KNOTS))
    pending: Group = []
    left = len(pairs)
    for _, equal in groupby(pairs, key=lambda pair: pair[0]):
        pending += equal
        if len(pending) >= size and left - len(pending) >= size:
            left -= len(pending)
            yield pending
            pending = []
    yield pending


def _share(group: Group) -> float:
    return (sum(right for _, right in group) + 1) / (len(group) + 2)


def _probability(group: Group) -> float:
    return round(min(max(_share(group), LOWEST), HIGHEST), 3)


def folds(judgements: Sequence[Judgement]) -> Iterator[tuple[Calibration, list[Judgement]]]:
    """Of each fifth of the papers the facts with their raw scores, and the calibration fitted on the other papers."""
    fold = {paper: n % FOLDS for n, paper in enumerate(sorted({j.paper for j in judgements}))}
    for n in range(FOLDS):
        yield fit(j for j in judgements if fold[j.paper] != n), [j for j in judgements if fold[j.paper] == n]


def out_of_fold(judgements: Sequence[Judgement]) -> list[Judgement]:
    """The facts with probabilities that their own papers had no part in."""
    return [replace(j, score=curve(j.fact, j.score)) for curve, held_out in folds(judgements) for j in held_out]


def at_precision(judgements: Sequence[Judgement], fact: str, precision: float) -> tuple[int, int]:
    """How many facts lie at or above the threshold that other papers gave for this precision, and how many are right.

    A fold whose other papers never reached the precision keeps none.
    """
    kept = []
    for curve, held_out in folds(judgements):
        least = curve.threshold(fact, precision)
        if least is not None:
            kept += [j.right for j in held_out if j.fact == fact and curve(fact, j.score) >= least]
    return len(kept), sum(kept)


def report(judgements: Sequence[Judgement]) -> str:
    """A line a kind of fact: how many, per cent right, calibration error of raw and of out-of-fold confidences in
    points, and the error that exact confidences would show."""
    lines = [f"{'fact':9} {'count':>6} {'right':>6} {'raw':>6} {'fitted':>6} {'chance':>6}"]
    fitted = out_of_fold(judgements)
    for fact in FACTS:
        before, after = ([j for j in part if j.fact == fact] for part in (judgements, fitted))
        right = 100 * sum(j.right for j in before) / len(before) if before else 0.0
        raw, held_out = bins(before), bins(after)
        errors = calibration_error(raw), calibration_error(held_out), chance_error(held_out)
        lines.append(f"{fact:9} {len(before):6} {right:6.1f} " + " ".join(f"{error:6.1f}" for error in errors))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
