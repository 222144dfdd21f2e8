"""A log-linear judge of candidates, fitted by AdaGrad (Duchi et al. 2011) on other papers than those it judges.

Numbers and links are learned beside mentions that a model found, as they will meet them, not beside the right ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from kg.extraction.candidates import Candidate
from kg.extraction.heads import HEADS
from kg.extraction.mentions import decide
from kg.extraction.types import Mention

LABELS = HEADS["entity"]
Row = tuple[Candidate, Sequence[str], str]
"""A candidate with its features and right label."""

FOLDS = 3
EPOCHS = 6
RATE = 0.15
DECAY = 3e-4
LEAST_COUNT = 5
"""Candidates in which a feature must occur."""


def judged(papers: Sequence[Sequence[Row]], progress: Callable[[], None] = lambda: None) -> list[list[Mention]]:
    """Mentions of each paper by a judge fitted on the other folds; `progress` is called for each fold."""
    found: list[list[Mention]] = [[] for _ in papers]
    for fold in range(FOLDS):
        judge = _fit([row for i, rows in enumerate(papers) if i % FOLDS != fold for row in rows])
        for i, rows in enumerate(papers):
            if i % FOLDS == fold:
                found[i] = decide([row[0] for row in rows], [judge(features) for _, features, _ in rows])
        progress()
    return found


def _fit(rows: Sequence[Row]) -> Callable[[Iterable[str]], list[float]]:
    counts = Counter(f for _, features, _ in rows for f in set(features))
    index = {name: i for i, name in enumerate(sorted(f for f, n in counts.items() if n >= LEAST_COUNT))}

    def ids(features: Iterable[str]) -> NDArray[np.int64]:
        return np.array(sorted({index[f] for f in features if f in index}), dtype=np.int64)

    samples = [(ids(features), LABELS.index(truth)) for _, features, truth in rows]
    weights = np.zeros((len(index), len(LABELS)))
    squares = np.full(weights.shape, 1e-6)
    random = np.random.default_rng(0)
    for _ in range(EPOCHS):
        for i in random.permutation(len(samples)):
            found, gold = samples[i]
            step = _softmax(weights[found].sum(axis=0))
            step[gold] -= 1.0
            gradient = step + DECAY * weights[found]
            squares[found] += gradient * gradient
            weights[found] -= RATE * gradient / np.sqrt(squares[found])
    return lambda features: _softmax(weights[ids(features)].sum(axis=0)).tolist()


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())
