"""Mentions of one thing become one entity: acronym and expansion, plural and singular, with and without hyphen."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.coreference import aliases, same_things
from kg.extraction.gazetteer import case_of, entity_key, phrase_key
from kg.extraction.heads import PROPOSED
from kg.extraction.names import base_name
from kg.extraction.types import Abbreviation, Group, Mention, text_of
from kg.records import KINDS, EntityKind
from kg.text import singular, squeeze

_ACRONYMS = re.compile(r"(?<=[A-Z])s$")
"""The plural of "LSTMs"."""
SURE = 0.75
"""Share of the chance of a paper's surest proposed method that another one needs; 0.6 to 0.8 are alike in F1."""
_FASTER = re.compile(r"(?i:faster)\s(?:(?:at|during|for|in|on)\s)?(\w+)")
_FEWER = re.compile(r"(?i:fewer|less)\s(\w+)")


def group_mentions(text: str, mentions: Iterable[Mention], abbreviations: Sequence[Abbreviation]) -> list[Group]:
    """Groups by first mention. A mention that carries a name belongs to the entity of that name."""
    short_of = {_key(text[a.long_start : a.long_end]): text[a.short_start : a.short_end] for a in abbreviations}
    shorts = {_key(short): short for short in short_of.values()}
    grouped: dict[tuple[EntityKind, str], list[Mention]] = defaultdict(list)
    for mention in sorted(mentions, key=lambda m: (m.start, m.end)):
        surface = _ACRONYMS.sub("", text[mention.start : mention.end])
        key = _key(_given(text, mention) or (base_name(surface) if mention.kind == "dataset" else surface))
        grouped[mention.kind, _key(short_of[key]) if key in short_of else key].append(mention)
    groups: list[Group] = []
    for kind in KINDS:
        of_kind = {key: found for (k, key), found in grouped.items() if k == kind}
        every = list(of_kind.values())
        wordings = [{_given(text, m) or _ACRONYMS.sub("", _surface(text, m)) for m in found} for found in every]
        proposed = {i for i, found in enumerate(every) if any(m.source == PROPOSED for m in found)}
        roots = same_things(kind, wordings, proposed)
        merged: dict[int, list[tuple[str, list[Mention]]]] = defaultdict(list)
        for at, item in zip(roots, of_kind.items(), strict=True):
            merged[at].append(item)
        for parts in merged.values():
            found = sorted((m for _, some in parts for m in some), key=lambda m: (m.start, m.end))
            short = next((shorts[key] for key, _ in parts if key in shorts), None)
            groups.append(Group(kind, _name(text, found, short), found, *_attributes(found)))
    _doubt(groups)
    return sorted(groups, key=lambda g: (g.mentions[0].start, g.mentions[0].end, g.name))


def _doubt(groups: Sequence[Group]) -> None:
    """Has the proposed methods that are far less sure to be so than the surest one used only."""
    chances = {id(g): max(m.proposed for m in g.mentions) for g in groups if g.role == "proposed" and g.named}
    for group in groups:
        if id(group) in chances and chances[id(group)] < SURE * max(chances.values()):
            group.role = "used"


def _key(surface: str) -> str:
    return entity_key(phrase_key(surface)) or squeeze(surface)


def _given(text: str, mention: Mention) -> str | None:
    """The name where the wording is not one: "faster inference" is inference speed, "fewer parameters" parameters."""
    if mention.name or mention.kind != "metric":
        return mention.name
    surface = _surface(text, mention)
    if match := _FASTER.fullmatch(surface):
        return f"{match[1].lower()} speed"
    return match[1] if (match := _FEWER.fullmatch(surface)) else None


def _attributes(mentions: Sequence[Mention]) -> tuple[str | None, bool | None]:
    """Role and named of the surest mention: `source` is kind:role:named, see kg/extraction/mentions.py."""
    surest = max(mentions, key=lambda m: m.score)
    _, role, named = [*surest.source.split(":"), "", ""][:3]
    if surest.kind == "method":
        return role or "used", named == "named"
    return (role or "mentioned", None) if surest.kind == "dataset" else (None, None)


def _name(text: str, mentions: Sequence[Mention], short: str | None) -> str:
    """The acronym that the paper defines, else the wording with the fewest capitals, the abstract's before the title's.

    What is no proper name is written in lower case and in the singular.
    """
    wordings = {_given(text, m) or _surface(text, m) for m in mentions}
    given = _narrowest(mentions[0].kind, wordings) or next((n for m in mentions if (n := _given(text, m))), None)
    if given:
        return given
    title = text.find("\n")
    surfaces = [
        (m.start < title, sum(c.isupper() for c in s), m.start, s) for m in mentions if (s := _surface(text, m))
    ]
    name = short or min(surfaces)[-1]
    if mentions[0].kind == "dataset":
        return base_name(name)
    if mentions[0].kind == "metric":
        return _ordinary(name, plural=True)
    name = _ACRONYMS.sub("", name)
    return name if any(m.source.endswith(":named") for m in mentions) else _ordinary(name, plural=False)


def _narrowest(kind: EntityKind, wordings: set[str]) -> str | None:
    """The wording that says more than another one and is a name of its own: "top-1 accuracy" beside "accuracy".

    In the annotated papers 21 of 22 such tasks in the alias table carry the longer name; of metrics it is 7 of 7 of
    those that a figure sets apart, and half of the others.
    """
    known = {w: name for w in wordings if (name := aliases().get((kind, _key(w))))}
    longer = [
        name
        for long, name in known.items()
        for short in wordings - {long}
        if known.get(short) not in {None, name} and f" {long}".lower().endswith(f" {short}".lower())
        if kind == "task" or (kind == "metric" and any(c.isdigit() for c in long))
    ]
    return max(longer, key=lambda name: (len(name), name), default=None)


def _surface(text: str, mention: Mention) -> str:
    return squeeze(text[mention.start : mention.end])


def _ordinary(name: str, *, plural: bool) -> str:
    """Lower case but for words of another shape; metrics keep their plural ("parameters", "FLOPs")."""
    words = [word if case_of(word) == "shaped" else word.lower() for word in name.split(" ")]
    return " ".join(words if plural else [*words[:-1], singular(words[-1])])


@Language.component("kg_entities", requires=["doc._.mentions", "doc._.abbreviations"], assigns=["doc._.groups"])
def kg_entities(doc: Doc) -> Doc:
    """Groups the mentions; mentions that results added are among them."""
    doc._.groups = group_mentions(text_of(doc), doc._.mentions, doc._.abbreviations)
    return doc
