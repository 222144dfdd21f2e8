"""Fits the log-linear scorers of kg/extraction/linear.py by AdaGrad; the same samples give the same weights."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from kg.extraction.linear import Weights

EPOCHS = 25
RATE = 0.15
DECAY = 3e-4
LEAST_COUNT = 3
"""Samples in which a feature must occur."""
LEAST_WEIGHT = 0.05
"""Smaller weights are left out of the table."""


def fit_classifier(
    samples: Sequence[tuple[Sequence[str], str]], labels: Sequence[str], epochs: int = EPOCHS
) -> Weights:
    """Weights of a softmax over the labels from (features, label) samples."""
    names = _frequent(features for features, _ in samples)
    rows = [(_indices(features, names), labels.index(label)) for features, label in samples]
    weights = np.zeros((len(names), len(labels)))
    squares = np.full(weights.shape, 1e-6)
    for order in _orders(len(rows), epochs):
        for i in order:
            index, gold = rows[i]
            gradient = _softmax(weights[index].sum(axis=0))
            gradient[gold] -= 1.0
            step = gradient + DECAY * weights[index]
            squares[index] += step * step
            weights[index] -= RATE * step / np.sqrt(squares[index])
    return _table({name: dict(zip(labels, weights[i], strict=True)) for name, i in names.items()})


def fit_ranker(samples: Sequence[tuple[Sequence[Sequence[str]], set[int]]]) -> Weights:
    """Weights of a softmax over each sample's candidates, the right ones sharing the probability."""
    names = _frequent({f for features in candidates for f in features} for candidates, _ in samples)
    rows = [([_indices(c, names) for c in candidates], sorted(gold)) for candidates, gold in samples]
    weights = np.zeros(len(names))
    squares = np.full(weights.shape, 1e-6)
    for order in _orders(len(rows), EPOCHS):
        for i in order:
            candidates, gold = rows[i]
            probabilities = _softmax(np.array([weights[index].sum() for index in candidates]))
            target = np.zeros(len(candidates))
            share = probabilities[gold] + 1e-9
            target[gold] = share / share.sum()
            for index, difference in zip(candidates, probabilities - target, strict=True):
                if abs(difference) < 1e-4:
                    continue
                step = difference + DECAY * weights[index]
                squares[index] += step * step
                weights[index] -= RATE * step / np.sqrt(squares[index])
    return _table({name: {"": weights[i]} for name, i in names.items()})


def _frequent(samples: Iterable[Iterable[str]]) -> dict[str, int]:
    counts = Counter(f for features in samples for f in set(features))
    return {name: i for i, name in enumerate(sorted(f for f, n in counts.items() if n >= LEAST_COUNT))}


def _indices(features: Iterable[str], names: dict[str, int]) -> "np.typing.NDArray[np.int64]":
    return np.array(sorted({names[f] for f in features if f in names}), dtype=np.int64)


def _orders(count: int, epochs: int) -> Iterable["np.typing.NDArray[np.int64]"]:
    random = np.random.default_rng(0)
    return (random.permutation(count) for _ in range(epochs))


def _softmax(scores: "np.typing.NDArray[np.float64]") -> "np.typing.NDArray[np.float64]":
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


def _table(weights: dict[str, dict[str, float]]) -> Weights:
    """Rounded weights that are not small."""
    rounded = {
        name: {label: round(float(w), 2) for label, w in by_label.items() if abs(w) >= LEAST_WEIGHT}
        for name, by_label in weights.items()
    }
    return {name: by_label for name, by_label in rounded.items() if by_label}
