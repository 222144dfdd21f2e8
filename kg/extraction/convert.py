"""The pipeline's way out: Doc -> Extraction."""

from __future__ import annotations

import re

from spacy.tokens import Doc

from kg.calibration import LINKS, RESULT, Calibration
from kg.extraction.settings import with_dataset
from kg.extraction.types import Draft, Group, Mention, text_of
from kg.records import KINDS, Entity, EntityKind, Extraction, Paper, Result

_SET = re.compile(r"\s(?:test|validation|val|dev|training)\ssets?$")


def to_extraction(doc: Doc, paper: Paper, signature: str, calibration: Calibration) -> Extraction:
    """What the components wrote on the Doc, as a record: entities by first mention, results by place of their number.

    A draft becomes a result only where it has a metric and its evidence contains its number. Its confidence and those
    of its links are calibrated.
    """
    text = text_of(doc)
    groups: list[Group] = sorted(doc._.groups, key=lambda g: (g.mentions[0].start, g.mentions[0].end, g.name))
    names = {mention: group.name for group in groups for mention in group.mentions}
    by_kind: dict[EntityKind, list[Entity]] = {kind: [] for kind in KINDS}
    for group in groups:
        by_kind[group.kind].append(_entity(group, text))
    drafts = sorted(doc._.drafts, key=lambda d: (d.number.start, d.number.end))
    results = (_result(draft, names, text, calibration) for draft in drafts)
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
    """Mentions are minimal: "FooSet test set" is the data set FooSet, and "test set" the setting of a result."""
    surfaces = [text[m.start : m.end] for m in group.mentions]
    if group.kind == "dataset":
        surfaces = [_SET.sub("", surface) for surface in surfaces]
    start = group.mentions[0].start
    return Entity(
        kind=group.kind,
        name=group.name,
        mentions=tuple(dict.fromkeys(surfaces)),
        start=start,
        end=start + len(surfaces[0]),
        confidence=round(max(m.score for m in group.mentions), 3),
        role=group.role,
        named=group.named,
    )


def _result(draft: Draft, names: dict[Mention, str], text: str, calibration: Calibration) -> Result | None:
    number = draft.number
    if not draft.start <= number.start < number.end <= draft.end:
        return None

    mentions: dict[str, Mention | None] = {slot: getattr(draft, slot) for slot in LINKS}
    links = {slot: names[m] for slot, m in mentions.items() if m is not None and m in names}
    if "metric" not in links:
        return None
    scores, dataset = draft.link_confidence, draft.dataset
    return Result(
        metric=links["metric"],
        value=number.value,
        unit=number.unit,
        kind=draft.kind,
        direction=draft.direction,
        bound=number.bound,
        method=links.get("method"),
        own=draft.own,
        dataset=links.get("dataset"),
        baseline=links.get("baseline"),
        task=links.get("task"),
        setting=with_dataset(draft.setting, text[dataset.start : dataset.end]) if dataset else draft.setting,
        evidence=text[draft.start : draft.end],
        start=draft.start,
        end=draft.end,
        value_start=number.start,
        value_end=number.end,
        confidence=calibration(RESULT, draft.confidence * scores.get("metric", 1.0)),
        link_confidence={slot: calibration(slot, scores[slot]) for slot in links if slot in scores},
    )
