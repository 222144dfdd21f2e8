"""Small networks that answer one question each about spans of an encoded text, in numpy.

A head sees an item as the vectors of its spans, of the span it is asked about (its context), their product, and a bag
of string features. Classifiers give a probability to each label; rankers share one among the places of a question.
The weights are made by kg/train/network.py, whose `Head` computes the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from kg.errors import ModelError
from kg.extraction.encoder import Encoded

Array = NDArray[np.float32]
Span = tuple[int, int]
"""Characters of the text."""

WEIGHTS, FEATURES = "heads.npz", "features.txt"

NONE = "none"
KINDS = (NONE, "absolute", "change", "ratio")
PROPOSED = "method:proposed:named"
"""Label of a method of the paper's own that has a name."""
_METHODS = tuple(f"method:{role}:{named}" for role in ("proposed", "used", "compared") for named in ("named", "plain"))
_DATASETS = tuple(f"dataset:{role}" for role in ("introduced", "evaluated", "trained", "mentioned"))

HEADS: dict[str, tuple[str, ...]] = {
    "entity": (NONE, *_METHODS, *_DATASETS, "metric", "task"),
    "kind": KINDS,
    "own": ("own", "other"),
    "direction": ("up", "down"),
    "metric": ("",),
    "dataset": ("",),
    "method": ("",),
    "baseline": ("",),
    "task": ("",),
}
"""Labels of each head; a ranker has one."""

CONTEXT = frozenset(HEADS) - {"kind"}
"""Heads whose items are asked about another span: candidates about the title, links and metrics about the number."""

_ARRAYS = ("bag", "scales", "span", "bias", "inner", "inner_bias", "out", "out_bias")
_ABOUT = ("context", "both")
"""Arrays of every head, and those of one with a context."""


def _softmax(scores: Array, axis: int) -> Array:
    powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def _relu(values: Array) -> Array:
    return np.maximum(values, 0.0)


class _Head:
    def __init__(self, weights: Mapping[str, Array], features: Sequence[str]) -> None:
        self._weights = {name: w.astype(np.float32) for name, w in weights.items() if name != "bag"}
        # A last row of zeros, which every item gets: no bag is empty. Bytes, as floats would be most of the memory.
        self._bag = np.pad(weights["bag"], ((0, 1), (0, 0)))
        self._scales = np.pad(self._weights["scales"], (0, 1))[:, None]
        self._index = {feature: i for i, feature in enumerate(features)}

    def scores(self, spans: Array, context: Array | None, features: Sequence[Sequence[str]]) -> Array:
        """(items, labels) from vectors (items, width) of the items and (width) of their context."""
        w = self._weights
        hidden = spans @ w["span"]
        if context is not None:
            about = context @ w["context"]
            hidden = hidden + about + (hidden * about) @ w["both"]
        bags = self._bags(features)
        size = hidden.shape[1]
        hidden = _relu(hidden + w["bias"] + bags[:, :size])
        hidden = _relu(hidden @ w["inner"] + w["inner_bias"])
        return np.asarray(hidden @ w["out"] + w["out_bias"] + bags[:, size:])

    def _bags(self, features: Sequence[Sequence[str]]) -> Array:
        """Sums (items, hidden + labels) of the rows of each item's features."""
        index, nothing = self._index, len(self._bag) - 1
        ids: list[int] = []
        starts: list[int] = []
        for row in features:
            starts.append(len(ids))
            ids += [i for i in map(index.get, row) if i is not None]
            ids.append(nothing)
        known = np.array(ids)
        rows = self._bag.take(known, axis=0) * self._scales.take(known, axis=0)
        return np.asarray(np.add.reduceat(rows, starts, axis=0))


