"""The pipeline's way out: Doc -> Extraction."""

from __future__ import annotations

from spacy.tokens import Doc

from kg.extraction.types import Draft, Group, Mention, text_of
from kg.records import KINDS, Entity, EntityKind, Extraction, Paper, Result


def to_extraction(doc: Doc, paper: Paper, signature: str) -> Extraction:
    """What the components wrote on the Doc, as a record: entities by first mention, results by place of their number.

    A draft becomes a result only where it has a metric and its evidence contains its number.
    """
    text = text_of(doc)
    groups: list[Group] = sorted(doc._.groups, key=lambda g: (g.mentions[0].start, g.mentions[0].end, g.name))
    names = {mention: group.name for group in groups for mention in group.mentions}
    by_kind: dict[EntityKind, list[Entity]] = {kind: [] for kind in KINDS}
    for group in groups:
        by_kind[group.kind].append(_entity(group, text))
    drafts = sorted(doc._.drafts, key=lambda d: (d.number.start, d.number.end))
    results = (_result(draft, names, text) for draft in drafts)
    return Extraction(
        id=paper.id or paper.key,
        methods=tuple(by_kind["method"]),
        datasets=tuple(by_kind["dataset"]),
        metrics=tuple(by_kind["metric"]),
        tasks=tuple(by_kind["task"]),
        results=tuple(r for r in results if r is not None),
        abbreviations=tuple(
            (text[a.short_start : a.short_end], text[a.long_start : a.long_end]) for a in doc._.abbreviations
        ),
        extractor=signature,
    )


def _entity(group: Group, text: str) -> Entity:
    first = group.mentions[0]
    return Entity(
        kind=group.kind,
        name=group.name,
        mentions=tuple(dict.fromkeys(text[m.start : m.end] for m in group.mentions)),
        start=first.start,
        end=first.end,
        confidence=round(max(m.score for m in group.mentions), 3),
        role=group.role,
        named=group.named,
    )


def _result(draft: Draft, names: dict[Mention, str], text: str) -> Result | None:
    number = draft.number
    if draft.metric is None or not draft.start <= number.start < number.end <= draft.end:
        return None

    def name(mention: Mention | None) -> str | None:
        return None if mention is None else names.get(mention)

    metric = name(draft.metric)
    if metric is None:
        return None
    return Result(
        metric=metric,
        value=number.value,
        unit=number.unit,
        kind=draft.kind,
        direction=draft.direction,
        bound=number.bound,
        method=name(draft.method),
        own=draft.own,
        dataset=name(draft.dataset),
        baseline=name(draft.baseline),
        task=name(draft.task),
        setting=draft.setting,
        evidence=text[draft.start : draft.end],
        start=draft.start,
        end=draft.end,
        value_start=number.start,
        value_end=number.end,
        confidence=round(draft.confidence, 3),
        link_confidence={slot: round(value, 3) for slot, value in draft.link_confidence.items()},
    )
