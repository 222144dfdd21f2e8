"""Data set, method, baseline and task of each result, and the clause that is its evidence.

For each slot the judge chooses among the mentions of the paper and "none". Besides the text it is told where a mention
stands, its role, and whether the result before this one was linked to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.context import Sentence, sentences, unit_class
from kg.extraction.heads import Array, Judge
from kg.extraction.link_features import FAR, Place, Target, listed, place, relations
from kg.extraction.metrics import COSTS
from kg.extraction.polarity import improved, written
from kg.extraction.types import Draft, Mention, text_of
from kg.records import EntityKind
from kg.text import name_key

SLOTS: dict[str, EntityKind] = {"dataset": "dataset", "method": "method", "baseline": "method", "task": "task"}
"""Filled in this order: what a slot got is known to the next."""

_CLAUSE = re.compile(r"[;:]\s|,\s(?:while|whereas|but|and|which)\s|,\s(?=\w+ing\s)")


class View:
    """The mentions of a paper by kind, with what is asked about them more than once."""

    def __init__(self, doc: Doc) -> None:
        self.text = text_of(doc)
        self.sentences = sentences(doc)
        self.by_kind: dict[EntityKind, list[Mention]] = {kind: [] for kind in ("method", "dataset", "task", "metric")}
        self.key: dict[Mention, str] = {}
        self.home: dict[Mention, Sentence] = {}
        mentions: Sequence[Mention] = doc._.mentions
        at = 0
        for mention in mentions:
            while at + 1 < len(self.sentences) and mention.start >= self.sentences[at].end:
                at += 1
            self.by_kind[mention.kind].append(mention)
            self.key[mention] = name_key(_name(self, mention))
            self.home[mention] = self.sentences[at]
        self.count = Counter((m.kind, self.key[m]) for m in mentions)
        self.first: dict[tuple[EntityKind, str], Mention] = {}
        for mention in mentions:
            self.first.setdefault((mention.kind, self.key[mention]), mention)

    def sentence_of(self, start: int) -> Sentence:
        return next(s for s in reversed(self.sentences) if s.start <= start)


def candidates(view: View, slot: str, sentence: Sentence) -> list[Place]:
    """Every mention in the sentence, and of each other entity the mention nearest to it."""
    kind = SLOTS[slot]
    inside = [m for m in view.by_kind[kind] if view.home[m] is sentence]
    here = {view.key[m] for m in inside}
    nearest: dict[str, Mention] = {}
    for m in view.by_kind[kind]:
        key = view.key[m]
        if key not in here and (key not in nearest or _far(view, m, sentence) <= _far(view, nearest[key], sentence)):
            nearest[key] = m
    outside = sorted(nearest.values(), key=lambda m: m.start)
    return [place(m, sentence) for m in inside] + [place(m, sentence, view.home[m].place) for m in outside]


def _far(view: View, mention: Mention, sentence: Sentence) -> int:
    distance = sentence.place - view.home[mention].place
    return 2 * distance if distance > 0 else -2 * distance + 1


def features(view: View, draft: Draft, target: Target, places: Sequence[Place], carry: bool) -> list[list[str]]:
    """Features of each candidate and, last, of "none"; `carry`: an earlier result had the slot filled or left open."""
    own = "own" if draft.own else "other"
    method = view.key[draft.method] if draft.method else None
    measured = _measured(view, draft)
    proposed = {view.key[m] for m in view.by_kind["method"] if m.source.startswith("method:proposed")}
    rows = []
    for c, row in zip(places, relations(target, places), strict=True):
        m = c.mention
        key = view.key[m]
        role = m.source.removeprefix("method:").removeprefix("dataset:")
        where = "in" if c.inside else "out"
        first = view.first[m.kind, key]
        title = view.home[first].place == 0
        rows.append([
            *row,
            *(f"{own}|{draft.kind}|{f}" for f in row[:4]),
            *(f"{role}|{f}" for f in row[:3]),
            f"role={role}",
            f"role={role}|{own}|{where}",
            f"role={role}|{own}|{draft.kind}|{where}",
            f"title={title}|{own}|{where}",
            f"title={title}|{role}|{own}",
            f"only={len(proposed) == 1 and key in proposed}|{own}",
            f"count={min(4, view.count[m.kind, key])}|{own}",
            f"first={key in proposed and first is _first_proposed(view, proposed)}|{own}",
            f"method={key == method}",
            f"kinds={min(4, len({view.key[p.mention] for p in places}))}|{where}",
            f"score={int(m.score * 5)}",
            *(f"{measure}|{where}" for measure in measured),
            *(f"{measure}|{f}" for measure in measured for f in row[:3]),
            f"{measured[0]}|{role}|{where}",
        ])  # fmt: skip
    none = _none(draft, target, places, carry, len(proposed))
    inside = any(c.inside for c in places)
    return [*rows, [*none, *(f"none|{measure}|{inside}" for measure in measured)]]


def _measured(view: View, draft: Draft) -> list[str]:
    """What the number measures, by class and by the last word of the metric."""
    name = _name(view, draft.metric).lower() if draft.metric else ""
    return [f"cost={bool(COSTS.search(name))}", f"measures={name.split()[-1] if name else ''}"]


def _first_proposed(view: View, proposed: set[str]) -> Mention | None:
    return next((m for m in view.by_kind["method"] if view.key[m] in proposed), None)


def _none(draft: Draft, target: Target, places: Sequence[Place], carry: bool, proposed: int) -> list[str]:
    unit, own = unit_class(draft.number.unit), "own" if draft.own else "other"
    sentence, at = target.sentence, target.at
    inside = min(3, sum(1 for c in places if c.inside))
    before, after = sentence.forms(max(0, at - 6), at), sentence.forms(at + 1, min(len(sentence.tokens), at + 8))
    return [
        "none",
        f"none|inside={inside}",
        f"none|inside={inside}|{own}|{draft.kind}",
        f"none|outside={min(3, len(places) - inside)}|{inside}",
        f"none|{own}|{draft.kind}|{unit}",
        f"none|open={carry and target.previous is None}",
        f"none|again={carry}|{target.previous is None}|{inside}",
        f"none|proposed={min(3, proposed)}|{own}",
        f"none|place={sentence.place == 0}",
        *(f"none|l:{f}" for f in set(before) if f.isalpha()),
        *(f"none|r:{f}" for f in set(after) if f.isalpha()),
        *(f"none|s:{f}" for f in sorted({t.form for t in sentence.tokens}) if len(f) > 3 and f.isalpha()),
    ]


def fill(view: View, drafts: Iterable[Draft], judge: Judge) -> None:
    """Links each draft, in text order."""
    previous: dict[str, Mention | None] = {}
    last: Draft | None = None
    for draft in drafts:
        sentence = view.sentence_of(draft.number.start)
        at = sentence.position(draft.number)
        near = last is not None and last.number.start >= sentence.start
        gap = at - sentence.position(last.number) if near and last else FAR
        for slot in SLOTS:
            places = candidates(view, slot, sentence)
            target = Target(sentence, at, draft.kind, previous.get(slot), gap)
            spans = [*(p.mention.span for p in places), None]
            rows = features(view, draft, target, places, carry=last is not None)
            scores = judge.rank(slot, spans, rows, draft.number.span)
            best = _member(target, places, scores)
            mention = places[best].mention if best < len(places) else None
            if slot == "baseline" and mention and draft.method and view.key[mention] == view.key[draft.method]:
                mention = None
            setattr(draft, slot, mention)
            draft.link_confidence[slot] = float(scores[best])
            previous[slot] = mention
        draft.start, draft.end = evidence(view.text, sentence, draft)
        if draft.direction and draft.metric:
            draft.direction = (
                written(view.text, sentence.start, draft.number.span)
                or improved(_name(view, draft.metric), view.text[draft.start : draft.end])
                or draft.direction
            )
        last = draft


LISTED = 0.05
"""Least probability of the list's member to be taken for it."""


