"""Which candidates are entities: a log-linear model over their features, with weights in a table."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from kg import data
from kg.errors import ModelError
from kg.extraction.candidates import Candidate, find_candidates
from kg.extraction.entity_features import View, features
from kg.extraction.gazetteer import Gazetteer
from kg.extraction.linear import softmax
from kg.extraction.types import Mention, text_of
from kg.records import KINDS, EntityKind

TABLE = "entity_weights"

NONE = "none"


def label(kind: EntityKind, role: str | None, named: bool | None) -> str:
    """A class of the model: kind, role, and for methods whether named."""
    parts = (kind, role, None if named is None else "named" if named else "plain")
    return ":".join(part for part in parts if part)


_METHODS = tuple(label("method", role, named) for role in ("proposed", "used", "compared") for named in (True, False))
_DATASETS = tuple(label("dataset", role, None) for role in ("introduced", "evaluated", "trained", "mentioned"))
LABELS = (NONE, *_METHODS, *_DATASETS, "metric", "task")

FLOOR: dict[EntityKind, float] = {"method": 0.4, "dataset": 0.35, "metric": 0.45, "task": 0.35}
"""Least probability of a kind to be kept; the F1 on papers held out of training is flat around these."""


class Classifier:
    """Probabilities of the labels for candidates; a sum of one row of weights for each feature."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows of a feature and a weight, or "" for 0, for each label. Raises ModelError where they are not so."""
        if tuple(columns) != ("feature", *LABELS):
            raise ModelError(f"{TABLE}.tsv has other columns; make it again with `python -m kg.train.entities`")
        self._index = {row[0]: i for i, row in enumerate(rows)}
        try:
            weights = [[float(cell) if cell else 0.0 for cell in row[1:]] for row in rows]
        except ValueError as error:
            raise ModelError(
                f"{TABLE}.tsv: a weight is no number ({error}); make it again with `python -m kg.train.entities`"
            ) from error
        self._weights: NDArray[np.float64] = np.array(weights, dtype=np.float64).reshape(len(rows), len(LABELS))

    def __call__(self, found: Sequence[str]) -> list[float]:
        """Probability of each label, in the order of LABELS."""
        index = [i for feature in found if (i := self._index.get(feature)) is not None]
        return softmax(self._weights[index].sum(axis=0).tolist())


_KIND_OF = [name.partition(":")[0] for name in LABELS]
_COLUMNS: dict[EntityKind, list[int]] = {kind: [i for i, name in enumerate(_KIND_OF) if name == kind] for kind in KINDS}


def judge(candidate: Candidate, probabilities: Sequence[float]) -> list[Mention]:
    """The candidate's spans as mentions of its likeliest kind, `source` being the label; [] where none is likely."""
    by_kind = {kind: sum(probabilities[i] for i in columns) for kind, columns in _COLUMNS.items()}
    kind = max(KINDS, key=lambda k: by_kind[k] - FLOOR[k])
    if by_kind[kind] < FLOOR[kind]:
        return []
    source = LABELS[max(_COLUMNS[kind], key=lambda i: probabilities[i])]
    score = round(by_kind[kind], 3)
    return [Mention(start, end, kind, score, source) for start, end in candidate.spans]


def _none(probabilities: Sequence[float]) -> float:
    return probabilities[0]


def without_overlap(mentions: Sequence[Mention]) -> list[Mention]:
    """By start; of two that overlap the likelier one stays, then the longer, then the first. O(n log n)."""
    starts: list[int] = []
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (-m.score, m.start - m.end, m.start, m.kind)):
        at = bisect_left(starts, mention.start)
        after_last = at == 0 or kept[at - 1].end <= mention.start
        if after_last and (at == len(kept) or mention.end <= kept[at].start):
            starts.insert(at, mention.start)
            kept.insert(at, mention)
    return kept


@Language.factory(
    "kg_mentions", requires=["doc._.abbreviations"], assigns=["doc._.mentions"], default_config={"model": None}
)
class MentionFinder:
    """Finds candidates, judges them and writes those that are entities as mentions."""

    def __init__(self, nlp: Language, name: str, model: str | None) -> None:  # noqa: ARG002  spaCy gives them
        """`model`: a folder with tables instead of the shipped ones. Raises ModelError as `kg.data.rows` does."""
        folder = Path(model) if model else None
        self._gazetteer = Gazetteer.load(folder)
        self._classifier = Classifier(*data.cells(TABLE, folder))

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        view = View.of(text)
        found = find_candidates(text, self._gazetteer, doc._.abbreviations)
        probabilities = {id(c): self._classifier(features(c, view, self._gazetteer)) for c in found}
        mentions: list[Mention] = []
        for candidate in found:
            # A short form is what its long form is: the one that is the surer to be something decides for both.
            mentions += judge(candidate, min((probabilities[id(c)] for c in (candidate, *candidate.twins)), key=_none))
        doc._.mentions = without_overlap(mentions)
        return doc
