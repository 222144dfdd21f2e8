"""When a predicted item is the one that a curator wrote down: normal forms, agreement, one-to-one pairing.

The measures are those of the gold annotations: names agree by any shared normal form, numbers to one part in a million.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from kg.errors import InputError
from kg.records import JSON

T = TypeVar("T")
Record = Mapping[str, JSON]
Level = Literal["number", "core", "full"]

LISTS = ("methods", "datasets", "metrics", "tasks")

_NOUNS = ("algorithm", "architecture", "benchmark", "dataset", "method", "metric", "model", "network", "score", "task")
_GENERIC = {"approach", "corpora", "corpus", "framework", "value", "values", *_NOUNS, *(f"{n}s" for n in _NOUNS)}
_ARTICLES = frozenset(("the", "a", "an", "our"))
_TIMES = frozenset(("x", "×", "times", "fold"))
_PERCENT = frozenset(("%", "percent", "points", "point", "pp", "percentage points", "absolute"))
_SPEED = re.compile(r"speed|faster|accelerat")


def normal_form(text: str) -> str:
    """Lower case without punctuation, articles, trailing generic nouns and blanks, last word in the singular."""
    plain = text.lower().replace("\\", "").replace("fréchet", "frechet")
    words = (w.strip(".") for w in re.findall(r"[a-z0-9+.α-ω]+", plain) if w not in _ARTICLES)
    kept = [w for w in words if w]
    while len(kept) > 1 and kept[-1] in _GENERIC:
        del kept[-1]
    return "".join([*kept[:-1], *(_singular(w) for w in kept[-1:])])


def unit_class(unit: str) -> str:
    """ "x" for multiples, "%" for per cent and points, "" for none or a unit of measure."""
    plain = unit.strip().lower()
    return "x" if plain in _TIMES else "%" if plain in _PERCENT else ""


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity of a record with the normal forms of its name and mentions."""

    name: str
    forms: frozenset[str]
    role: str
    named: bool
    raw: Record


@dataclass(frozen=True, slots=True)
class Slot:
    """A name that a result refers to, with the normal forms of that entity."""

    name: str
    forms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Result:
    """A result of a record; `kind` and `direction` as they stand there, `unit` as its class."""

    value: float | None
    kind: JSON
    unit: str
    direction: JSON
    metric: Slot | None
    dataset: Slot | None
    method: Slot | None
    baseline: Slot | None
    task: Slot | None
    bound: JSON
    """"=" where the record says nothing."""
    own: bool
    """True where the record says nothing."""
    raw: Record


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """One record, ready to be compared."""

    entities: Mapping[str, Sequence[Entity]]
    results: Sequence[Result]


def id_of(record: Record) -> str:
    """The id of the record's paper; InputError where there is none."""
    key = record.get("id")
    if not isinstance(key, str):
        raise InputError(f'a record has no "id": {str(dict(record))[:80]}; each needs the id of its paper')
    return key


_GOLD_RESULT_KEYS = ("metric", "value", "unit", "kind", "direction", "method", "dataset")


def read_gold(key: str, record: Record) -> PaperRecord:
    """Raises InputError where the record breaks the record format."""
    for name in (*LISTS, "results"):
        if not isinstance(record.get(name), list):
            raise InputError(f'gold record {key!r} has no list "{name}"; it needs {", ".join(LISTS)} and results')
    paper = read_record(record)
    for n, result in enumerate(paper.results, 1):
        lost = [k for k in _GOLD_RESULT_KEYS if k not in result.raw]
        if lost or result.value is None or result.metric is None:
            raise InputError(f"gold record {key!r}, result {n}: no {', '.join(lost) or 'usable value or metric'}")
    return paper


def read_record(record: Record) -> PaperRecord:
    """What is there to compare; missing keys are empty."""
    entities = {name: [_entity(name, e) for e in objects(record, name)] for name in LISTS}
    forms = {name: {e.name: e.forms for e in entities[name]} for name in LISTS}
    return PaperRecord(entities, [_result(r, forms) for r in objects(record, "results")])


