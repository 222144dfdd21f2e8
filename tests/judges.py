"""A judge that answers as it is told, for tests of the components that ask it."""

from collections.abc import Mapping, Sequence

import numpy as np

from kg.extraction.heads import HEADS, Array, Judge, Span


def sure(head: str, label: str) -> list[float]:
    """Probabilities of a classifier that is sure of one label."""
    return [0.92 if name == label else 0.08 / (len(HEADS[head]) - 1) for name in HEADS[head]]


class ToldJudge(Judge):
    """Sure of the first label of a head, and of the last place, where it is told nothing else."""

    def __init__(
        self,
        chances: Mapping[tuple[str, Span], Sequence[float]] | None = None,
        places: Mapping[tuple[str, Span], Span] | None = None,
    ) -> None:
        """`chances`: probabilities by head and first span of an item; `places`: the right one by head and context."""
        self._chances = dict(chances or {})
        self._places = dict(places or {})
        self.asked: list[tuple[str, list[Span | None], Span | None]] = []
        """Head, places or first spans of the items, and context of each question."""

    def classify(
        self, head: str, items: Sequence[Sequence[Span]], features: Sequence[Sequence[str]], context: Span | None = None
    ) -> Array:
        first = [spans[0] for spans in items]
        self.asked.append((head, list(first), context))
        assert len(features) == len(items)
        rows = [self._chances.get((head, span), sure(head, HEADS[head][0])) for span in first]
        return np.array(rows, dtype=np.float32).reshape(-1, len(HEADS[head]))

    def rank(self, head: str, places: Sequence[Span | None], features: Sequence[Sequence[str]], context: Span) -> Array:
        self.asked.append((head, list(places), context))
        assert len(features) == len(places)
        wanted = self._places.get((head, context), places[-1])
        return np.array([0.8 if place == wanted else 0.2 / len(places) for place in places], dtype=np.float32)
