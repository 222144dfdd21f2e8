"""Reading annotated papers."""

import json
from pathlib import Path

import pytest
from annotated import annotated, plain, rich, write
from gold_records import entity, record, result

from kg.errors import InputError
from kg.records import JSON
from kg.train import standoff
from kg.train.gold import read_papers, records_in


def test_what_a_curator_put_down(tmp_path: Path) -> None:
    second, first = annotated(tmp_path, [plain("p2", "LumaNet", 60.5), rich()])
    assert [second.paper.id, first.paper.id] == ["p2", "p1"], "in the order of the records"
    assert first.text == f"{first.paper.title}\n{first.paper.abstract}"
    assert [(e.kind, e.surfaces, e.role, e.named) for e in first.entities] == [
        ("method", ("QuillNet", "QuillNet"), "proposed", True),
        ("method", ("BarNet", "BarNet"), "compared", True),
        ("dataset", ("FooBench", "FooBench"), "evaluated", None),
        ("metric", ("accuracy", "accuracy"), None, None),
        ("metric", ("recall", "recall"), None, None),
        ("task", ("tree search", "Tree Search"), None, None),
    ]
    assert [(r.metric, r.value, r.unit, r.kind, r.direction, r.own, r.method, r.baseline) for r in first.results] == [
        ("accuracy", 91.2, "%", "absolute", None, True, "QuillNet", None),
        ("accuracy", 88.5, "%", "absolute", None, False, "BarNet", None),
        ("recall", 3, "points", "change", "up", True, "QuillNet", "BarNet"),
    ]


def test_keys_join_spellings_and_leave_generic_nouns_out(tmp_path: Path) -> None:
    surfaces: dict[str, JSON] = {"name": "CIFAR-10", "mentions": ["CIFAR10", "CIFAR 10 dataset"], "role": "evaluated"}
    paper, _ = rich(abstract="CIFAR10, the CIFAR 10 dataset.")
    (found,) = annotated(tmp_path, [(paper, record("p1", datasets=[surfaces]))])
    assert found.entities[0].keys == {"cifar10"}


def test_empty_lines_and_line_separators_part_no_records(tmp_path: Path) -> None:
    paper, _ = rich(abstract="Foo\N{LINE SEPARATOR}Bench\x85 is here.")
    row = record("p1", datasets=[entity("Foo\N{LINE SEPARATOR}Bench\x85", role="evaluated")])
    records, papers = write(tmp_path, [(paper, row)])
    records.write_text("\n" + records.read_text("utf-8") + "\n", encoding="utf-8")
    assert list(records_in(records)) == [row]
    (found,) = read_papers(records, papers)
    assert found.entities[0].surfaces[0] in found.text


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", r"gold\.jsonl, line 2: not JSON: Expecting value"),
        ("[1]", r"gold\.jsonl, line 2: a record is a JSON object"),
        ('{"id": "p1"}', r"gold\.jsonl, line 2: record: 'methods' is missing"),
        (json.dumps(record("nobody")), r"gold\.jsonl, line 2: no paper has the id 'nobody'"),
        (json.dumps(record("p1", methods=[entity("QuillNet", named=True)])), r"method 'QuillNet': 'role' is missing"),
        (
            json.dumps(record("p1", datasets=[entity("FooBench", role="eaten")])),
            r"line 2: dataset 'FooBench': 'role' must be one of introduced, .*, not 'eaten'",
        ),
        (
            json.dumps(record("p1", metrics=[entity("a")], results=[result("a", 3, kind="sum", evidence="3")])),
            r"line 2: result 1: 'kind' must be one of absolute, change, ratio, not 'sum'",
        ),
        (json.dumps(record("p1", results=[{"metric": "accuracy"}])), r"line 2: result 1: 'value' must be a finite"),
    ],
)
def test_a_record_that_cannot_be_used_is_named(tmp_path: Path, line: str, message: str) -> None:
    records, papers = write(tmp_path, [rich()])
    with records.open("a") as file:
        file.write(f"{line}\n")
    with pytest.raises(InputError, match=message):
        list(read_papers(records, papers))


def test_offsets_in_place_of_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records, papers = write(tmp_path, [rich(), plain("p2", "LumaNet", 60.5)])
    standoff.main(records, papers)
    written = capsys.readouterr().out
    (tmp_path / "standoff.jsonl").write_text(written, encoding="utf-8")
    first, second = map(json.loads, written.splitlines())
    assert first["methods"][0] == {"name": "QuillNet", "mentions": [[0, 8]], "role": "proposed", "named": True}
    assert [type(r["evidence"]) for r in (*first["results"], *second["results"])] == [list] * 4
    assert list(read_papers(tmp_path / "standoff.jsonl", papers)) == list(read_papers(records, papers))


def test_words_of_a_standoff_record_are_short_names_or_the_curators_own() -> None:
    name = "a tree search of six words at night"
    own = "averaged over trees, by day and by night"
    written = standoff.emptied({"name": name, "setting": own, "task": "tree search"}, f"We do {name}.")
    assert written == {"name": [6, 6 + len(name)], "setting": own, "task": "tree search"}


def test_offsets_outside_of_the_text_are_told(tmp_path: Path) -> None:
    records, papers = write(tmp_path, [rich()])
    records.write_text(json.dumps(record("p1", tasks=[{"name": "x", "mentions": [[0, 9000]]}])), encoding="utf-8")
    with pytest.raises(InputError, match=r"gold\.jsonl, line 1: 0:9000 is no place in a text of \d+ characters"):
        list(read_papers(records, papers))