class Heads:
    """The heads of a model folder."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelError where `folder` lacks heads.npz or features.txt, or they do not fit each other."""
        try:
            with (folder / WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as archive:
                weights = {name: archive[name] for name in archive.files}
            self.project, self.project_bias = (weights[f"project.{n}"].astype(np.float32) for n in ("weight", "bias"))
            features = _features(folder / FEATURES, [len(weights[f"{head}.bag"]) for head in HEADS])
            self._heads = {h: _Head(_own(weights, h), known) for h, known in zip(HEADS, features, strict=True)}
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise ModelError(
                f"{folder}: no usable {WEIGHTS} and {FEATURES} ({error}); make them with `kg train`"
            ) from error

    def __getitem__(self, head: str) -> _Head:
        return self._heads[head]


def _features(file: Path, sizes: Sequence[int]) -> list[list[str]]:
    """Features of each head, given how many it has. Raises ValueError where the file has another number of lines."""
    lines = file.read_bytes().decode().split("\n")
    if len(lines) != sum(sizes) + 1:
        raise ValueError(f"{len(lines) - 1} lines of features, weights for {sum(sizes)}")
    every = iter(lines)
    return [list(islice(every, size)) for size in sizes]


def _own(weights: Mapping[str, Array], head: str) -> dict[str, Array]:
    """Arrays of one head. Raises KeyError where one is missing."""
    return {name: weights[f"{head}.{name}"] for name in (*_ARRAYS, *(_ABOUT if head in CONTEXT else ()))}


class Judge:
    """The heads over one encoded text; vectors of spans are computed once."""

    def __init__(self, heads: Heads, encoded: Encoded) -> None:
        self._heads = heads
        self._encoded = encoded
        # Rows of zeros behind the last piece, for sums that end there and for a text of control characters alone.
        self._vectors = np.pad(encoded.vectors, ((0, 2), (0, 0)))
        self._rows: dict[Span | None, int] = {None: 0}
        self._known = np.zeros((1, heads.project.shape[1]), dtype=np.float32)

    def classify(
        self, head: str, items: Sequence[Sequence[Span]], features: Sequence[Sequence[str]], context: Span | None = None
    ) -> Array:
        """Probabilities (items, labels) of items given by their spans, at least one each, and their features."""
        if not items:
            return np.empty((0, len(HEADS[head])), dtype=np.float32)
        vectors = self._see([span for spans in items for span in spans])
        sizes = np.array([len(spans) for spans in items], dtype=np.int32)
        sums: Array = np.add.reduceat(vectors, np.cumsum(sizes) - sizes, axis=0)
        means: Array = np.divide(sums, sizes[:, None], dtype=np.float32)
        return _softmax(self._heads[head].scores(means, self._context(context), features), axis=1)

    def rank(self, head: str, places: Sequence[Span | None], features: Sequence[Sequence[str]], context: Span) -> Array:
        """Probability of each place to be the one; None is the place "none"."""
        vectors = self._see(places)
        return _softmax(self._heads[head].scores(vectors, self._context(context), features)[:, 0], axis=0)

    def _context(self, span: Span | None) -> Array | None:
        return None if span is None else self._see([span])[0]

    def _see(self, spans: Sequence[Span | None]) -> Array:
        """Vectors (spans, width) of spans, each from first piece, last piece and mean over the pieces."""
        new = sorted({span for span in spans if span is not None and span not in self._rows})
        if new:
            first, after = self._encoded.places(new).T
            after = np.maximum(after, first + 1)
            mean = self._sums(first, after) / (after - first)[:, None].astype(np.float32)
            stacked = np.concatenate([self._vectors[first], self._vectors[after - 1], mean], axis=1)
            projected = _relu(stacked @ self._heads.project + self._heads.project_bias)
            count = len(self._rows)
            if count + len(new) > len(self._known):  # twice as long, so that many small calls take linear time
                self._known = np.concatenate(
                    [self._known, np.empty((count + len(new), self._known.shape[1]), np.float32)]
                )
            self._known[count : count + len(new)] = projected
            self._rows.update(zip(new, range(count, count + len(new)), strict=True))
        return self._known[[self._rows[span] for span in spans]]

    def _sums(self, first: NDArray[np.int64], after: NDArray[np.int64]) -> Array:
        """Sums of the vectors of spans of a piece or more; as spans are short, faster than np.add.reduceat."""
        sums = self._vectors[first]
        for length in range(1, (after - first).max()):
            longer = np.flatnonzero(after - first > length)
            sums[longer] += self._vectors[first[longer] + length]
        return sums
