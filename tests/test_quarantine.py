"""The quarantine file: made when needed, appended to, read back, and its repaired records read again."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import InputError, RecordError
from kg.quarantine import Quarantine, parse_rejected, read_quarantine
from kg.readers import read
from kg.records import Paper, Rejected

NO_TEXT = Rejected("a.jsonl", 3, "read", "neither title nor abstract", '{"id": 7}')
BROKEN = Rejected("b.jsonl", None, "write", "null key", '{"title": "\ud800"}')


def test_no_file_without_a_reject(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    with Quarantine(path) as quarantine:
        assert quarantine.total == 0
    assert not path.exists()


def test_lines_counts_and_reading_back(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    with Quarantine(path) as quarantine:
        for rejected in (NO_TEXT, BROKEN, NO_TEXT):
            quarantine(rejected)
    assert quarantine.counts == {("read", "neither title nor abstract"): 2, ("write", "null key"): 1}
    assert quarantine.total == 3
    assert list(read_quarantine(path)) == [NO_TEXT, BROKEN, NO_TEXT]
    assert json.loads(path.read_text("ascii").splitlines()[0]) == {
        "line": 3,
        "reason": "neither title nor abstract",
        "record": '{"id": 7}',
        "sha256": NO_TEXT.sha256,
        "source": "a.jsonl",
        "stage": "read",
    }


def test_a_second_run_appends_after_a_line_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    path.write_text(NO_TEXT.to_json() + '\n{"cut', "ascii")
    with Quarantine(path) as quarantine:
        quarantine(BROKEN)
    first, cut, last = path.read_text("ascii").splitlines()
    assert (parse_rejected(first), cut, parse_rejected(last)) == (NO_TEXT, '{"cut', BROKEN)
    with pytest.raises(InputError, match=r"quarantine.jsonl, line 2: not JSON: "):
        list(read_quarantine(path))


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "none" / "quarantine.jsonl"
    with Quarantine(path) as quarantine, pytest.raises(InputError) as error:
        quarantine(NO_TEXT)
    assert str(error.value) == f"cannot write the quarantine file {path}: No such file or directory"
    assert quarantine.total == 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        list(read_quarantine(tmp_path / "x.jsonl"))
    assert str(error.value) == f"cannot read the quarantine file {tmp_path / 'x.jsonl'}: No such file or directory"


@pytest.mark.parametrize(
    "line",
    ["[]", '{"source": "a"}', '{"source": "a", "line": 1, "stage": "sing", "reason": "r", "record": "x"}'],
)
def test_what_is_no_quarantine_line(line: str) -> None:
    with pytest.raises(RecordError) as error:
        parse_rejected(line)
    assert str(error.value) == "not a quarantine line: it needs source, line, stage, reason and record"


@given(st.builds(Rejected, st.text(), st.none() | st.integers(), st.just("extract"), st.text(), st.text()))
def test_any_reject_comes_back(rejected: Rejected) -> None:
    assert parse_rejected(rejected.to_json()) == rejected


REPAIRED = [
    ('{"id": 7, "title": "Oak"}', Paper("Oak", "", id="7", source="old.src")),
    ('{"id": "2105.1", "title": "Oak", "abstract": "Tall.", "versions": []}', "2105.1"),
    ("@misc{oak, title = {Oak}}", Paper("Oak", "", id="oak", source="old.src")),
    ("Oak\nTall trees.", Paper("Oak", "Tall trees.", source="old.src")),
    (
        '<a:entry xmlns:a="http://www.w3.org/2005/Atom"><a:id>x:1</a:id><a:title>Oak</a:title></a:entry>',
        Paper("Oak", "", id="x:1", source="old.src"),
    ),
]


@pytest.mark.parametrize(("record", "expected"), REPAIRED)
def test_repaired_records_are_read_by_their_own_reader(tmp_path: Path, record: str, expected: Paper | str) -> None:
    path = tmp_path / "quarantine.jsonl"
    path.write_text(Rejected("old.src", 9, "read", "was broken", record).to_json() + "\n", "ascii")
    (paper,) = read(path)
    assert expected in (paper, paper.arxiv)


def test_what_is_still_broken_keeps_its_place(tmp_path: Path) -> None:
    bad_bytes = Rejected("c.jsonl", 4, "read", "bytes that are not UTF-8", '{"title": "\udcff"}')
    html = Rejected("d.html", None, "read", "x", "<html>")
    path = tmp_path / "quarantine.jsonl"
    with Quarantine(path) as quarantine:
        for rejected in (NO_TEXT, bad_bytes, html):
            quarantine(rejected)
    path.write_text(path.read_text("ascii") + "{}\n", "ascii")
    rejects: list[Rejected] = []
    assert list(read(path, on_reject=rejects.append)) == []
    assert rejects[:2] == [NO_TEXT, bad_bytes]
    assert (rejects[2].source, rejects[2].reason.split(";")[0]) == (
        "d.html",
        "d.html: XML or HTML, but no Atom feed",
    )
    assert (rejects[3].source, rejects[3].line) == ("quarantine.jsonl", 4)


def test_reading_a_quarantine_file_while_appending_to_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "quarantine.jsonl"
    with Quarantine(path) as quarantine:
        quarantine(NO_TEXT)
        assert list(read(path, on_reject=quarantine)) == []
    assert list(read_quarantine(path)) == [NO_TEXT, NO_TEXT]
