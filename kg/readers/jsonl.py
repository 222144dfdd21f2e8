"""JSON Lines: one object a line, with title, abstract and optional fields; records of `kg extract --papers` too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from kg.errors import RecordError
from kg.readers.fields import Collector, paper_from
from kg.readers.open import Input, lines
from kg.records import JSON, OnReject, Paper
from kg.text import has_surrogate

FromObject = Callable[[Mapping[str, JSON], str], Paper]


def read_jsonl(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper a line; empty lines are skipped."""
    return read_objects(source, on_reject, paper_from)


def read_objects(source: Input, on_reject: OnReject, from_object: FromObject) -> Iterator[Paper]:
    """The papers that `from_object` makes of the objects, one a line."""
    collector = Collector(source.name, on_reject)
    for number, line in lines(source):
        if line.strip():
            paper = collector.take(number, line, partial(_paper, line, source.name, from_object))
            if paper is not None:
                yield paper


def _paper(line: str, name: str, from_object: FromObject) -> Paper:
    return from_object(parse_object(line), name)


def parse_object(text: str) -> dict[str, JSON]:
    """The JSON object that a text holds. Raises RecordError where it holds none."""
    if has_surrogate(text):
        raise RecordError("bytes that are not UTF-8")
    try:
        value: JSON = json.loads(text)
    except ValueError as error:
        raise RecordError(f"not JSON: {error}") from error
    except RecursionError:
        raise RecordError("not a record: JSON nested too deeply") from None
    return as_object(value)


def as_object(value: JSON) -> dict[str, JSON]:
    """The value itself. Raises RecordError where it is no object."""
    if not isinstance(value, dict):
        raise RecordError(f"not a JSON object but {json.dumps(value)[:40]}")
    return value
