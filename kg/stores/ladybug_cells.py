"""Values of Ladybug brought to plain Python, the same as those of Neo4j."""

from __future__ import annotations

import datetime
import decimal

from kg.stores.base import Cell

_INTERNAL = {"_ID", "_LABEL", "_SRC", "_DST"}


def cell(value: object) -> Cell:
    """Integers for sums, ISO strings for dates; a node, relationship or path as in `neo4j_cells`."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, (list, tuple)):
        return [cell(v) for v in value]
    if isinstance(value, dict):
        return _composite(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return str(value)


def _composite(value: dict[object, object]) -> Cell:
    if {"_NODES", "_RELS"} == value.keys():
        return {"nodes": cell(value["_NODES"]), "relationships": cell(value["_RELS"])}
    properties: dict[str, Cell] = {str(k): cell(v) for k, v in value.items() if k not in _INTERNAL}
    if not {"_ID", "_LABEL"} <= value.keys():
        return properties
    present: dict[str, Cell] = {name: v for name, v in properties.items() if v is not None}
    if "_SRC" in value:
        return {"type": cell(value["_LABEL"]), "properties": present}
    return {"label": cell(value["_LABEL"]), "id": present.pop("id", None), "properties": present}