def _member(target: Target, places: Sequence[Place], scores: Array) -> int:
    """The likeliest place, or in "A and B on X and Y, respectively" the member that the number's own place gives."""
    if target.sentence.respectively:
        found = listed(target, [p for p in places if p.inside])
        at = next((i for i, p in enumerate(places) if p is found), None)
        if at is not None and scores[at] >= LISTED:
            return at
    return int(scores.argmax())


def _name(view: View, mention: Mention) -> str:
    return mention.name or view.text[mention.start : mention.end]


def evidence(text: str, sentence: Sentence, draft: Draft) -> tuple[int, int]:
    """The clause that holds the number and its mentions in this sentence; at most the sentence."""
    slots = (draft.metric, draft.dataset, draft.method, draft.baseline)
    spans = [m.span for m in slots if m is not None and sentence.start <= m.start and m.end <= sentence.end]
    spans.append(draft.number.span)
    first, last = min(s for s, _ in spans), max(e for _, e in spans)
    start = max((m.end() for m in _CLAUSE.finditer(text, sentence.start, first)), default=sentence.start)
    cut = _CLAUSE.search(text, last, sentence.end)
    end = cut.start() if cut else sentence.end
    while start < first and text[start].isspace():
        start += 1
    while end > last and (text[end - 1].isspace() or text[end - 1] == "."):
        end -= 1
    return start, end


@Language.component(
    "kg_links", requires=["doc.sents", "doc._.drafts", "doc._.mentions", "doc._.judge"], assigns=["doc._.drafts"]
)
def kg_links(doc: Doc) -> Doc:
    """Links every draft to the mentions of its data set, method, baseline and task."""
    if doc._.drafts:
        fill(View(doc), doc._.drafts, doc._.judge)
    return doc
