"""The JSON form of an extraction: one object a paper, as `kg extract` prints it and `kg load` takes it.

The keys are those of the hand-made annotations; besides them an entity carries `startChar`, `endChar`, `confidence`,
a result these and `valueStart`, `valueEnd`, `linkConfidence`, and the record `abbreviations`, `extractor` and, on
demand, the fields of the paper. Offsets count code points in title + "\\n" + abstract.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Literal, TypeVar

from kg.errors import RecordError
from kg.numerals import scan
from kg.records import JSON, Entity, EntityKind, Extraction, Paper, Result

T = TypeVar("T")

_KIND: dict[str, Literal["absolute", "change", "ratio"]]
_KIND = {"absolute": "absolute", "change": "change", "ratio": "ratio"}
_DIRECTION: dict[str, Literal["up", "down"]] = {"up": "up", "down": "down"}
_BOUND: dict[str, Literal["=", "~", ">", "<", "<="]] = {"=": "=", "~": "~", ">": ">", "<": "<", "<=": "<="}
LISTS: dict[EntityKind, str] = {"method": "methods", "dataset": "datasets", "metric": "metrics", "task": "tasks"}
ROLES: dict[EntityKind, dict[str, str]] = {
    "method": {role: role for role in ("proposed", "used", "compared")},
    "dataset": {role: role for role in ("introduced", "evaluated", "trained", "mentioned")},
}
SLOTS: dict[str, EntityKind] = {
    "metric": "metric",
    "dataset": "dataset",
    "method": "method",
    "baseline": "method",
    "task": "task",
}
"""What a result links to, and the kind of entity that stands there."""


def dumps(record: Mapping[str, JSON]) -> str:
    """One line of JSON, keys in the order of the record. Raises ValueError for a number that JSON cannot carry."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def to_record(extraction: Extraction, paper: Paper | None = None) -> dict[str, JSON]:
    """The record of an extraction; with `paper` it carries title, abstract and every field that is not null."""
    record: dict[str, JSON] = {"id": extraction.id}
    if paper is not None:
        record |= paper_to_json(replace(paper, id=extraction.id))
    for key, entities in zip(
        LISTS.values(), (extraction.methods, extraction.datasets, extraction.metrics, extraction.tasks), strict=True
    ):
        record[key] = [_entity_to_json(entity) for entity in entities]
    record["results"] = [_result_to_json(result) for result in extraction.results]
    record["abbreviations"] = [list(pair) for pair in extraction.abbreviations]
    record["extractor"] = extraction.extractor
    return record


def paper_to_json(paper: Paper) -> dict[str, JSON]:
    """The fields of a paper, nulls and empty lists left out; the JSON Lines reader takes it back."""
    row: dict[str, JSON] = {"id": paper.id} if paper.id else {}
    row |= {"title": paper.title, "abstract": paper.abstract}
    if paper.authors:
        row["authors"] = list(paper.authors)
    rest: dict[str, JSON] = {
        "year": paper.year,
        "date": paper.date,
        "doi": paper.doi,
        "arxiv": paper.arxiv,
        "url": paper.url,
        "source": paper.source,
        "venue": paper.venue,
        "upvotes": paper.upvotes,
    }
    return row | {key: value for key, value in rest.items() if value is not None}


def _entity_to_json(entity: Entity) -> dict[str, JSON]:
    row: dict[str, JSON] = {"name": entity.name, "mentions": list(entity.mentions)}
    if entity.kind in ROLES:
        row["role"] = entity.role
    if entity.kind == "method":
        row["named"] = entity.named
    return row | {"startChar": entity.start, "endChar": entity.end, "confidence": entity.confidence}


def _result_to_json(result: Result) -> dict[str, JSON]:
    whole = result.value.is_integer() and abs(result.value) < 2**53
    return {
        "metric": result.metric,
        "value": int(result.value) if whole else result.value,
        "unit": result.unit,
        "kind": result.kind,
        "direction": result.direction,
        "bound": result.bound,
        "method": result.method,
        "own": result.own,
        "dataset": result.dataset,
        "baseline": result.baseline,
        "task": result.task,
        "setting": result.setting,
        "evidence": result.evidence,
        "startChar": result.start,
        "endChar": result.end,
        "valueStart": result.value_start,
        "valueEnd": result.value_end,
        "confidence": result.confidence,
        "linkConfidence": {slot: result.link_confidence[slot] for slot in SLOTS if slot in result.link_confidence},
    }


