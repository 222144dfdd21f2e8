"""Every format gives the papers it holds; the same paper from each, told by content alone."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import FormatError, InputError
from kg.readers import FORMATS, read
from kg.readers.detect import detect
from kg.readers.latex import accents, plain
from kg.record_json import paper_to_json
from kg.records import JSON, Paper, Rejected


def papers_of(folder: Path, text: str | bytes, name: str = "input") -> tuple[list[Paper], list[Rejected]]:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
    rejects: list[Rejected] = []
    return list(read(path, on_reject=rejects.append)), rejects


OAK = Paper(
    "Oak: slow trees",
    "We grow 3 oaks.\nThey are tall.",
    id="a/1",
    authors=("Ann Lee", "Bo Chen"),
    year=2021,
    date="2021-05-04",
    doi="10.1/oak",
    url="https://example.org/oak",
    source="input",
    venue="Woods",
    upvotes=3,
)
ELM = Paper("Elm", "", id="2", source="input")
OAK_ROW: dict[str, JSON] = {
    "ID": "a/1",
    "Title": " Oak:\n  slow trees ",
    "summary": "We grow 3 oaks.\nThey are tall.\n",
    "authors": ["Lee, Ann", {"name": "Bo  Chen"}],
    "published": "2021-05-04T10:00:00Z",
    "DOI": "https://doi.org/10.1/oak",
    "link": "https://example.org/oak",
    "journal": "Woods",
    "upvotes": "3",
    "keywords": ["trees"],
}
ELM_ROW: dict[str, JSON] = {"id": 2, "title": "Elm", "abstract": None, "year": ""}


def test_json_lines(tmp_path: Path) -> None:
    text = f"\ufeff{json.dumps(OAK_ROW)}\n\n{json.dumps(ELM_ROW)}"
    assert papers_of(tmp_path, text) == ([OAK, ELM], [])


@pytest.mark.parametrize("indent", [None, 2])
def test_json_array(tmp_path: Path, indent: int | None) -> None:
    assert papers_of(tmp_path, json.dumps([OAK_ROW, ELM_ROW], indent=indent)) == ([OAK, ELM], [])


def test_json_objects_over_several_lines(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(row, indent=1) for row in (OAK_ROW, ELM_ROW))
    assert papers_of(tmp_path, text) == ([OAK, ELM], [])


def test_a_json_array_longer_than_a_block(tmp_path: Path) -> None:
    rows: list[JSON] = [{"id": n, "title": f"T{n}", "abstract": "é" * (7 * n)} for n in range(300)]
    papers, rejects = papers_of(tmp_path, json.dumps(rows, ensure_ascii=False))
    assert rejects == []
    assert [(int(p.id), p.title, len(p.abstract)) for p in papers] == [(n, f"T{n}", 7 * n) for n in range(300)]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_tables(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["id", "Title", "abstract", "authors", "date", "doi", "url", "venue", "upvotes", "mood"],
        *[["a/1", "Oak: slow trees", '"We grow 3 oaks.\nThey are tall."', "Lee, Ann and Chen, Bo", "May 4, 2021"]],
        ["2", "Elm"],
    ]
    rows[1] += ["10.1/oak", "https://example.org/oak", "Woods", "3.0", ""]
    quoted = [[f'"{c}"' if delimiter in c and '"' not in c else c for c in row] for row in rows]
    text = "\r\n".join(delimiter.join(row) for row in quoted) + "\r\n\r\n"
    papers, rejects = papers_of(tmp_path, text)
    assert rejects == []
    assert papers == [OAK, ELM]


def test_arxiv_snapshot(tmp_path: Path) -> None:
    row = {
        "id": "2105.00001",
        "authors": "ignored",
        "title": "Oak: slow\n  trees",
        "journal-ref": "Woods 3 (2021)",
        "doi": None,
        "abstract": "  We grow\nmany oaks at $x^2$.\n  They are tall.\n",
        "versions": [{"version": "v1", "created": "Tue, 4 May 2021 10:00:00 GMT"}, {"version": "v2", "created": "x"}],
        "update_date": "2022-01-01",
        "authors_parsed": [["Bal\\'azs", "Ann", ""], ["Chen", "Bo", "Jr", "Wood Institute"]],
    }
    bare = {"id": "hep-th/9901001", "title": "Elm", "abstract": "A tree.", "update_date": "2007-05-23"}
    bare["authors"] = "E. L. Berger (1), P. Nadolsky, and C.-P. Yuan (2)"
    assert papers_of(tmp_path, f"{json.dumps(row)}\n{json.dumps(bare)}\n") == (
        [
            Paper(
                "Oak: slow trees",
                "We grow many oaks at $x^2$.\nThey are tall.",
                id="2105.00001",
                authors=("Ann Balázs", "Bo Chen Jr"),
                year=2021,
                date="2021-05-04",
                arxiv="2105.00001",
                url="https://arxiv.org/abs/2105.00001",
                source="input",
                venue="Woods 3 (2021)",
            ),
            Paper(
                "Elm",
                "A tree.",
                id="hep-th/9901001",
                authors=("E. L. Berger", "P. Nadolsky", "C.-P. Yuan"),
                year=2007,
                date="2007-05-23",
                arxiv="hep-th/9901001",
                url="https://arxiv.org/abs/hep-th/9901001",
                source="input",
            ),
        ],
        [],
    )


ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>A query</title>
<entry><id>http://arxiv.org/abs/2105.00001v2</id><published>2021-05-04T10:00:00Z</published>
<title>Oak: slow
  trees</title><summary>  We grow
3 oaks.
  They are tall.
</summary><author><name>Ann Lee</name></author><author><name>Bo Chen</name></author>
<arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1/oak</arxiv:doi>
<arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">Woods</arxiv:journal_ref></entry>
<entry><id>tag:elm</id><title>Elm</title><link href="https://example.org/elm"/></entry>
<entry><id>tag:none</id></entry>
</feed>"""


