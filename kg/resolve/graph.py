"""One paper with its extraction as rows of the graph schema. Every fact is checked against the text first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.errors import RecordError, SchemaError
from kg.evidence import entity_fault
from kg.records import Entity, EntityKind, Extraction, Paper
from kg.resolve.identities import Identified, Identities, has_key
from kg.resolve.results import SLOTS, Dropped, result_rows
from kg.schema import EDGES, NODES, Edge, Node, PaperGraph, Value, check_graph
from kg.text import person_name, squeeze

LABELS: dict[EntityKind, str] = {"method": "Method", "dataset": "Dataset", "metric": "Metric", "task": "Task"}
TYPES: dict[EntityKind, Mapping[str | None, str]] = {
    "method": {"proposed": "PROPOSES", "compared": "COMPARES_WITH", "used": "USES", None: "USES"},
    "dataset": {
        "introduced": "INTRODUCES",
        "evaluated": "EVALUATES_ON",
        "trained": "TRAINS_ON",
        "mentioned": "MENTIONS",
        None: "MENTIONS",
    },
    "metric": {None: "USES_METRIC"},
    "task": {None: "ADDRESSES"},
}
"""Role of an entity -> relationship from its paper."""

_RANK = {edge: rank for rank, edge in enumerate(EDGES)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """Rows of one paper, and the facts that failed a check."""

    graph: PaperGraph
    dropped: tuple[Dropped, ...] = ()


def paper_graph(paper: Paper, extraction: Extraction, identities: Identities, fingerprint: str) -> Resolved:
    """Rows sorted by label or type and ids, so that the order of the extraction does not show.

    Raises
    ------
    RecordError
        A field of paper or extraction cannot be stored: NUL, a lone surrogate, a number beyond 64 bits.
    CorrectionsError
        Two corrections set one field of a result to different values.
    """
    check_text(paper, extraction)
    found = tuple(_entities(paper, extraction, identities))
    kept = [(entity, what) for entity, what in found if isinstance(what, Identified)]
    known = {(entity.kind, entity.name): what for entity, what in kept}
    rows: list[Node | Edge | Dropped] = [what for _, what in found if isinstance(what, Dropped)]
    rows += _author_rows(paper)
    rows += _entity_rows(paper, kept, identities)
    rows += result_rows(paper, extraction.results, known, identities)
    graph = PaperGraph(
        _paper_node(paper, fingerprint),
        tuple(sorted((r for r in rows if isinstance(r, Node)), key=lambda n: (n.label, n.id))),
        tuple(sorted((r for r in rows if isinstance(r, Edge)), key=lambda e: (e.type, e.start, e.end))),
    )
    try:
        check_graph(graph)
    except SchemaError as error:
        raise RecordError(str(error)) from error
    dropped = sorted((r for r in rows if isinstance(r, Dropped)), key=lambda d: (d.what, d.reason))
    return Resolved(graph, tuple(dropped))


def fingerprint(paper: Paper, extractor: str, signature: str, options: str) -> str:
    """sha256 (hex) of all that the facts of a paper depend on. Raises RecordError where the text cannot be stored."""
    check_text(paper)
    return hashlib.sha256(json.dumps([paper.text, extractor, signature, options]).encode()).hexdigest()


def check_text(paper: Paper, extraction: Extraction | None = None) -> None:
    """Raises RecordError where NUL or a lone surrogate stands in what keys are made of."""
    parts = {"title": paper.title, "abstract": paper.abstract}
    if extraction is not None:
        parts["entity name"] = "\n".join(entity.name for entity in extraction.entities)
        parts["name in a result"] = "\n".join(filter(None, (getattr(r, s) for r in extraction.results for s in SLOTS)))
        parts["abbreviation"] = "\n".join(form for pair in extraction.abbreviations for form in pair)
    for what, text in parts.items():
        try:
            unsafe = b"\0" in text.encode()
        except UnicodeEncodeError:
            unsafe = True
        if unsafe:
            raise RecordError(f"{what} holds a NUL or a lone surrogate: {text[:60]!a}")


def _paper_node(paper: Paper, fingerprint: str) -> Node:
    values = {name: getattr(paper, name) for name in NODES["Paper"].properties if name != "fingerprint"}
    given = {name: value for name, value in values.items() if value is not None}
    return Node("Paper", paper.key, given | {"fingerprint": fingerprint})


def _author_rows(paper: Paper) -> Iterator[Node | Edge]:
    key = paper.key
    names = dict.fromkeys(name for name in map(person_name, paper.authors) if name)
    for position, name in enumerate(names, 1):
        yield Node("Author", name, {"name": name})
        yield Edge("WROTE", name, key, {"position": position})


def _entities(
    paper: Paper, extraction: Extraction, identities: Identities
) -> Iterator[tuple[Entity, Identified | Dropped]]:
    """Each entity with what it is, or why it is left out. A rejected one passes: links to it are no error."""
    key, text = paper.key, paper.text
    for entity in extraction.entities:
        what = f"{entity.kind} {entity.name!r}"
        fault = entity_fault(text, entity)
        if fault is None and not has_key(entity.name):
            fault = "nothing is left of its name in normal form"
        if fault is not None:
            yield entity, Dropped(key, what, fault)
            continue
        identified = identities.in_paper(key, entity, extraction.abbreviations)
        yield entity, identified
        if identified.rejected:
            yield entity, Dropped(key, what, "rejected by corrections")
        for mention in sorted(set(entity.mentions)):
            if mention not in text:
                yield entity, Dropped(key, f"mention {mention!r} of {what}", "it is not in the text")


def _entity_rows(
    paper: Paper, found: Iterable[tuple[Entity, Identified]], identities: Identities
) -> Iterator[Node | Edge]:
    """One node and one relationship for all extracted entities that are one in the graph."""
    key, text = paper.key, paper.text
    groups: dict[str, list[tuple[Entity, Identified]]] = {}
    for entity, what in found:
        if not what.rejected:
            groups.setdefault(what.id, []).append((entity, what))
    for group in groups.values():
        group.sort(key=lambda pair: (pair[0].start, pair[0].end, pair[0].name))
        first, identified = group[0]
        entities = [entity for entity, _ in group]
        yield Node(LABELS[first.kind], identified.id, _entity_properties(first.kind, identified, identities))
        mentions = {mention for entity in entities for mention in entity.mentions if mention in text}
        types = TYPES[first.kind]
        edge = min((types.get(entity.role, types[None]) for entity in entities), key=_RANK.__getitem__)
        properties: dict[str, Value] = {
            # Where no table names the entity its name is the least of these: "acronym (expansion)" must stay whole.
            "name": identified.name if identities.name(identified.id) is None else squeeze(first.name),
            "mentions": tuple(sorted(mentions)),
            "startChar": first.start,
            "endChar": first.end,
            "confidence": round(max(float(entity.confidence) for entity in entities), 3),
        }
        named = [entity.named for entity in entities if entity.named is not None]
        if first.kind == "method" and named:
            properties["named"] = any(named)
        yield Edge(edge, key, identified.id, properties)


def _entity_properties(kind: EntityKind, identified: Identified, identities: Identities) -> dict[str, Value]:
    properties: dict[str, Value] = {"name": identified.name}
    aliases = identities.aliases(identified.id)
    if aliases:
        properties["aliases"] = aliases
    return properties | (identities.metric_facts(identified.id) if kind == "metric" else {})
