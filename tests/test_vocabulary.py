import json
import sys
from pathlib import Path

import pytest
import spacy

from kg import data
from kg.extraction.abbreviations import find_abbreviations
from kg.extraction.gazetteer import Gazetteer, phrase_key
from kg.train import vocabulary
from kg.train.gold import AnnotatedPaper, read_papers
from kg.train.teach import candidate_rows
from kg.train.vocabulary import listed_in, write

PAPERS = [
    ("p1", "QuillNet: Tree Search", "QuillNet is tested on FooBench with a quill of glue."),
    ("p2", "Glue", "We use FooBench and QuillNet for tree search."),
    ("p3", "Nothing", "Foobench and tree search."),
]
GOLD = [
    {
        "id": "p1",
        "methods": [{"name": "QuillNet", "mentions": ["QuillNet"], "role": "proposed", "named": True}],
        "datasets": [{"name": "FooBench", "mentions": ["FooBench"], "role": "evaluated"}],
        "metrics": [],
        "tasks": [{"name": "tree search", "mentions": ["Tree Search"]}],
        "results": [],
    },
    {
        "id": "p2",
        "methods": [{"name": "QuillNet", "mentions": ["QuillNet"], "role": "used", "named": True}],
        "datasets": [],
        "metrics": [],
        "tasks": [{"name": "tree search", "mentions": ["tree search"]}],
        "results": [],
    },
    {"id": "p3", "methods": [], "datasets": [], "metrics": [], "tasks": [], "results": []},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("gold", "vocab", "ner"):
        (tmp_path / name).mkdir()
    papers = [{"id": i, "title": t, "abstract": a} for i, t, a in PAPERS]
    (tmp_path / "gold" / "train.papers.jsonl").write_text("".join(json.dumps(p) + "\n" for p in papers))
    (tmp_path / "gold" / "train.jsonl").write_text("".join(json.dumps(g) + "\n" for g in GOLD))
    (tmp_path / "vocab" / "pwc_datasets.tsv").write_text('12\tGLUE\n3\tOther "Set"\n')
    (tmp_path / "vocab" / "pwc_metrics.tsv").write_text("")
    (tmp_path / "vocab" / "pwc_tasks.tsv").write_text("4\tTree Search\n")
    spans = [
        {"tokens": ["the", "Lazy", "-", "Grid", "wins"], "entities": [[1, 4, "Method"]]},
        {"tokens": ["Lazy", "Grid"], "entities": [[0, 2, "Method"], [0, 1, "Generic"]]},
        {"tokens": ["once"], "entities": [[0, 1, "Method"]]},
    ]
    (tmp_path / "ner" / "some.train.jsonl").write_text("".join(json.dumps(s) + "\n" for s in spans))
    return tmp_path


TABLE = [
    ("phrase", "case", "lists", "seen", "named", "method", "dataset", "metric", "task"),
    ("foobench", "initial", "", "1", "0", "0", "0", "0", "0"),
    ("foobench", "shaped", "", "2", "0", "0", "1", "0", "0"),
    ("glue", "initial", "dataset", "1", "0", "0", "0", "0", "0"),
    ("glue", "lower", "dataset", "1", "0", "0", "0", "0", "0"),
    ("lazy grid", "", "method", "0", "0", "0", "0", "0", "0"),
    ("other set", "", "dataset,known dataset", "0", "0", "0", "0", "0", "0"),
    ("quillnet", "shaped", "", "2", "2", "2", "0", "0", "0"),
    ("tree search", "initial", "task", "1", "0", "0", "0", "0", "1"),
    ("tree search", "lower", "task", "2", "0", "0", "0", "0", "1"),
]


@pytest.fixture
def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the table that the command makes of it, beside an alias table of one line."""
    aliases = [{"kind": "dataset", "name": "Other Set", "aliases": "", "expansions": ""}]
    monkeypatch.setattr(data, "rows", lambda name: {"aliases": aliases}[name])
    monkeypatch.setattr(sys, "argv", ["vocabulary", "--shared", str(folder), "--output", str(folder)])
    vocabulary.main()
    monkeypatch.undo()
    return folder


def papers(folder: Path) -> list[AnnotatedPaper]:
    return list(read_papers(folder / "gold" / "train.jsonl", folder / "gold" / "train.papers.jsonl"))


def test_table(made: Path) -> None:
    assert (made / "phrases.tsv").read_text(encoding="utf-8") == "".join("\t".join(row) + "\n" for row in TABLE)


def test_lists_of_a_table_serve_other_papers(made: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    listed = listed_in(Gazetteer.load(made))
    assert listed == {phrase_key(row[0]): frozenset(row[2].split(",")) for row in TABLE[1:] if row[2]}
    write(other, papers(made), listed)
    assert (other / "phrases.tsv").read_bytes() == (made / "phrases.tsv").read_bytes()
    write(other, [], listed)
    assert {line.split("\t")[0] for line in (other / "phrases.tsv").read_text().splitlines()[1:]} == {
        " ".join(key) for key in listed
    }


def test_a_paper_is_described_as_if_the_table_did_not_know_it(made: Path) -> None:
    first, *_ = papers(made)
    doc = spacy.blank("en")(first.text)
    doc._.abbreviations = list(find_abbreviations(first.text))
    rows = {
        next(f for f in features if f.startswith("key=")): (truth, features)
        for _, features, truth in candidate_rows(doc, first, Gazetteer.load(made))
    }
    truth, features = rows["key=quillnet"]
    assert truth == "method:proposed:named"
    assert "case:method=4|1" in features  # the other paper that has it, not two
    truth, features = rows["key=foobench"]
    assert truth == "dataset:evaluated"
    assert "case:none|1" in features
    assert rows["key=glue"][0] == "none"
    assert rows["key=treesearch"][0] == "task"