def from_record(obj: JSON) -> tuple[Paper | None, Extraction]:
    """The paper (None where the record has no title and no abstract) and the extraction of a record.

    Offsets that the record lacks, as records made by hand do, are found in the text: the first mention, the evidence,
    the number within it (the whole evidence where the number stands in words). Without a text they are 0. An id equal
    to the paper's key counts as none given. Unknown keys are ignored.

    Raises
    ------
    RecordError
        A key is missing or of the wrong type, a mention or evidence does not stand in the text (at the given offsets),
        or a result names an entity that the record does not list.
    """
    if not isinstance(obj, dict):
        raise RecordError(f"a record is a JSON object, not {_type(obj)}")
    row = _Row(obj, "record")
    paper = _paper(row)
    text = None if paper is None else paper.text
    lists = {kind: tuple(_entity(e, kind, text) for e in row.rows(key, kind)) for kind, key in LISTS.items()}
    names = {kind: {entity.name for entity in entities} for kind, entities in lists.items()}
    extraction = Extraction(
        id=row.id(),
        methods=lists["method"],
        datasets=lists["dataset"],
        metrics=lists["metric"],
        tasks=lists["task"],
        results=tuple(_result(r, names, text) for r in row.rows("results", "result")),
        abbreviations=_abbreviations(row),
        extractor=row.get("extractor", str, ""),
    )
    if paper is not None and not extraction.id:
        extraction = replace(extraction, id=paper.key)
    return paper, extraction


class _Row:
    """Typed access to one JSON object; errors name where it stands."""

    def __init__(self, obj: dict[str, JSON], where: str) -> None:
        self.obj = obj
        self.where = where

    def need(self, key: str, kind: type[T]) -> T:
        value = self.optional(key, kind)
        if value is None:
            raise RecordError(f"{self.where}: {key!r} is missing")
        return value

    def get(self, key: str, kind: type[T], default: T) -> T:
        value = self.optional(key, kind)
        return default if value is None else value

    def optional(self, key: str, kind: type[T]) -> T | None:
        value = self.obj.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise RecordError(f"{self.where}: {key!r} must be {_NAMES[kind]}, not {_type(value)}")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        value = self.obj.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            with suppress(OverflowError):  # a whole number may be past the largest float
                if math.isfinite(number := float(value)):
                    return number
        raise RecordError(f"{self.where}: {key!r} must be a finite number, not {json.dumps(value)[:40]}")

    def share(self, key: str) -> float:
        value = self.number(key, 1.0)
        if not 0 <= value <= 1:
            raise RecordError(f"{self.where}: {key!r} must lie between 0 and 1, not {value}")
        return value

    def choice(self, key: str, choices: Mapping[str, T]) -> T | None:
        value = self.optional(key, str)
        if value is not None and value not in choices:
            raise RecordError(f"{self.where}: {key!r} must be one of {', '.join(choices)}, not {value!r}")
        return None if value is None else choices[value]

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        strings = tuple(v for v in values if isinstance(v, str))
        if len(strings) != len(values):
            raise RecordError(f"{self.where}: {key!r} must be a list of strings")
        return strings

    def rows(self, key: str, where: str) -> list[_Row]:
        rows = []
        for n, value in enumerate(self.get(key, list, []), 1):
            if not isinstance(value, dict):
                raise RecordError(f"{where} {n}: must be an object, not {_type(value)}")
            name = value.get("name")
            rows.append(_Row(value, f"{where} {name!r}" if isinstance(name, str) else f"{where} {n}"))
        return rows

    def id(self) -> str:
        value = self.obj.get("id")
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, bool) or not isinstance(value, int):
            raise RecordError(f"{self.where}: 'id' must be a string or a whole number, not {_type(value)}")
        return str(value)

    def span(self, keys: tuple[str, str], find: Callable[[], tuple[int, int]]) -> tuple[int, int]:
        """The offsets under both keys; what `find` says where the record has neither."""
        start, end = (self.optional(key, int) for key in keys)
        if start is None and end is None:
            return find()
        if start is None or end is None or not 0 <= start <= end:
            raise RecordError(f"{self.where}: {keys[0]} and {keys[1]} must be two offsets, not {start} and {end}")
        return start, end


_NAMES: dict[type, str] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


def _type(value: JSON) -> str:
    return "null" if value is None else "a number" if isinstance(value, float) else _NAMES[type(value)]


