"""Opening and caps, broken records, folders, standard input, repeats."""

import gzip
import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import FormatError, InputError, LimitError, RecordError
from kg.readers import merge_repeats, read, read_all
from kg.readers.fields import paper_from, parse_date, split_authors
from kg.readers.open import MAX_RECORD
from kg.records import JSON, Paper, Rejected

LINE = '{"id": "1", "title": "Oak", "abstract": "Tall."}\n'
LONG = (b"x" * 999 + b"\n") * (MAX_RECORD // 999 + 1)
OAK = Paper("Oak", "Tall.", id="1", source="oaks.jsonl")


def write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def rejected(path: Path) -> list[tuple[int | None, str]]:
    rejects: list[Rejected] = []
    list(read(path, on_reject=rejects.append))
    assert all(r.source == path.name and r.stage == "read" for r in rejects)
    return [(r.line, r.reason) for r in rejects]


# Opening


PACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_compression_is_told_by_content_and_leaves_no_trace(tmp_path: Path, suffix: str) -> None:
    pack = PACK[suffix]
    assert list(read(write(tmp_path / f"oaks.jsonl{suffix}", pack(LINE.encode())))) == [OAK]
    (paper,) = read(write(tmp_path / "plain", pack(LINE.encode())))
    assert paper.title == "Oak"


def test_several_compressed_parts_in_one_file(tmp_path: Path) -> None:
    for pack in (gzip.compress, zstandard.compress):
        path = write(tmp_path / "oaks.jsonl", pack(LINE.encode()) + pack(LINE.encode()) + bytes(2000))
        assert list(read(path)) == [OAK, OAK]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_cut_or_damaged_compressed_file_is_an_error(tmp_path: Path, suffix: str) -> None:
    lines = "".join(json.dumps({"title": f"T{n}"}) + "\n" for n in range(20000)).encode()
    packed = PACK[suffix](lines)
    path = write(tmp_path / "oaks", packed[: len(packed) // 2])
    with pytest.raises(FormatError) as error:
        list(read(path))
    assert str(error.value) == f"{path}: the compressed data is cut off"
    write(path, packed[:10] + b"\xff" * 9 + packed[19:])
    with pytest.raises(FormatError) as error:
        list(read(path))
    assert str(error.value).startswith(f"{path}: the compressed data is damaged (")


@pytest.mark.parametrize(("magic", "kind"), [(b"BZh9", "bzip2"), (b"PK\x03\x04", "zip"), (b"%PDF-1.7", "PDF")])
def test_other_containers_are_named(tmp_path: Path, magic: bytes, kind: str) -> None:
    path = write(tmp_path / "x", magic + b"....")
    with pytest.raises(FormatError) as error:
        list(read(path))
    assert str(error.value) == f"{path}: {kind} is not read; give plain text, .gz or .zst"


def test_missing_file() -> None:
    with pytest.raises(InputError) as error:
        list(read("no/such/file"))
    assert str(error.value) == "cannot read no/such/file: No such file or directory"


def test_unknown_format() -> None:
    with pytest.raises(InputError, match=r"^unknown format 'docx'; known formats: pages, jsonl, json, csv"):
        list(read("x", format="docx"))


def test_format_overrides_content(tmp_path: Path) -> None:
    (paper,) = read(write(tmp_path / "x", "id,title\n"), format="text")
    assert paper.title == "id,title"


def test_folder_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a/z.jsonl", ".git/x.jsonl", ".hidden.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, json.dumps({"title": name}))
    assert [p.title for p in read(tmp_path)] == ["a/z.jsonl", "b.jsonl"]
    assert [p.title for p in read_all([tmp_path / "b.jsonl", tmp_path / "a"])] == ["b.jsonl", "a/z.jsonl"]


def test_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        list(read(tmp_path))
    assert str(error.value) == f"no files in the folder {tmp_path}"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LINE.encode()))))
    (paper,) = read("-")
    assert (paper.title, paper.source) == ("Oak", "stdin")


# Caps


BOMBS = {
    "gzip of zeros": gzip.compress(bytes(400 * 2**20), 1),
    "zstd of zeros": zstandard.compress(bytes(400 * 2**20), 1),
    "zstd of short lines": zstandard.compress((LINE * 20).encode() * 300_000, 1),
}


