"""Values of the Neo4j driver brought to plain Python, the same as those of Ladybug."""

from __future__ import annotations

from neo4j.graph import Node, Path, Relationship
from neo4j.time import Date, DateTime, Duration, Time

from kg.stores.base import Cell


def cell(value: object) -> Cell:
    """Dates as ISO strings; a node {"label", "id", "properties"}, a relationship {"type", "properties"}."""
    if isinstance(value, (Date, DateTime, Time, Duration)):
        return value.iso_format()
    if isinstance(value, (Node, Relationship, Path)):
        return _element(value)
    if isinstance(value, (list, tuple)):
        return [cell(v) for v in value]
    if isinstance(value, dict):
        return {str(k): cell(v) for k, v in value.items()}
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _element(value: Node | Relationship | Path) -> Cell:
    if isinstance(value, Path):
        return {"nodes": [cell(n) for n in value.nodes], "relationships": [cell(r) for r in value.relationships]}
    properties = {name: cell(value.get(name)) for name in sorted(value.keys())}
    if isinstance(value, Relationship):
        return {"type": value.type, "properties": properties}
    return {"label": _label(value), "id": properties.pop("id", None), "properties": properties}


def _label(node: Node) -> str:
    """Ours have one label; others may have been added."""
    return min(node.labels, default="")
