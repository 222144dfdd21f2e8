"""Which numbers are reported results, of which kind, of which metric, in which direction, and whether the paper's own.

Each question goes to the judge with what is written around the number, from left to right, knowing the answers for the
numbers before it in the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction import metrics, owner_features
from kg.extraction.context import Sentence, sentences
from kg.extraction.heads import HEADS, KINDS, NONE, Judge, Span
from kg.extraction.kinds import kind_beside
from kg.extraction.link_features import FAR, Place, Target
from kg.extraction.metric_phrases import implied
from kg.extraction.number_features import carried, features
from kg.extraction.others import given_to_others
from kg.extraction.settings import setting
from kg.extraction.types import Draft, Mention, Number, text_of

OTHERS = 0.1
"""Least probability that a result is another system's: few are, so the judge is seldom sure."""
SURE = 0.75
"""Least probability of a metric that no result measures."""
FLOOR = 0.5
"""Least probability of being a result; F1 on papers held out of training is flat between 0.4 and 0.6."""


@Language.factory(
    "kg_results",
    requires=["doc.sents", "doc._.numbers", "doc._.mentions", "doc._.judge"],
    assigns=["doc._.drafts", "doc._.mentions"],
    default_config={"model": None},
)
class ResultFinder:
    """Writes a draft for every number taken for a result, and adds the mentions that only results need."""

    def __init__(self, nlp: Language, name: str, model: str | None) -> None:  # noqa: ARG002  spaCy gives them
        """`model`: a folder with tables instead of the shipped ones. Raises ModelError as `kg.data.rows` does."""
        self._wordings = implied(Path(model) if model else None)

    def __call__(self, doc: Doc) -> Doc:
        text, every, judge = text_of(doc), sentences(doc), doc._.judge
        drafts = [d for sentence in every for d in find_results(text, sentence, every, judge, self._wordings)]
        found = {*doc._.mentions, *(d.metric for d in drafts if d.metric is not None)}
        named = {m: _named(text, m, self._wordings) for m in found}
        for draft in drafts:
            draft.metric = named[draft.metric] if draft.metric is not None else None
        doc._.drafts = drafts
        measured = {text[d.metric.start : d.metric.end].lower() for d in drafts if d.metric is not None}
        doc._.mentions = sorted(
            (m for m in named.values() if self._sure(text, m) or text[m.start : m.end].lower() in measured),
            key=lambda m: (m.start, m.end),
        )
        return doc

    def _sure(self, text: str, mention: Mention) -> bool:
        """Whether it is an entity also where no result measures it; "faster" alone is no metric."""
        if mention.kind != "metric":
            return True
        return mention.score >= SURE and text[mention.start : mention.end].lower() not in self._wordings


def _named(text: str, mention: Mention, wordings: Mapping[str, str]) -> Mention:
    """A metric mention with the name that its wording stands for, if it stands for another one."""
    name = wordings.get(text[mention.start : mention.end].lower()) if mention.kind == "metric" else None
    return replace(mention, name=name) if name and mention.name is None else mention


def find_results(
    text: str, sentence: Sentence, every: Sequence[Sentence], judge: Judge, wordings: Mapping[str, str]
) -> Iterator[Draft]:
    """Drafts of the results in a sentence, with metric, kind, direction and own, without the other links.

    `wordings`: as `kg.extraction.metric_phrases.implied` gives them.
    """
    places = metrics.candidates(text, sentence, every, wordings) if sentence.numbers else []
    measured = list(_measure(text, sentence, places, judge))
    for one in measured:
        owner = owner_features.features(sentence, one.target.at, every)
        others = {other.metric.mention for other in measured if other is not one}
        best = one.metric.mention
        wording = text[best.start : best.end].lower() in wordings  # "3x faster and needs less memory"
        for metric in (best, *(() if wording else _also(sentence, one.metric, places, others))):
            known = [*one.around, *about_metric(text, one.target.kind, metric, one.around)]
            draft = _draft(text, one.target, metric, {"own": [*known, *owner], "direction": known}, judge)
            draft.confidence, draft.link_confidence = one.chance, {"metric": one.sure}
            yield draft


@dataclass(frozen=True, slots=True)
class _Measured:
    """A number taken for a result, with the chance that it is one of this kind, and its metric."""

    target: Target
    around: Sequence[str]
    chance: float
    metric: Place
    sure: float
    """Probability of the metric."""


def _measure(text: str, sentence: Sentence, places: Sequence[Place], judge: Judge) -> Iterator[_Measured]:
    kinds: dict[int, str] = {}
    previous: Mention | None = None
    last: int | None = None
    for at in sentence.numbers:
        number, around = sentence.number(at), features(sentence, at)
        chances = _chances(judge, "kind", number, [*around, *carried(sentence, at, kinds)])
        result, said = 1 - chances[NONE], kind_beside(text, number)
        likely = max(KINDS[1:], key=lambda k: chances[k])
        kinds[at] = kind = said or likely if result >= FLOOR else NONE
        target = Target(sentence, at, kind, previous, FAR if last is None else at - last)
        chosen = metrics.choose(text, target, places, judge) if kind != NONE else None
        if chosen is not None:
            last, previous = at, chosen[0].mention
            yield _Measured(target, around, result if said else chances[likely], *chosen)


def _draft(text: str, target: Target, metric: Mention, known: Mapping[str, Sequence[str]], judge: Judge) -> Draft:
    """`known`: features for each question that is still open."""
    number, kind = target.number, target.kind
    others = _chances(judge, "own", number, known["own"], metric.span)["other"] >= OTHERS
    others = others or (kind == "absolute" and given_to_others(text, target.sentence.start, number.span))
    direction: str | None = None
    if kind != "absolute":
        chances = _chances(judge, "direction", number, known["direction"], metric.span)
        direction = max(chances, key=lambda d: chances[d])
    return Draft(
        number=number,
        kind=cast("Literal['absolute', 'change', 'ratio']", kind),
        direction=cast("Literal['up', 'down'] | None", direction),
        own=not others,
        start=target.sentence.start,
        end=target.sentence.end,
        setting=setting(text, target.sentence, number),
        metric=metric,
    )


def _chances(
    judge: Judge, head: str, number: Number, known: Sequence[str], about: Span | None = None
) -> dict[str, float]:
    """Probability of each of the head's labels for a number."""
    found = judge.classify(head, [[number.span]], [known], about)[0]
    return dict(zip(HEADS[head], found.tolist(), strict=True))


def about_metric(text: str, kind: str, metric: Mention, around: Sequence[str]) -> list[str]:
    """Features of a number whose kind and metric are known."""
    name = (metric.name or text[metric.start : metric.end]).lower()
    head = name.split()[-1]
    cues = [f for f in around if f.startswith(("cueL=", "cueR=", "r1=", "r2=", "l1=")) and "|" not in f]
    return [
        f"kind={kind}",
        f"metric={name}",
        f"head={head}",
        f"head={head}|{kind}",
        *(f"{cue}|{kind}" for cue in cues),
        *(f"{cue}|{head}" for cue in cues),
    ]


def _also(sentence: Sentence, best: Place, places: Sequence[Place], others: Set[Mention]) -> list[Mention]:
    """The other metric of "improves A and B by 3%", where it is not that of another number."""
    joined = {best.last + 2: best.last + 1, best.first - 2: best.first - 1} if best.inside else {}
    return [
        c.mention
        for c in places
        if c.inside and c.mention.source != "implied" and c.mention not in others
        for edge in {c.first, c.last} & joined.keys()
        if sentence.forms(joined[edge], joined[edge] + 1)[0] in {"and", "&"}
    ]
