"""What the heads learn from an annotated paper: items with their spans, features and right answers.

An item is a candidate, a number, or a number's link to a place. Features and places come from the very functions that
the pipeline uses. What a paper itself brought to the gazetteer is taken out, and the mentions that numbers and links
see are those that a model fitted on other papers found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kg.extraction.encoder import Encoded, Pieces, Tokens
from kg.extraction.heads import HEADS

Span = tuple[int, int]
"""Characters of the text."""


LEAST = {"entity": 5}
_LEAST = 3
"""Items in which a feature must occur."""
FULL = 4500
"""Papers from which on it must occur in more of them, in proportion: weights shall not outgrow the package."""


class Vocabulary:
    """Features by head, numbered in the order in which they come."""

    def __init__(self) -> None:
        self.index: dict[str, dict[str, int]] = {head: {} for head in HEADS}

    def ids(self, head: str, features: Iterable[str]) -> list[int]:
        index = self.index[head]
        return [index.setdefault(feature, len(index)) for feature in features]


@dataclass(slots=True)
class Sheet:
    """The items of one head in one paper."""

    spans: list[list[int]] = field(default_factory=list)
    """Of each item its spans, as numbers of `Lesson.spans`; a rejected link has none."""
    contexts: list[int] = field(default_factory=list)
    """Of each item the span that it is asked about, or -1."""
    features: list[NDArray[np.int32]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Class of each item; of a place whether it is right."""
    groups: list[int] = field(default_factory=list)
    """Of each place the question that it may answer."""


@dataclass(slots=True)
class Lesson:
    """One paper. `spans` are slices of its pieces."""

    pieces: Pieces
    spans: list[Span] = field(default_factory=list)
    sheets: dict[str, Sheet] = field(default_factory=lambda: {head: Sheet() for head in HEADS})


class Teacher:
    """Writes the items of one paper down."""

    def __init__(self, text: str, tokens: Tokens, vocabulary: Vocabulary) -> None:
        self.lesson = Lesson(tokens(text))
        self._vocabulary = vocabulary
        pieces = self.lesson.pieces
        self._encoded = Encoded(pieces.starts, pieces.ends, np.empty((len(pieces.ids), 0), dtype=np.float32))
        self._known: dict[Span, int] = {}

    def classify(
        self, head: str, spans: Iterable[Span], features: Iterable[str], answer: str, context: Span | None = None
    ) -> None:
        """An item whose class is `answer`, one of the head's labels."""
        self._add(head, spans, features, context)
        self.lesson.sheets[head].answers.append(HEADS[head].index(answer))

    def rank(
        self,
        head: str,
        places: Sequence[Span | None],
        features: Sequence[Iterable[str]],
        right: set[int],
        context: Span,
    ) -> None:
        """A question: which of the places; None is the place "none"."""
        sheet = self.lesson.sheets[head]
        group = sheet.groups[-1] + 1 if sheet.groups else 0
        for i, (place, row) in enumerate(zip(places, features, strict=True)):
            self._add(head, [place] if place else [], row, context)
            sheet.answers.append(int(i in right))
            sheet.groups.append(group)

    def _add(self, head: str, spans: Iterable[Span], features: Iterable[str], context: Span | None) -> None:
        sheet = self.lesson.sheets[head]
        sheet.spans.append([self._span(span) for span in spans])
        sheet.contexts.append(-1 if context is None else self._span(context))
        sheet.features.append(np.array(self._vocabulary.ids(head, features), dtype=np.int32))

    def _span(self, span: Span) -> int:
        first, after = self._encoded.places([span])[0].tolist()
        place = (first, after)
        if place not in self._known:
            self._known[place] = len(self.lesson.spans)
            self.lesson.spans.append(place)
        return self._known[place]


def prune(lessons: Sequence[Lesson], vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Drops features that too few items have; the features left, by head, in the order of their new ids."""
    left = {}
    more = max(1.0, len(lessons) / FULL)
    for head, index in vocabulary.index.items():
        counts = Counter(i for lesson in lessons for row in lesson.sheets[head].features for i in row.tolist())
        least = round(more * LEAST.get(head, _LEAST))
        # A phrase may go over two lines of an abstract; features.txt has a line a feature.
        kept = sorted(feature for feature, i in index.items() if counts[i] >= least and "\n" not in feature)
        new = np.full(len(index), -1, dtype=np.int32)
        for number, feature in enumerate(kept):
            new[index[feature]] = number
        for lesson in lessons:
            sheet = lesson.sheets[head]
            sheet.features = [mapped[mapped >= 0] for row in sheet.features if (mapped := new[row]) is not None]
        left[head] = kept
    return left
