"""Which metric a number measures: the candidate of its sentence that the judge prefers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.extraction.context import Sentence, unit_class
from kg.extraction.heads import Judge
from kg.extraction.link_features import Place, Target, place, relations
from kg.extraction.metric_phrases import find_metrics

COSTS = re.compile(
    r"(?:time|hours?|latency|speed|speedup|speed-up|throughput|fps|flops?|macs|parameters?|params|memory|size|costs?|tokens|steps"
    r"|compute|computation|footprint|energy|bandwidth|storage|iterations|queries|calls|budget|overhead|consumption|usage"
    r"|faster|acceleration|length|data|efficiency)$",
    re.IGNORECASE,
)
"""Ends of metrics that say what a method costs: seldom measured on one data set."""

_OUTDONE = re.compile(
    r"\b(?:outperform|surpass|exceed|beat|improv)\w*\s[^;.]{0,120}?\bby\s[^;.,]{0,25}$", re.IGNORECASE
)
_OF = re.compile(r"[\s\\%$]*(?:points?\s)?(?:in|on|of)\s", re.IGNORECASE)
_NEAR = 25
"""Characters behind a number in which "in METRIC" begins."""
_LOOK_BACK = 3
"""Sentences before the number's in which a metric may have been named."""


def candidates(
    text: str, sentence: Sentence, sentences: Sequence[Sentence], wordings: Mapping[str, str]
) -> list[Place]:
    """Metrics and likely phrases of the sentence, and the metrics of the sentences before it and of the next.

    `wordings`: as `kg.extraction.metric_phrases.implied` gives them.
    """
    phrases = find_metrics(text, sentence, wordings)
    own = [t.mention for t in sentence.tokens if t.mention is not None and t.mention.kind == "metric"]
    found = [place(m, sentence) for m in sorted([*own, *phrases], key=lambda m: m.start)]
    first, last = max(0, sentence.place - _LOOK_BACK), sentence.place + 2
    for other in sentences[first:last]:
        if other is not sentence:
            metrics = [other.tokens[i].mention for i in other.mentions if other.tokens[i].form == "<metric>"]
            found += [place(m, sentence, other.place) for m in metrics[-2:] if m is not None]
    return found


def features(text: str, target: Target, places: Sequence[Place]) -> list[list[str]]:
    """Features of each candidate: relations to the number, and what the phrase itself says."""
    unit = unit_class(target.number.unit)
    measure = target.number.unit.lower() if unit == "u" else unit
    rows = []
    for c, row in zip(places, relations(target, places), strict=True):
        m = c.mention
        name = (m.name or text[m.start : m.end]).lower()
        head = name.split()[-1]
        rows.append([
            *row,
            *(f"{m.source}|{f}" for f in row[:5]),
            f"source={m.source}",
            f"source={m.source}|{target.kind}|{unit}",
            f"score={m.source}|{int(m.score * 5)}",
            f"head={head}",
            f"head={head}|{measure}",
            f"head={head}|{target.kind}|{unit}",
            f"form={text[m.start : m.end].lower()}|{target.kind}",
            f"words={min(4, len(name.split()))}",
            f"shaped={any(ch.isupper() for ch in text[m.start + 1 : m.end])}|{unit}|{target.kind}",
        ])  # fmt: skip
    return rows


def choose(text: str, target: Target, places: Sequence[Place], judge: Judge) -> tuple[Place, float] | None:
    """The best candidate with its probability, the first of equals; None without a candidate."""
    if not places:
        return None
    spans = [p.mention.span for p in places]
    scores = judge.rank("metric", spans, features(text, target, places), target.number.span)
    scores[_costs(text, target, places)] = 0.0
    best = int(scores.argmax())
    return places[best], float(scores[best])


def _costs(text: str, target: Target, places: Sequence[Place]) -> list[int]:
    """Places of costs that stand apart from "outperforms A by 3%": it is not by its FLOPs that a method wins.

    So in all 13 of the annotated papers' results that a model which had not seen them gave such a metric.
    """
    number, start = target.number, target.sentence.start
    verb = _OUTDONE.search(text, max(start, number.start - 150), number.start)
    if verb is None or number.unit not in {"%", "points"}:
        return []
    behind = number.end + (_NEAR if _OF.match(text, number.end) else 0)
    mentions = [p.mention for p in places]
    apart = [
        i
        for i, m in enumerate(mentions)
        if not verb.start() <= m.start < behind and COSTS.search(m.name or text[m.start : m.end])
    ]
    return apart if len(apart) < len(places) else []