@pytest.mark.parametrize("bomb", list(BOMBS))
def test_a_bomb_is_refused_at_once_in_little_memory(tmp_path: Path, bomb: str) -> None:
    path = write(tmp_path / "bomb", BOMBS[bomb])
    code = (
        "import resource, sys, time\n"
        "from kg.errors import FormatError, LimitError\n"
        "from kg.readers import read\n"
        "idle, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()\n"
        "try:\n"
        "    for paper in read(sys.argv[1], format='jsonl'): pass\n"
        "except LimitError as error:\n"
        "    print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle, error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    seconds, kib, message = run.stdout.strip().split(" ", 2)
    assert "grows more than 200 times" in message or "longer than 16 MiB" in message
    assert float(seconds) < 1
    assert int(kib) < 100 * 1024


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"title": "' + b"x" * MAX_RECORD, "x, line 1: longer than 16 MiB"),
        (b'["' + b"x" * (3 * MAX_RECORD), "x: a JSON value longer than 16 MiB"),
        (b'title,abstract\na,"b\n' + LONG, "x, line 2: a row longer than 16 MiB"),
        (b"@misc{a,\n title={\n" + LONG, "x, line 1: an entry longer than 16 MiB"),
        (b"Title\n" + LONG, "x: longer than 16 MiB, which is no single text"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><x>' + b"y" * (2 * MAX_RECORD), "x: an entry longer than 4 MiB"),
    ],
)
def test_a_record_past_the_cap(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(LimitError) as error:
        list(read(write(tmp_path / "x", data)))
    assert str(error.value) == message


# Broken records


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{]", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b'"text"', 'not a JSON object but "text"'),
        (b"{}", "neither title nor abstract"),
        (b'{"title": " ", "abstract": ""}', "neither title nor abstract"),
        (b'{"title": "caf\xe9"}', "bytes that are not UTF-8"),
        (b'{"title": "a\\ud800b"}', "title holds a lone surrogate or bytes that are not UTF-8"),
        (b'{"title": "a", "authors": ["b\\u0000"]}', "authors holds a NUL character"),
        (b'{"title": 3}', "title is 3, not text"),
        (b'{"title": "a", "abstract": ["b"]}', 'abstract is ["b"], not text'),
        (b'{"title": "a", "id": 1.5}', "id is 1.5, neither text nor a whole number"),
        (b'{"title": "a", "id": true}', "id is true, neither text nor a whole number"),
        (b'{"title": "a", "year": "soon"}', 'year is "soon", not a whole number'),
        (b'{"title": "a", "year": 2020.5}', "year is 2020.5, not a whole number"),
        (b'{"title": "a", "upvotes": -1}', "upvotes is -1, not a whole number"),
        (b'{"title": "a", "authors": 3}', "authors is 3, neither text nor a list"),
        (b'{"title": "a", "authors": [3]}', "authors holds 3, not a name"),
        (b'{"title": "a", "doi": {"x": "' + b"y" * 99 + b'"}}', 'doi is {"x": "' + "y" * 30 + "..., not text"),
        (b"[" * 100_000, "not a record: JSON nested too deeply"),
    ],
)
def test_a_broken_line_is_rejected_and_the_rest_read(tmp_path: Path, line: bytes, reason: str | bytes) -> None:
    path = write(tmp_path / "oaks.jsonl", LINE.encode() + line + b"\n" + LINE.encode())
    rejects: list[Rejected] = []
    expected = reason if isinstance(reason, str) else reason.decode()
    assert list(read(path, on_reject=rejects.append)) == [OAK, OAK]
    raw = line.decode("utf-8", "surrogateescape")
    assert rejects == [Rejected("oaks.jsonl", 2, "read", expected, raw)]


def test_without_a_handler_a_broken_record_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as error:
        list(read(write(tmp_path / "oaks.jsonl", LINE + "{}\n")))
    assert str(error.value) == "oaks.jsonl, line or record 2: neither title nor abstract"


def test_broken_rows_of_a_table(tmp_path: Path) -> None:
    text = 'title,year\nOak,2020\nElm,x\nAsh,1,2\n"Fir" tree,1\n"Yew\nred",2001\nBay,b\xff\n"Open,3\n'
    path = write(tmp_path / "t.csv", text.encode("latin-1"))
    rejects: list[Rejected] = []
    assert [p.title for p in read(path, on_reject=rejects.append)] == ["Oak", "Yew red"]
    assert [(r.line, r.reason, r.record) for r in rejects] == [
        (3, 'year is "x", not a whole number', '{"title": "Elm", "year": "x"}'),
        (4, "3 cells under 2 columns", "Ash,1,2"),
        (5, "broken row: ',' expected after '\"'", '"Fir" tree,1'),
        (8, 'year is "b\\udcff", not a whole number', '{"title": "Bay", "year": "b\\udcff"}'),
        (9, "broken row: unexpected end of data", '"Open,3'),
    ]


def test_a_table_without_title(tmp_path: Path) -> None:
    with pytest.raises(FormatError) as error:
        list(read(write(tmp_path / "t.csv", "name,text\na,b\n"), format="csv"))
    assert str(error.value) == "t.csv: no column 'title' or 'abstract' in its first line: name,text"


