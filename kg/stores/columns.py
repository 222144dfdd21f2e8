"""Rows as Arrow columns, checked a column at a time: what `schema.check_node` and `check_edge` say row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from kg.schema import MAX_ID, Type, Value

ARROW = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "string[]": pa.list_(pa.string()),
}
_PYTHON: dict[Type, type] = {"string": str, "int": int, "float": float, "bool": bool, "string[]": tuple}
_NONE = type(None)


class Doubtful(Exception):
    """No error yet: the rows are to be looked at one by one. Never leaves the stores."""


def table(
    keys: Mapping[str, Sequence[str]], types: Mapping[str, Type], rows: Sequence[Mapping[str, Value]]
) -> pa.Table:
    """Key columns, then one column a property. Raises Doubtful for what the schema's checks may refuse."""
    if not set().union(*rows) <= types.keys():
        raise Doubtful
    columns = {name: _keys(values) for name, values in keys.items()}
    for name, kind in types.items():
        columns[name] = _column(kind, [row.get(name) for row in rows])
    return pa.table(columns)


def _keys(values: Sequence[str]) -> pa.Array:
    column = _column("string", values)
    sizes = pc.min_max(pc.utf8_length(column)).as_py()
    if column.null_count or (values and not 0 < sizes["min"] <= sizes["max"] <= MAX_ID):
        raise Doubtful
    return column


def _column(kind: Type, values: Sequence[Value]) -> pa.Array:
    if not all(_fits(given, _PYTHON[kind]) for given in set(map(type, values))):
        raise Doubtful
    try:
        column = pa.array(_sorted(values) if kind == "string[]" else values, ARROW[kind])
    except (ValueError, OverflowError, pa.ArrowException) as error:  # surrogates, more than 64 bits
        raise Doubtful from error
    texts = column.flatten() if kind == "string[]" else column
    if pa.types.is_string(texts.type) and _any(pc.match_substring(texts, "\0")):
        raise Doubtful
    if kind == "float" and _any(pc.invert(pc.is_finite(column))):
        raise Doubtful
    return column


def _fits(given: type, wanted: type) -> bool:
    return given is _NONE or (issubclass(given, wanted) and (given is not bool or wanted is bool))


def _sorted(values: Sequence[Value]) -> list[list[str] | None]:
    """Lists sorted and without repetition; an empty one is null."""
    lists = [value if isinstance(value, tuple) else () for value in values]
    if not all(_fits(given, str) and given is not _NONE for given in set(map(type, chain.from_iterable(lists)))):
        raise Doubtful
    return [sorted({*value}) or None for value in lists]


def _any(found: pa.Array) -> bool:
    return pc.any(found).as_py() is True
