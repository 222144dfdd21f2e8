"""What a model's score is worth: the probability that such a fact is right, and the least one of a given precision.

The table says for each kind of fact, at a few scores, which share of held-out facts near it was right and which share
of those at or above it. Made by kg/train/calibrate.py; it belongs to the model whose scores it reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from kg import data
from kg.errors import InputError, ModelError

TABLE = "calibration"
RESULT = "result"
LINKS = ("metric", "dataset", "method", "baseline", "task")
FACTS = (RESULT, *LINKS)
"""A result is right when value, unit, kind and metric are; a link when the result is and it names the right entity."""
CUT_LINKS = ("dataset", "method", "baseline", "task")
"""Links that a precision is asked of; the metric's is part of the result's."""
CERTAIN = 1.0
"""Confidence of what a person wrote; a model's stays below."""


@dataclass(frozen=True, slots=True)
class Knot:
    """A point of the curve; all three lie between 0 and 1."""

    score: float
    """The model's own estimate."""
    probability: float
    """Share of the facts near this score that were right; under CERTAIN."""
    precision: float
    """Share of the facts at or above this score that were right; at the first knot, of all."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves by kind of fact, knots by rising score and probability."""

    knots: Mapping[str, Sequence[Knot]]

    def __call__(self, fact: str, score: float) -> float:
        """Probability, to three decimals, that a fact of this kind and score is right; O(knots).

        Between knots linear, beyond them that of the last one. A kind without knots keeps its score as it is.
        """
        knots = self.knots.get(fact)
        if not knots:
            return score
        return round(float(np.interp(score, [k.score for k in knots], [k.probability for k in knots])), 3)

    def threshold(self, fact: str, precision: float) -> float | None:
        """The least probability at and above which this share was right; None where no share was as high."""
        return next((k.probability for k in self.knots.get(fact, ()) if k.precision >= precision), None)

    def thresholds(self, precision: float) -> dict[str, float]:
        """Least confidence by kind of fact, for results and for links of right results.

        A kind of link that never was this precise gets CERTAIN, which leaves out all that a model found. Raises
        InputError where results never were, or the precision is no share.
        """
        if not 0 <= precision <= 1:
            raise InputError(f"min_precision must lie between 0 and 1, not {precision}")
        least = self.threshold(RESULT, precision)
        if least is None:
            best = max((k.precision for k in self.knots.get(RESULT, ())), default=0.0)
            raise InputError(
                f"min_precision {precision} is out of reach: this model's results reach {best:.3f} at most"
            )
        found = {link: self.threshold(link, precision) for link in CUT_LINKS}
        return {RESULT: least} | {link: CERTAIN if at is None else at for link, at in found.items()}


UNCALIBRATED = Calibration({})
"""Leaves every score as the model gave it; what a calibration is fitted on."""


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Calibration:
    """The shipped table, or a model folder's. Raises ModelError as `kg.data.rows` does, or where a curve is broken."""
    rows = data.rows(TABLE, folder)
    try:
        curves = {
            fact: [
                Knot(float(row["score"]), float(row["probability"]), float(row["precision"]))
                for row in rows
                if row["fact"] == fact
            ]
            for fact in FACTS
        }
    except (KeyError, ValueError) as error:
        raise ModelError(f"{TABLE}.tsv: {error}; {_AGAIN}") from error
    for fact, knots in curves.items():
        _check(fact, knots)
    return Calibration(curves)


_AGAIN = "make it again with `python -m kg.train.calibrate`"


def _check(fact: str, knots: Sequence[Knot]) -> None:
    if not knots:
        raise ModelError(f"{TABLE}.tsv says nothing of {fact!r}; {_AGAIN}")
    if not all(0 <= x <= 1 for k in knots for x in (k.score, k.probability, k.precision)):
        raise ModelError(f"{TABLE}.tsv, {fact}: a number does not lie between 0 and 1; {_AGAIN}")
    if not all(k.probability < CERTAIN for k in knots):
        raise ModelError(f"{TABLE}.tsv, {fact}: a probability is {CERTAIN}, which no model's is; {_AGAIN}")
    for a, b in pairwise(knots):
        if a.score >= b.score or a.probability >= b.probability:
            raise ModelError(f"{TABLE}.tsv, {fact}: score and probability must rise from line to line; {_AGAIN}")