def test_broken_members_of_a_json_array(tmp_path: Path) -> None:
    assert rejected(write(tmp_path / "a.json", b'[{"title": "a"}, 3, {"title": "\\ud800"}, {"title": "\xff"}]')) == [
        (2, "not a JSON object but 3"),
        (3, "title holds a lone surrogate or bytes that are not UTF-8"),
        (4, "title holds a lone surrogate or bytes that are not UTF-8"),
    ]


# Fields


@pytest.mark.parametrize(
    ("text", "date", "year"),
    [
        ("2023-05-22", "2023-05-22", 2023),
        ("2023-05-22T10:00:00Z", "2023-05-22", 2023),
        ("2023/5/2", "2023-05-02", 2023),
        ("May 22, 2023", "2023-05-22", 2023),
        ("September 3rd, 2023", "2023-09-03", 2023),
        ("22 May 2023", "2023-05-22", 2023),
        ("Mon, 2 Apr 2007 19:18:42 GMT", "2007-04-02", 2007),
        ("2023-02-30", None, 2023),
        ("May 2023", None, 2023),
        ("2023", None, 2023),
        ("Aug 11", None, None),
        ("12345", None, None),
        ("soon", None, None),
    ],
)
def test_dates(text: str, date: str | None, year: int | None) -> None:
    assert parse_date(text) == (date, year)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann Lee;Bo Chen", ["Ann Lee", "Bo Chen"]),
        ("Lee, Ann; Chen, Bo", ["Lee, Ann", " Chen, Bo"]),
        ("Lee, Ann and Chen, Bo", ["Lee, Ann", "Chen, Bo"]),
        ("Ann Lee, Bo Chen", ["Ann Lee", "Bo Chen"]),
        ("Ann Lee, Bo Chen, and Cy Diaz", ["Ann Lee", "Bo Chen", "Cy Diaz"]),
        ("Ann Lee, Bo Chen & Cy Diaz", ["Ann Lee", "Bo Chen", "Cy Diaz"]),
        ("Lee, Ann", ["Lee, Ann"]),
        ("Ferdinand Andersson", ["Ferdinand Andersson"]),
    ],
)
def test_authors(text: str, names: list[str]) -> None:
    assert split_authors(text) == names


plain_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(str.strip)


@given(plain_text.filter(bool), plain_text)
def test_title_and_abstract_are_untouched(title: str, abstract: str) -> None:
    row: dict[str, JSON] = {"title": title, "abstract": f"  {abstract}\n"}
    paper = paper_from(row, "x")
    assert (paper.title, paper.abstract) == (title, abstract)


# Repeats


def test_repeats_without_id_merge_at_the_place_of_the_first() -> None:
    papers = [
        Paper("Elm", "Old.", id="1"),
        Paper("Oak", "Tall."),
        Paper("Elm", "Old.", id="2"),
        Paper("Ash", "Grey.", upvotes=1),
        Paper("OAK", "Tall trees.", year=2020),
        Paper("Ash", "Grey.", upvotes=5),
    ]
    assert list(merge_repeats(papers)) == [
        papers[0],
        Paper("OAK", "Tall trees.", year=2020),
        papers[2],
        Paper("Ash", "Grey.", upvotes=5),
    ]


def test_papers_with_ids_stream() -> None:
    def endless() -> Iterator[Paper]:
        while True:
            yield OAK

    assert next(merge_repeats(endless())) == OAK


@given(st.lists(st.sampled_from([Paper("Oak", "a"), Paper("oak", "bb"), Paper("Elm", "", year=1), Paper("Elm", "")])))
def test_repeats_merge_to_the_same_papers_in_any_order(papers: list[Paper]) -> None:
    there, back = merge_repeats(papers), merge_repeats(papers[::-1])
    assert {p.key: p for p in there} == {p.key: p for p in back}
    assert list(merge_repeats(merge_repeats(papers))) == list(merge_repeats(papers))


# Whole collections


def test_a_long_file_is_read_in_flat_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for n in range(60_000):
            file.write(json.dumps({"id": n, "title": f"T{n}", "abstract": "word " * 100}) + ",\n")
        file.write("{}]")
    list(read(write(tmp_path / "short.json", "[]")))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    assert sum(1 for _ in read(path, on_reject=lambda _: None)) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    assert time.process_time() - start < 60


@pytest.mark.shared
def test_the_whole_corpus_without_rejects(shared: Path) -> None:
    count = with_authors = 0
    for paper in read(shared / "corpus" / "conference_abstracts.jsonl.gz"):
        count += 1
        with_authors += bool(paper.authors)
        assert paper.id
        assert paper.year
        assert paper.venue
    assert (count, with_authors) == (87_261, 87_246)
