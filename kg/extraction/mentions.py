"""Which candidates are entities, of which kind and role: the judge's probabilities, and what follows from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.candidates import Candidate, find_candidates
from kg.extraction.entity_features import View, features
from kg.extraction.gazetteer import Gazetteer
from kg.extraction.heads import HEADS, NONE, PROPOSED
from kg.extraction.types import Mention, text_of
from kg.records import KINDS, EntityKind

LABELS = HEADS["entity"]

FLOOR: dict[EntityKind, float] = {"method": 0.6, "dataset": 0.5, "metric": 0.45, "task": 0.35}
"""Least probability of a kind to be kept; chosen on annotated papers out of fold."""
HALF = 0.5
"""Floor in place of a higher one for a coined name that a title begins with ("FooNet: ..."): its kind alone is open."""
NEW = 0.4
"""Least probability of the likeliest proposed method where none is surer, as most papers propose one. With 0.3 and 0.2
F1 of proposed methods was lower on 1,113 curated papers out of fold."""

_PROPOSES = "method:proposed:"
_NONE, _PROPOSED = LABELS.index(NONE), LABELS.index(PROPOSED)
_KIND_OF = [name.partition(":")[0] for name in LABELS]
_NEW = [i for i, name in enumerate(LABELS) if name.startswith(_PROPOSES)]
_COLUMNS: dict[EntityKind, list[int]] = {kind: [i for i, name in enumerate(_KIND_OF) if name == kind] for kind in KINDS}


def to_mentions(candidate: Candidate, probabilities: Sequence[float], proposed: float = 0.0) -> list[Mention]:
    """The candidate's spans as mentions of its likeliest kind, `source` being the label; [] where none is likely."""
    by_kind = {kind: sum(probabilities[i] for i in columns) for kind, columns in _COLUMNS.items()}
    highest = HALF if {"title", "shape"} <= candidate.sources else 1.0
    floor = {kind: min(least, highest) for kind, least in FLOOR.items()}
    kind = max(KINDS, key=lambda k: by_kind[k] - floor[k])
    if by_kind[kind] < floor[kind]:
        return []
    source = LABELS[max(_COLUMNS[kind], key=lambda i: probabilities[i])]
    score = round(by_kind[kind], 3)
    return [Mention(start, end, kind, score, source, proposed=proposed) for start, end in candidate.spans]


def decide(found: Sequence[Candidate], judged: Sequence[Sequence[float]]) -> list[Mention]:
    """Mentions by start, given each candidate's probabilities of LABELS; none overlap.

    A short form is what its long form is. A part of a word that is a name as a whole is none ("Foo" in "Foo-XL"), and
    so is a part of a long form.
    """
    by_id = {id(c): probabilities for c, probabilities in zip(found, judged, strict=True)}
    alike: list[tuple[Candidate, Sequence[float], float]] = []
    for candidate in found:
        forms = [by_id[id(c)] for c in (candidate, *candidate.twins) if id(c) in by_id]
        alike.append((candidate, _together(forms), max(form[_PROPOSED] for form in forms)))
    mentions: list[Mention] = []
    whole: list[Mention] = []
    for candidate, probabilities, proposed in alike:
        kept = to_mentions(candidate, probabilities, proposed)
        mentions += kept
        whole += kept if "shape" in candidate.sources or candidate.twins else []
    mentions = without_overlap(_not_inside(mentions, whole))
    if any(mention.source.startswith(_PROPOSES) for mention in mentions):
        return mentions
    new = without_overlap(_likeliest_new(alike))  # goes before what overlaps it, though it is less likely
    covered = {at for mention in new for at in range(mention.start, mention.end)}
    rest = [m for m in mentions if covered.isdisjoint(range(m.start, m.end))]
    return sorted([*rest, *new], key=lambda m: m.start)


def _likeliest_new(alike: Sequence[tuple[Candidate, Sequence[float], float]]) -> list[Mention]:
    """What is likeliest to be a proposed method, in its short and its long form; [] if that is not likely."""
    chances = [sum(probabilities[i] for i in _NEW) for _, probabilities, _ in alike]
    if (chance := max(chances, default=0.0)) < NEW:
        return []
    likeliest = alike[chances.index(chance)][0]
    forms = {id(likeliest), *map(id, likeliest.twins)}
    return [
        Mention(start, end, "method", round(chance, 3), LABELS[max(_NEW, key=lambda i: p[i])], proposed=proposed)
        for candidate, p, proposed in alike
        if id(candidate) in forms
        for start, end in candidate.spans
    ]


def _together(forms: Sequence[Sequence[float]]) -> Sequence[float]:
    """Probabilities for a short and a long form alike: the one surer to be something says how sure, both say what."""
    none = min(form[_NONE] for form in forms)
    if len(forms) == 1 or none == 1.0:
        return forms[0]
    total = [0.0 if i == _NONE else sum(column) for i, column in enumerate(zip(*forms, strict=True))]
    share = (1.0 - none) / sum(total)
    return [none if i == _NONE else share * value for i, value in enumerate(total)]


def _not_inside(mentions: Sequence[Mention], whole: Iterable[Mention]) -> list[Mention]:
    """Mentions that are no part of one of the others of their kind. O(n), as the length of a word is bounded."""
    longest: dict[tuple[EntityKind, int], Mention] = {}
    for name in sorted(whole, key=lambda m: m.end - m.start):
        longest |= {(name.kind, at): name for at in range(name.start, name.end)}
    found = ((m, longest.get((m.kind, m.start), m)) for m in mentions)
    return [m for m, name in found if m.end > name.end or m.end - m.start == name.end - name.start]


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
    "kg_mentions",
    requires=["doc._.abbreviations", "doc._.judge"],
    assigns=["doc._.mentions"],
    default_config={"model": None},
)
class MentionFinder:
    """Finds candidates, has them judged and writes those that are entities as mentions."""

    def __init__(self, nlp: Language, name: str, model: str | None) -> None:  # noqa: ARG002  spaCy gives them
        """`model`: a folder with tables instead of the shipped ones. Raises ModelError as `kg.data.rows` does."""
        self._gazetteer = Gazetteer.load(Path(model) if model else None)

    def __call__(self, doc: Doc) -> Doc:
        text = text_of(doc)
        view = View.of(text)
        found = find_candidates(text, self._gazetteer, doc._.abbreviations)
        rows = [features(c, view, self._gazetteer) for c in found]
        judged = doc._.judge.classify("entity", [list(c.spans) for c in found], rows, (0, view.title_end))
        doc._.mentions = decide(found, judged.tolist())
        return doc