def objects(record: Record, name: str) -> list[Record]:
    """The objects of the list of that name; none where there is no list."""
    items = record.get(name)
    return [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []


def _entity(kind: str, raw: Record) -> Entity:
    mentions = raw.get("mentions")
    name = str(raw.get("name") or "")
    texts = [name, *(str(m) for m in mentions)] if isinstance(mentions, list) else [name]
    named = kind != "methods" or bool(raw.get("named", True))
    return Entity(name, frozenset(map(normal_form, texts)) - {""}, str(raw.get("role") or ""), named, raw)


def _result(raw: Record, forms: Mapping[str, Mapping[str, frozenset[str]]]) -> Result:
    def slot(key: str, kind: str) -> Slot | None:
        name = raw.get(key)
        return Slot(name, forms[kind].get(name, frozenset()) | {normal_form(name)}) if isinstance(name, str) else None

    unit = raw.get("unit")
    return Result(
        value=number(raw.get("value")),
        kind=raw.get("kind"),
        unit=unit_class(unit if isinstance(unit, str) else ""),
        direction=raw.get("direction"),
        metric=slot("metric", "metrics"),
        dataset=slot("dataset", "datasets"),
        method=slot("method", "methods"),
        baseline=slot("baseline", "methods"),
        task=slot("task", "tasks"),
        bound=raw.get("bound", "="),
        own=raw.get("own") is not False,
        raw=raw,
    )


def number(value: JSON) -> float | None:
    """A number, also where it stands in a string; None for anything else."""
    if not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith("ss"):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


def same_entity(g: Entity, p: Entity) -> bool:
    """Whether name or mentions share a normal form."""
    return not g.forms.isdisjoint(p.forms)


def same_value(g: Result, p: Result) -> bool:
    """Whether value and class of unit agree; `kind` may differ."""
    if g.value is None or p.value is None:
        return False
    near = abs(g.value - p.value) <= 1e-9 + 1e-6 * abs(g.value)
    return near and g.unit == p.unit


def _same_number(g: Result, p: Result) -> bool:
    return same_value(g, p) and g.kind == p.kind


def _same_metric(g: Slot | None, p: Slot | None) -> bool:
    """Shared form, or both a speed, or one name's words within the other's ("top-1 accuracy", "accuracy")."""
    if g is None or p is None or not p.name:
        return False
    if not g.forms.isdisjoint(p.forms):
        return True
    if _SPEED.search(g.name.lower()) and _SPEED.search(p.name.lower()):
        return True
    a, b = (set(re.findall(r"[a-z0-9]+", s.name.lower())) for s in (g, p))
    return bool(a and b) and (a <= b or b <= a)


def same_slot(g: Slot | None, p: Slot | None) -> bool:
    """Whether both name one entity, or neither names any."""
    return g is p if g is None or p is None else not g.forms.isdisjoint(p.forms)


def _same_core(g: Result, p: Result) -> bool:
    return _same_number(g, p) and _same_metric(g.metric, p.metric)


def _same_full(g: Result, p: Result) -> bool:
    if not (_same_core(g, p) and same_slot(g.dataset, p.dataset) and same_slot(g.method, p.method)):
        return False
    return g.kind == "absolute" or g.direction == p.direction


AGREES: Mapping[Level, Callable[[Result, Result], bool]] = {
    "number": _same_number,
    "core": _same_core,
    "full": _same_full,
}


def paired(gold: Sequence[T], predicted: Sequence[T], agree: Callable[[T, T], bool]) -> list[tuple[T | None, T | None]]:
    """Each predicted item with the first free gold item that agrees, then the gold items left over; O(n m)."""
    free = dict(enumerate(gold))
    pairs: list[tuple[T | None, T | None]] = []
    for p in predicted:
        hit = next((i for i, g in free.items() if agree(g, p)), None)
        pairs.append((None if hit is None else free.pop(hit), p))
    return pairs + [(g, None) for g in free.values()]
