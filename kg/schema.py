"""The graph schema as data, its rows and their validation. DDL of both stores and the docs' table come from here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kg.errors import SchemaError
from kg.text import has_surrogate

VERSION = 1
"""Stored in the KgMeta node; a store of another version is refused."""

Type = Literal["string", "int", "float", "bool", "string[]"]
Value = None | bool | int | float | str | tuple[str, ...]

INT64 = range(-(2**63), 2**63)
MAX_ID = 2000
"""Longest id in code points: 8,000 bytes are what Neo4j can index."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """A label. Every node has the string key `id`."""

    label: str
    properties: Mapping[str, Type]
    about: str


@dataclass(frozen=True, slots=True)
class EdgeType:
    """A relationship type between one pair of labels."""

    type: str
    start: str
    end: str
    properties: Mapping[str, Type]
    about: str


_ENTITY: dict[str, Type] = {"name": "string", "aliases": "string[]"}
_MENTION: dict[str, Type] = {
    "name": "string",
    "mentions": "string[]",
    "startChar": "int",
    "endChar": "int",
    "confidence": "float",
}
_METHOD_MENTION: dict[str, Type] = {**_MENTION, "named": "bool"}
_LINK: dict[str, Type] = {"confidence": "float"}

NODES: dict[str, NodeType] = {
    t.label: t
    for t in (
        NodeType(
            "Paper",
            {
                "title": "string",
                "abstract": "string",
                "year": "int",
                "date": "string",
                "doi": "string",
                "arxiv": "string",
                "url": "string",
                "source": "string",
                "venue": "string",
                "upvotes": "int",
                "fingerprint": "string",
            },
            "one paper, known by its normalised title",
        ),
        NodeType("Author", {"name": "string"}, "a person as papers write the name"),
        NodeType("Method", _ENTITY, "model, algorithm, technique or software"),
        NodeType("Dataset", _ENTITY, "data set, benchmark or environment suite"),
        NodeType("Metric", {**_ENTITY, "higherIsBetter": "bool", "unit": "string"}, "measure of quality or cost"),
        NodeType("Task", _ENTITY, "problem or application"),
        NodeType(
            "Result",
            {
                "value": "float",
                "unit": "string",
                "kind": "string",
                "direction": "string",
                "bound": "string",
                "setting": "string",
                "own": "bool",
                "evidence": "string",
                "startChar": "int",
                "endChar": "int",
                "confidence": "float",
                "text": "string",
            },
            "one reported number with the words it stands in",
        ),
    )
}

EDGES: dict[str, EdgeType] = {
    t.type: t
    for t in (
        EdgeType("WROTE", "Author", "Paper", {"position": "int"}, "position counts from 1"),
        EdgeType("PROPOSES", "Paper", "Method", _METHOD_MENTION, "introduced by the paper"),
        EdgeType("COMPARES_WITH", "Paper", "Method", _METHOD_MENTION, "only a baseline or competitor"),
        EdgeType("USES", "Paper", "Method", _METHOD_MENTION, "built on, applied, analysed or mentioned"),
        EdgeType("INTRODUCES", "Paper", "Dataset", _MENTION, "published by the paper"),
        EdgeType("EVALUATES_ON", "Paper", "Dataset", _MENTION, "measured on"),
        EdgeType("TRAINS_ON", "Paper", "Dataset", _MENTION, "trained on"),
        EdgeType("MENTIONS", "Paper", "Dataset", _MENTION, "named without use"),
        EdgeType("USES_METRIC", "Paper", "Metric", _MENTION, "names the measure"),
        EdgeType("ADDRESSES", "Paper", "Task", _MENTION, "works on the task"),
        EdgeType("REPORTS", "Paper", "Result", {}, "states the number"),
        EdgeType("MEASURES", "Result", "Metric", _LINK, "what was measured"),
        EdgeType("ON_DATASET", "Result", "Dataset", _LINK, "what it was measured on"),
        EdgeType("OF_METHOD", "Result", "Method", _LINK, "whose result it is"),
        EdgeType("AGAINST", "Result", "Method", _LINK, "the baseline it is compared with"),
        EdgeType("FOR_TASK", "Result", "Task", _LINK, "the task it was measured for"),
    )
}
"""For one pair of Paper and entity only the first type in this order is kept (PROPOSES, COMPARES_WITH, USES)."""

ENTITY_LABELS: tuple[str, ...] = ("Method", "Dataset", "Metric", "Task")
PERMANENT_LABELS: tuple[str, ...] = ("Author", *ENTITY_LABELS)
"""Loads never delete these; `prune` does, where no relationship is left."""


@dataclass(frozen=True, slots=True)
class Node:
    label: str
    id: str
    properties: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """A relationship; its labels are those of `EDGES[type]`."""

    type: str
    start: str
    end: str
    properties: Mapping[str, Value] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class PaperGraph:
    """One paper with everything it states: the unit of loading, written in one transaction.

    `nodes` holds authors, entities and results; `edges` joins them to `paper` and to each other.
    """

    paper: Node
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


def check_node(node: Node) -> None:
    """Raises SchemaError where the row breaks the schema: label, key, property names, types, finite floats, 64 bits."""
    kind = NODES.get(node.label)
    if kind is None:
        raise SchemaError(f"unknown label {node.label!r}; known: {', '.join(NODES)}")
    _check_key(f"{node.label} id", node.id)
    _check_properties(f"{node.label} {node.id!r}", kind.properties, node.properties)


def check_edge(edge: Edge) -> None:
    """Raises SchemaError where the row breaks the schema; whether its ends exist is for the caller to know."""
    kind = EDGES.get(edge.type)
    if kind is None:
        raise SchemaError(f"unknown relationship type {edge.type!r}; known: {', '.join(EDGES)}")
    _check_key(f"{edge.type} start", edge.start)
    _check_key(f"{edge.type} end", edge.end)
    _check_properties(f"{edge.type} {edge.start!r} -> {edge.end!r}", kind.properties, edge.properties)


def check_graph(graph: PaperGraph) -> None:
    """`check_node` and `check_edge` over all rows; also: a node once, every end of an edge present."""
    known: set[tuple[str, str]] = set()
    for node in (graph.paper, *graph.nodes):
        check_node(node)
        if (node.label, node.id) in known:
            raise SchemaError(f"{node.label} {node.id!r} stands twice in paper {graph.paper.id!r}")
        known.add((node.label, node.id))
    if graph.paper.label != "Paper":
        raise SchemaError(f"a PaperGraph starts at a Paper, not at {graph.paper.label}")
    for edge in graph.edges:
        check_edge(edge)
        kind = EDGES[edge.type]
        for label, key in ((kind.start, edge.start), (kind.end, edge.end)):
            if (label, key) not in known:
                raise SchemaError(f"{edge.type} refers to {label} {key!r}, which paper {graph.paper.id!r} lacks")


def _check_key(what: str, key: object) -> None:
    if not isinstance(key, str) or not key:
        raise SchemaError(f"{what} must be a string that is not empty, not {key!r}")
    if len(key) > MAX_ID:
        raise SchemaError(f"{what} has {len(key)} characters, more than {MAX_ID}: {key[:60]!r}")
    _check_value(what, "string", key)


def _check_properties(what: str, types: Mapping[str, Type], values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        if name not in types:
            raise SchemaError(f"{what} has no property {name!r}; known: {', '.join(types) or 'none'}")
        if value is not None:
            _check_value(f"{what}: {name}", types[name], value)


_PYTHON_TYPES: dict[Type, type] = {"string": str, "int": int, "float": float, "bool": bool, "string[]": tuple}


def _check_value(what: str, wanted: Type, value: object) -> None:
    ok = isinstance(value, _PYTHON_TYPES[wanted])
    if isinstance(value, bool):
        ok = wanted == "bool"
    elif isinstance(value, tuple):
        ok = ok and all(isinstance(v, str) for v in value)
    if not ok:
        raise SchemaError(f"{what} must be {wanted}, not {type(value).__name__} {str(value)[:60]!r}")
    if isinstance(value, float) and not math.isfinite(value):
        raise SchemaError(f"{what} must be finite, not {value}")
    if wanted == "int" and value not in INT64:
        raise SchemaError(f"{what} must fit 64 bits, not {value}")
    for text in (value,) if isinstance(value, str) else value if isinstance(value, Sequence) else ():
        if "\0" in text or has_surrogate(text):
            raise SchemaError(f"{what} holds a NUL or a lone surrogate")
