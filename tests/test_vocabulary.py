import json
from pathlib import Path

import pytest

from kg.extraction.gazetteer import Gazetteer
from kg.train.entities import paper_samples
from kg.train.vocabulary import read_papers, table

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
    },
    {
        "id": "p2",
        "methods": [{"name": "QuillNet", "mentions": ["QuillNet"], "role": "used", "named": True}],
        "datasets": [],
        "metrics": [],
        "tasks": [{"name": "tree search", "mentions": ["tree search"]}],
    },
    {"id": "p3", "methods": [], "datasets": [], "metrics": [], "tasks": []},
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


def test_table(folder: Path) -> None:
    assert list(table(folder)) == [
        ("phrase", "case", "lists", "seen", "named", "method", "dataset", "metric", "task"),
        ("foobench", "initial", "", "1", "0", "0", "0", "0", "0"),
        ("foobench", "shaped", "", "2", "0", "0", "1", "0", "0"),
        ("glue", "initial", "dataset", "1", "0", "0", "0", "0", "0"),
        ("glue", "lower", "dataset", "1", "0", "0", "0", "0", "0"),
        ("lazy grid", "", "method", "0", "0", "0", "0", "0", "0"),
        ("other set", "", "dataset", "0", "0", "0", "0", "0", "0"),
        ("quillnet", "shaped", "", "2", "2", "2", "0", "0", "0"),
        ("tree search", "initial", "task", "1", "0", "0", "0", "0", "1"),
        ("tree search", "lower", "task", "2", "0", "0", "0", "0", "1"),
    ]


def test_a_paper_is_described_as_if_the_table_did_not_know_it(folder: Path) -> None:
    (folder / "phrases.tsv").write_text("".join("\t".join(line) + "\n" for line in table(folder)))
    first, *_ = read_papers(folder / "gold")
    samples = {
        next(f for f in features if f.startswith("key=")): (truth, features)
        for features, truth in paper_samples(first, Gazetteer.load(folder))
    }
    truth, features = samples["key=quillnet"]
    assert truth == "method:proposed:named"
    assert "case:method=4|1" in features  # the other paper that has it, not two
    truth, features = samples["key=foobench"]
    assert truth == "dataset:evaluated"
    assert "case:none|1" in features
    assert samples["key=glue"][0] == "none"
    assert samples["key=treesearch"][0] == "task"
