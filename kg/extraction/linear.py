"""Log-linear scorers whose weights are a table that people can read: model, label, feature, weight.

The tables are made by kg/train/results.py. A classifier has a weight per label and feature; a ranker has one label.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from kg.data import rows

Weights = Mapping[str, Mapping[str, float]]
"""feature -> label -> weight"""

TABLE = "result_weights"


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> dict[str, dict[str, dict[str, float]]]:
    """Weights of every model of the shipped table, or of a folder's. Raises ModelError as `kg.data.rows` does."""
    models: dict[str, dict[str, dict[str, float]]] = {}
    for row in rows(TABLE, folder):
        by_label = models.setdefault(row["model"], {}).setdefault(row["feature"], {})
        by_label[row["label"]] = float(row["weight"])
    return models


def classify(weights: Weights, labels: Sequence[str], features: Iterable[str]) -> dict[str, float]:
    """Probability of each label."""
    scores = dict.fromkeys(labels, 0.0)
    for feature in features:
        for label, weight in weights.get(feature, {}).items():
            scores[label] += weight
    return dict(zip(labels, softmax(list(scores.values())), strict=True))


def rank(weights: Weights, candidates: Sequence[Iterable[str]]) -> list[float]:
    """Probability of each candidate, given by its features, to be the one."""
    return softmax([sum(weights[f][""] for f in features if f in weights) for features in candidates])


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities; [] for no scores."""
    if not scores:
        return []
    top = max(scores)
    powers = [math.exp(s - top) for s in scores]
    total = math.fsum(powers)
    return [p / total for p in powers]
