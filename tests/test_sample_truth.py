"""The shipped sample against what a careful reader puts down for each of its papers: the whole record, field by field.

Names are compared as nodes of the graph ("vision transformers" is ViT), mentions to the letter, results by the
place of their number. The wording of evidence is free, as long as it holds the number.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from kg import read
from kg.evidence import entity_fault, result_fault
from kg.extraction import Extractor
from kg.record_json import SLOTS, from_record, paper_to_json
from kg.records import Entity, Extraction, Paper, Result
from kg.resolve.tables import shipped

TRUTH = Path(__file__).parent / "data" / "sample_gold.jsonl"
STANDING = Path(__file__).parent / "data" / "sample_standing.json"
"""Papers whose whole record equals the reader's, and how many fields differ in all records together.

After a change for the better: `python tests/test_sample_truth.py` writes it again and prints what was lost.
"""
PLAIN = ("value", "unit", "kind", "direction", "bound", "own")
"""Fields of a result that are compared as they stand."""

Value = str | float | bool | None | frozenset[str]
Fields = Mapping[str, Value]
Key = tuple[str, str | int]


class Difference(NamedTuple):
    type: str
    text: str


@cache
def papers() -> dict[str, Paper]:
    return {paper.key: paper for paper in read(str(files("kg.data").joinpath("sample.jsonl")))}


@cache
def truth() -> dict[str, Extraction]:
    """RecordError where a mention or evidence is not in the paper, or a result names what no list has."""
    rows = [json.loads(line) for line in TRUTH.read_text("utf-8").splitlines()]
    return {row["id"]: from_record({**paper_to_json(papers()[row["id"]]), **row})[1] for row in rows}


@cache
def found() -> dict[str, Extraction]:
    return {extraction.id: extraction for _, extraction in Extractor().pipe(list(papers().values()))}


def entity_fields(entity: Entity) -> Fields:
    return {"mentions": frozenset(entity.mentions), "role": entity.role, "named": entity.named}


def result_fields(result: Result) -> Fields:
    """Links as ids of nodes; the setting as the set of its parts, whatever their case and order."""
    plain: dict[str, Value] = {name: getattr(result, name) for name in PLAIN}
    names = {slot: getattr(result, slot) for slot in SLOTS}
    links = {slot: name and shipped().entity_id(SLOTS[slot], name) for slot, name in names.items()}
    parts = frozenset(part.strip() for part in (result.setting or "").lower().split(",")) - {""}
    return {**plain, **links, "setting": parts}


def facts(extraction: Extraction) -> Iterator[tuple[Key, Fields]]:
    """Entities by node, results by the place of their number."""
    for entity in extraction.entities:
        yield (entity.kind, shipped().entity_id(entity.kind, entity.name)), entity_fields(entity)
    for result in extraction.results:
        yield ("result", result.value_start), result_fields(result)


def differences(right: Extraction, given: Extraction, text: str) -> list[Difference]:
    """What is missing, what is too much and which field is wrong, in the order of the record."""

    def label(key: Key, fields: Fields) -> str:
        kind, place = key
        if kind != "result" or not isinstance(place, int):
            return str(place)
        return f"{fields['metric']} {fields['value']} at {text[max(0, place - 20) : place + 12]!r}"

    wanted, had = dict(facts(right)), dict(facts(given))
    lines = []
    for key, fields in wanted.items():
        if key not in had:
            lines.append(Difference(f"{key[0]} missing", label(key, fields)))
            continue
        lines += [
            Difference(f"{key[0]} {name}", f"{label(key, fields)}: {_change(value, had[key][name])}")
            for name, value in fields.items()
            if value != had[key][name]
        ]
    lines += [Difference(f"{key[0]} too much", label(key, fields)) for key, fields in had.items() if key not in wanted]
    return lines


def _change(right: Value, given: Value) -> str:
    if isinstance(right, frozenset) and isinstance(given, frozenset):
        return f"lacks {sorted(right - given)}, has {sorted(given - right)} too much"
    return f"{given!r} instead of {right!r}"


def _twice(keys: Iterable[Key]) -> list[Key]:
    seen = list(keys)
    return sorted({key for key in seen if seen.count(key) > 1}, key=str)


def test_the_truth_is_about_the_sample() -> None:
    assert list(truth()) == list(papers())


@pytest.mark.parametrize("key", papers(), ids=lambda key: key[:40])
def test_the_truth_stands_in_the_text(key: str) -> None:
    text, right = papers()[key].text, truth()[key]
    assert [fault for r in right.results if (fault := result_fault(text, r))] == []
    assert [fault for e in right.entities if (fault := entity_fault(text, e))] == []
    assert [(e.name, m) for e in right.entities for m in e.mentions if m not in text] == []
    assert [r.value for r in right.results if (r.value_start, r.value_end) == (r.start, r.end)] == []
    assert _twice(k for k, _ in facts(right)) == []


@pytest.mark.parametrize("key", papers(), ids=lambda key: key[:40])
def test_a_record_contradicts_neither_the_text_nor_itself(key: str) -> None:
    assert [fault for r in found()[key].results if (fault := result_fault(papers()[key].text, r))] == []
    assert _twice(k for k, _ in facts(found()[key])) == []


class Standing(NamedTuple):
    equal: list[str]
    differences: int


def standing() -> Standing:
    return Standing(**json.loads(STANDING.read_text("utf-8")))


def all_differences() -> dict[str, list[Difference]]:
    return {key: differences(truth()[key], found()[key], paper.text) for key, paper in papers().items()}


@pytest.mark.parametrize("key", standing().equal, ids=lambda key: key[:40])
def test_the_whole_record_is_what_a_reader_puts_down(key: str) -> None:
    lines = differences(truth()[key], found()[key], papers()[key].text)
    assert not lines, "\n".join(f"{d.type}: {d.text}" for d in lines)


def test_the_other_records_do_not_drift_from_what_a_reader_puts_down() -> None:
    lines = [f"{key[:40]}: {d.type}: {d.text}" for key, found in all_differences().items() for d in found]
    assert len(lines) <= standing().differences, "\n".join(lines)


def write_standing() -> str:
    """Writes STANDING from the records as they are; gives the papers lost and the differences by type."""
    lines, before = all_differences(), standing()
    now = Standing([key for key, found in lines.items() if not found], sum(map(len, lines.values())))
    STANDING.write_text(json.dumps(now._asdict(), indent=1) + "\n", "utf-8")
    return "\n".join([
        f"equal as a whole: {len(now.equal)}, lost: {sorted(set(before.equal) - set(now.equal))}",
        f"fields that differ: {now.differences}, before {before.differences}",
        *(f"{n:4d} {kind}" for kind, n in Counter(d.type for found in lines.values() for d in found).most_common()),
    ])  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(write_standing() + "\n")