def _paper(row: _Row) -> Paper | None:
    if row.optional("title", str) is None and row.optional("abstract", str) is None:
        return None
    paper = Paper(
        title=row.get("title", str, ""),
        abstract=row.get("abstract", str, ""),
        id=row.id(),
        authors=row.strings("authors"),
        year=row.optional("year", int),
        date=row.optional("date", str),
        doi=row.optional("doi", str),
        arxiv=row.optional("arxiv", str),
        url=row.optional("url", str),
        source=row.optional("source", str),
        venue=row.optional("venue", str),
        upvotes=row.optional("upvotes", int),
    )
    return replace(paper, id="") if paper.id == paper.key else paper


def _entity(row: _Row, kind: EntityKind, text: str | None) -> Entity:
    name = row.need("name", str)
    mentions = row.strings("mentions")
    if not name or not mentions or not all(mentions):
        raise RecordError(f"{row.where}: needs a name and mentions, none of them empty")

    def find() -> tuple[int, int]:
        if text is None:
            return 0, 0
        for mention in mentions:
            if mention not in text:
                raise RecordError(f"{row.where}: mention {mention!r} is not in the text")
        start, length = min((text.index(mention), -len(mention)) for mention in mentions)
        return start, start - length

    start, end = row.span(("startChar", "endChar"), find)
    if text is not None and text[start:end] not in mentions:
        raise RecordError(f"{row.where}: the text has {text[start:end]!r} at {start}:{end}, which is not a mention")
    return Entity(
        kind=kind,
        name=name,
        mentions=mentions,
        start=start,
        end=end,
        confidence=row.share("confidence"),
        role=row.choice("role", ROLES[kind]) if kind in ROLES else None,
        named=row.optional("named", bool) if kind == "method" else None,
    )


def _result(row: _Row, names: Mapping[EntityKind, set[str]], text: str | None) -> Result:
    value = row.number("value")
    evidence = row.need("evidence", str)
    start, end = row.span(("startChar", "endChar"), lambda: _find_evidence(row.where, evidence, text))
    if text is not None and text[start:end] != evidence:
        raise RecordError(f"{row.where}: the text at {start}:{end} is not the evidence {evidence!r}")
    value_start, value_end = row.span(("valueStart", "valueEnd"), lambda: _find_value(value, evidence, start, end))
    if not start <= value_start <= value_end <= end:
        raise RecordError(f"{row.where}: the value at {value_start}:{value_end} is outside the evidence {start}:{end}")
    links = {slot: row.optional(slot, str) for slot in SLOTS}
    for slot, name in links.items():
        if name is not None and name not in names[SLOTS[slot]]:
            raise RecordError(f"{row.where}: {slot} {name!r} is not among the {LISTS[SLOTS[slot]]}")
    shares = _Row(row.get("linkConfidence", dict, {}), f"{row.where}, linkConfidence")
    return Result(
        metric=row.need("metric", str),
        value=value,
        unit=row.get("unit", str, ""),
        kind=row.choice("kind", _KIND) or "absolute",
        direction=row.choice("direction", _DIRECTION),
        bound=row.choice("bound", _BOUND) or "=",
        method=links["method"],
        own=row.get("own", bool, True),
        dataset=links["dataset"],
        baseline=links["baseline"],
        task=links["task"],
        setting=row.optional("setting", str),
        evidence=evidence,
        start=start,
        end=end,
        value_start=value_start,
        value_end=value_end,
        confidence=row.share("confidence"),
        link_confidence={slot: shares.share(slot) for slot in SLOTS if slot in shares.obj},
    )


def _find_evidence(where: str, evidence: str, text: str | None) -> tuple[int, int]:
    if text is None:
        return 0, len(evidence)
    if not evidence or evidence not in text:
        raise RecordError(f"{where}: the evidence {evidence!r} is not in the text")
    start = text.index(evidence)
    return start, start + len(evidence)


def _find_value(value: float, evidence: str, start: int, end: int) -> tuple[int, int]:
    for numeral in scan(evidence):
        if math.isclose(numeral.value, value):
            return start + numeral.start, start + numeral.end
    return start, end


def _abbreviations(row: _Row) -> tuple[tuple[str, str], ...]:
    pairs = []
    for pair in row.get("abbreviations", list, []):
        match pair:
            case [str(short), str(long)]:
                pairs.append((short, long))
            case _:
                raise RecordError(f"{row.where}: 'abbreviations' must be a list of [short form, long form]")
    return tuple(pairs)