def test_atom(tmp_path: Path) -> None:
    papers, rejects = papers_of(tmp_path, ATOM)
    assert papers == [
        Paper(
            "Oak: slow trees",
            "We grow 3 oaks.\nThey are tall.",
            id="2105.00001",
            authors=("Ann Lee", "Bo Chen"),
            year=2021,
            date="2021-05-04",
            doi="10.1/oak",
            arxiv="2105.00001",
            url="https://arxiv.org/abs/2105.00001",
            source="input",
            venue="Woods",
        ),
        Paper("Elm", "", id="tag:elm", url="https://example.org/elm", source="input"),
    ]
    assert [(r.line, r.reason) for r in rejects] == [(3, "neither title nor abstract")]


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (ATOM[:-20], "input: broken XML after entry 2: "),
        (
            ATOM.replace("<feed", '<!DOCTYPE f [<!ENTITY a "b">]><feed', 1),
            "input: XML with a DTD or entities is refused: DTDForbidden",
        ),
    ],
)
def test_broken_or_dangerous_xml(tmp_path: Path, xml: str, message: str) -> None:
    with pytest.raises(FormatError) as error:
        papers_of(tmp_path, xml)
    assert str(error.value).startswith(message)


BIBTEX = r"""% trees
@string{woods = "Woods"}
@comment{not {read}}
Between entries.
@article{oak,
  title = {{Oak}: slow  trees at 5\% of $x_{1}^{2}$},
  author = "Lee, Ann and {\O}rsted, Bo and Diaz, Jr, Cy and others",
  journal = woods # { 2021},
  year = 2021, month = may, doi = {10.1/oak},
  eprint = {2105.00001}, archivePrefix = {arXiv},
  abstract = {We grow 3 "oaks" \cite{x}, see user@name{1}.
      They are tall.}
}
@misc{open, title = {Never {closed}
@book{elm, title = "Elm", year = {in press}}
@book{, title = }
"""


def test_bibtex(tmp_path: Path) -> None:
    papers, rejects = papers_of(tmp_path, BIBTEX)
    assert papers == [
        Paper(
            "Oak: slow trees at 5% of $x_{1}^{2}$",
            r'We grow 3 "oaks" \cite{x}, see user@name1. They are tall.',
            id="oak",
            authors=("Ann Lee", "Bo Ørsted", "Cy Diaz Jr"),
            year=2021,
            doi="10.1/oak",
            arxiv="2105.00001",
            source="input",
            venue="Woods 2021",
        ),
        Paper("Elm", "", id="elm", source="input"),
    ]
    assert [(r.line, r.reason, r.record) for r in rejects] == [
        (
            14,
            "broken BibTeX entry: no end of the value at '{Never {closed}'",
            "@misc{open, title = {Never {closed}",
        ),
        (16, "broken BibTeX entry: no value at '}'", "@book{, title = }"),
    ]


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"Bal\'azs", "Balázs"),
        (r"Erd{\H o}s", "Erdős"),
        (r"{\'{\i}}", "í"),
        (r"G{\"{o}}del", "Gödel"),
        (r"\v{S}ar\=a", "Šarā"),
        (r"Stra\ss e", "Straße"),
        (r"{\AA}s", "Ås"),
        (r"\omega \leq \in", r"\omega \leq \in"),
    ],
)
def test_accents(latex: str, text: str) -> None:
    assert accents(latex) == text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{BERT} and {D}eep {N{\"e}t}", "BERT and Deep Nët"),
        (r"95\% of \textbf{big {A}}", r"95% of \textbf{big A}"),
        (r"$\frac{1}{2}$ \{x\}", r"$\frac{1}{2}$ \{x\}"),
        ("5 $ and {x}", "5 $ and x"),
    ],
)
def test_plain(latex: str, text: str) -> None:
    assert plain(latex) == text


