"""Values that break careless loaders: each ends in the graph or in quarantine with a reason, and the rest is loaded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from loading import clean_dump, dump
from made_up import Record, record, records
from naughty import STRINGS

import kg
from kg.build import BuildReport, load
from kg.quarantine import read_quarantine

GOOD = records(range(1000, 1020))


def with_text(number: int, text: str) -> Record:
    """A paper with this text in every place that takes one, its facts among them."""
    row: Record = {**record(number), "id": text, "title": text, "authors": [text[:2000]], "venue": text, "doi": text}
    row["abstract"] = f"Case {number}: we train {text} on FenBench and it reaches 71.5 points of {text}."
    row |= {key: [] for key in ("methods", "metrics", "datasets", "tasks", "results")}
    if text:
        fact: Record = {"name": text, "mentions": [text]}
        result: Record = {"metric": text, "value": 71.5, "method": text, "setting": text, "own": True}
        method: Record = {**fact, "role": "used"}
        row |= {"methods": [method], "metrics": [fact], "tasks": [fact]}
        row["results"] = [{**result, "evidence": f"it reaches 71.5 points of {text}"}]
    return row


BROKEN: dict[str, Record | str] = {
    "null id": {**record(1), "id": None},
    "empty id": {**record(2), "id": ""},
    "id past 64 bits": {**record(3), "id": 2**70},
    "id of a list": {**record(4), "id": ["a"]},
    "no title": {**record(5), "title": None},
    "no text": {"id": "x", "title": None, "abstract": None},
    "empty text": {**record(6), "title": "", "abstract": ""},
    "year past 64 bits": {**record(7), "year": 2**63},
    "year far past": {**record(8), "year": 10**4000},
    "year past what Python reads": json.dumps(record(9)).replace('"year": 2009', f'"year": {"9" * 5000}'),
    "upvotes under 64 bits": {**record(10), "upvotes": -(2**63) - 1},
    "year not a number": json.dumps(record(11)).replace('"year": 2011', '"year": NaN'),
    "value not a number": json.dumps(record(12)).replace('"own": true', '"own": true, "value": NaN'),
    "value infinite": json.dumps(record(13)).replace('"own": true', '"own": true, "value": -Infinity'),
    "value past floats": json.dumps(record(14)).replace('"own": true', '"own": true, "value": 1e999'),
    "whole value past floats": json.dumps(record(15)).replace('"own": true', f'"own": true, "value": {"9" * 400}'),
    "confidence not a number": json.dumps(record(16)).replace('"own": true', '"own": true, "confidence": NaN'),
    "surrogate in the title": {**record(17), "title": "a \ud800 b"},
    "surrogate in the abstract": {**record(18), "abstract": "\udfff"},
    "surrogate in an author": {**record(19), "authors": ["\ud800"]},
    "surrogate in a venue": {**record(20), "venue": "\udc00x"},
    "surrogate in a name": with_text(21, "half \ud83d"),
    "NUL in the title": {**record(22), "title": "a\0b"},
    "NUL in an author": {**record(23), "authors": ["a\0b"]},
    "NUL in a name": with_text(24, "NUL\0inside"),
    "a very long author": {**record(25), "authors": ["a" * 9000]},
    "authors not a list": {**record(26), "authors": "Ada"},
    "offsets far out": {
        **record(27),
        "tasks": [{"name": "a", "mentions": ["a"], "startChar": 2**70, "endChar": 2**71}],
    },
    "a number for a name": {**record(28), "methods": [{"name": 7, "mentions": ["7"]}]},
    "nested too deeply": "[" * 100_000,
    "deep inside": json.dumps(record(29)).replace('"year": 2004', f'"year": {"[" * 90_000}{"]" * 90_000}'),
    "cut off": json.dumps(record(30))[:-40],
    "no object": "[1, 2]",
    "a byte that is no UTF-8": json.dumps(record(31)).replace("Quiet", "Qui\udce9t"),
}
SOUND: dict[str, Record] = {
    "a megabyte": {**record(40), "abstract": f"{record(40)['abstract']} {'Words about nothing much. ' * 42_000}"},
    "ten thousand authors": {**record(41), "authors": [f"Author {n} Many" for n in range(10_000)]},
    "one author many times": {**record(42), "authors": ["Ada Quill"] * 500},
    "one id, one text": {**record(43), "id": "same"},
    "one id, another text": {**record(44), "id": "same"},
    "one title, a longer text": record(43, version=1),
    "the least number": {**record(45), "upvotes": -(2**63)},
    "the greatest number": {**record(46), "upvotes": 2**63 - 1},
}


HARMLESS = {"null id", "empty id", "id past 64 bits", "no title"}
"""Of the above: the id that an input gives is no key, and a paper without a title is known by its abstract."""


def written(path: Path, rows: Sequence[Record | str]) -> Path:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def loaded(url: str, path: Path, quarantine: Path | None = None) -> BuildReport:
    with kg.open_store(url) as store:
        report = load([path], store, quarantine=quarantine)
    assert report.read == report.written + report.merged + report.unchanged + report.quarantined
    return report


def standing(url: str, rows: Sequence[Record]) -> list[Record]:
    """Those of the papers that the graph has, with this text or a longer one."""
    papers = [kg.Paper(str(row["title"] or ""), str(row["abstract"] or "")) for row in rows]
    with kg.open_store(url, read_only=True) as store:
        found = {key: len(stored.paper.abstract) for key, stored in store.papers([p.key for p in papers]).items()}
    return [row for row, paper in zip(rows, papers, strict=True) if found.get(paper.key, -1) >= len(paper.abstract)]


def test_every_poison_has_its_place(store_url: str, tmp_path: Path) -> None:
    """Into an empty store, and again onto what is there then."""
    odd = [with_text(2000 + n, text) for n, text in enumerate(STRINGS)]
    rows = [*GOOD[:10], *BROKEN.values(), *odd, *SOUND.values(), *GOOD[10:]]
    path, quarantine = written(tmp_path / "poison.jsonl", rows), tmp_path / "quarantine.jsonl"
    report = loaded(store_url, path, quarantine)
    assert report.read == len(rows)
    rejected = list(read_quarantine(quarantine))
    assert (report.quarantined, len(rejected)) == (len(BROKEN) - len(HARMLESS),) * 2
    assert all(r.reason and r.record for r in rejected)
    in_place = [*GOOD, *odd, *SOUND.values()]
    in_place += [row for label, row in BROKEN.items() if label in HARMLESS and isinstance(row, dict)]
    assert standing(store_url, in_place) == in_place
    first = dump(store_url)
    again = loaded(store_url, path)
    assert (again.quarantined, again.written, again.merged) == (len(rejected), 0, 0)
    assert dump(store_url) == first == clean_dump(tmp_path / "clean", [path])


FIELDS: dict[str, Record] = {
    "a number past 64 bits": {"upvotes": 2**63},
    "a surrogate in the venue": {"venue": "\udc00 and longer"},
    "a NUL among more authors": {"authors": [*map(str, range(8)), "a\0b"]},
    "a very long name among more authors": {"authors": [*map(str, range(8)), "a" * 9000]},
}
"""Values that would be merged into a paper whose text is there already."""


@pytest.mark.parametrize("fault", list(FIELDS))
def test_poison_for_a_paper_that_is_there(store_url: str, tmp_path: Path, fault: str) -> None:
    """The run goes on, and the record comes back with its facts once it is repaired."""
    loaded(store_url, written(tmp_path / "good.jsonl", GOOD))
    before = dump(store_url)
    rows: list[Record] = [*GOOD[:5], {**GOOD[5], **FIELDS[fault]}, *GOOD[6:]]
    quarantine = tmp_path / "quarantine.jsonl"
    report = loaded(store_url, written(tmp_path / "poison.jsonl", rows), quarantine)
    assert report == BuildReport(read=len(GOOD), unchanged=len(GOOD) - 1, quarantined=1)
    assert dump(store_url) == before
    (rejected,) = read_quarantine(quarantine)
    repaired = json.loads(rejected.record) | {key: GOOD[5].get(key) for key in FIELDS[fault]}
    line = json.loads(rejected.to_json()) | {"record": json.dumps(repaired)}
    assert loaded(store_url, written(tmp_path / "again.jsonl", [line])) == BuildReport(read=1, unchanged=1)
    assert dump(store_url) == before


def test_a_repaired_quarantine_file_is_loaded(store_url: str, tmp_path: Path) -> None:
    """Records of each stage; what is still broken keeps its first place."""
    rows: list[Record | str] = [
        json.dumps(GOOD[0])[:-1],
        {**GOOD[1], "title": f"{GOOD[1]['title']}\0"},
        {**GOOD[2], "year": 2**63},
        {**GOOD[3], "authors": 7},
        {**GOOD[4], "title": 7},
    ]
    path, quarantine = written(tmp_path / "poison.jsonl", rows), tmp_path / "quarantine.jsonl"
    assert loaded(store_url, path, quarantine) == BuildReport(read=5, quarantined=5)
    lines = [json.loads(line) for line in quarantine.read_text("ascii").splitlines()]
    assert sorted((row["stage"], row["line"] or 0) for row in lines) == [
        ("read", 1),
        ("read", 4),
        ("read", 5),
        ("resolve", 0),
        ("resolve", 0),
    ]
    for line in lines:
        for good in GOOD[:4]:
            if str(good["abstract"]) in line["record"]:
                line["record"] = json.dumps(good)
    still = tmp_path / "still.jsonl"
    report = loaded(store_url, written(tmp_path / "repaired.jsonl", lines), still)
    assert report == BuildReport(read=5, written=4, quarantined=1)
    (last,) = read_quarantine(still)
    assert (last.line, last.reason) == (5, "record: 'title' must be a string, not a whole number")
    assert dump(store_url) == clean_dump(tmp_path / "clean", [written(tmp_path / "good.jsonl", GOOD[:4])])