def test_plain_text(tmp_path: Path) -> None:
    papers, _ = papers_of(tmp_path, "Oak\r\n\r\nWe grow 3 oaks.\r\nThey are tall.\r\n")
    assert papers == [Paper("Oak", "We grow 3 oaks.\nThey are tall.", source="input")]


@pytest.mark.parametrize(
    ("head", "format"),
    [
        (b'{"title": "T", "abstract": "A"}', "jsonl"),
        (b'{"title": "T", "abstr', "jsonl"),
        (b"broken {\n", "text"),
        (b'{broken\n{"title": "T", "abstract": "A", "versions": []}', "arxiv"),
        (b'{"source": "x", "line": 1, "stage": "read", "reason": "r", "sha256": "0", "record": "{}"}', "quarantine"),
        (b'{\n "title"', "json"),
        (b"\xef\xbb\xbf [", "json"),
        (b"id,title\n", "csv"),
        (b"id\ttitle\tabstract\n", "tsv"),
        (b"title and abstract\n", "text"),
        (b"\n  @article{x,\n", "bibtex"),
        (b"@home: a title\n", "text"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "atom"),
        (b"Sand\n  \xe2\x80\xa2 3 authors\n\xc2\xb7\n", "pages"),
        ("é".encode() * 40 + b"\xc3", "text"),
    ],
)
def test_detect(head: bytes, format: str) -> None:
    assert format in FORMATS
    assert detect("input", head) == format


KNOWN = "known formats: pages, jsonl, json, csv, tsv, arxiv, atom, bibtex, text, quarantine (each also as .gz or .zst)"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", f"input: empty; {KNOWN}"),
        (b" \n", f"input: empty; {KNOWN}"),
        (b"<html><body>", f"input: XML or HTML, but no Atom feed; {KNOWN}"),
        (b"\x89PNG\r\n\x1a\n\0\0", f"input: not a text in UTF-8; {KNOWN}"),
        (b"caf\xe9 au lait", f"input: not a text in UTF-8; {KNOWN}"),
    ],
)
def test_nothing_known(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as error:
        papers_of(tmp_path, data)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "count", "message"),
    [
        ('[{"title": "A"}, {"title": "B"', 1, "input: the JSON breaks after record 1: Expecting ',' delimiter"),
        ('[{"title": "A"}', 1, "input: the JSON array breaks off after record 1"),
        ('[{"title": "A"}, ', 1, "input: the JSON array breaks off after record 1"),
        ('[{"title": "A"}] x', 1, "input: more text after the end of the JSON array"),
        ("[" * 100_000, 0, "input: the JSON breaks after record 0: nested too deeply"),
    ],
)
def test_json_that_breaks_off(tmp_path: Path, text: str, count: int, message: str) -> None:
    path = tmp_path / "input"
    path.write_text(text, "utf-8")
    papers = read(path)
    assert [next(papers).title for _ in range(count)] == ["A"] * count
    with pytest.raises(FormatError) as error:
        next(papers)
    assert str(error.value) == message


SEEDS = [
    json.dumps(OAK_ROW),
    json.dumps([OAK_ROW, ELM_ROW]),
    "id,title\n1,Oak\n",
    "id\ttitle\n1\tOak\n",
    ATOM,
    BIBTEX,
    "Get trending papers in your email inbox!\nSubscribeOak\nTall.\n  • 7 authors\n·\nMay 22, 2023 12\n",
    Rejected("a", 1, "read", "r", "Oak\nTall.").to_json(),
]
JUNK = [b"{", b"}", b'"', b"\n", b"\xff", b"\0", b"@a{b,", b"&#0;", b"\\ud800"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.sampled_from(SEEDS),
    cut=st.integers(0, 400),
    junk=st.binary(max_size=6)
    | st.sampled_from([b"{", b"}", b'"', b"\n", b"\xff", b"\0", b"@a{b,", b"&#0;", b"\\ud800"]),
    format=st.none() | st.sampled_from(list(FORMATS)),
)
def test_whatever_comes_is_read_rejected_or_refused(
    tmp_path: Path, seed: str, cut: int, junk: bytes, format: str | None
) -> None:
    path = tmp_path / "input"
    data = seed.encode()
    path.write_bytes(data[:cut] + junk + data[cut:])
    rejects: list[Rejected] = []
    papers: list[Paper] = []
    with suppress(InputError):
        papers.extend(read(path, format=format, on_reject=rejects.append))
    for paper in papers:
        assert paper.text.strip()
        json.dumps(paper_to_json(paper), ensure_ascii=False).encode()
    assert all(r.reason and r.stage == "read" for r in rejects)
