"""The shipped sample: forty real papers in our own words, every figure found in the source of that paper."""

import json
import re
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from kg.text import paper_key

NUMBER = re.compile(r"(?<![A-Za-z\d])\d+(?:[.,]\d+)*")
"""Digits inside a name (Mask2Former) are no figure."""

SAMPLE = [json.loads(line) for line in files("kg.data").joinpath("sample.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def sources(shared: Path) -> dict[str, str]:
    """Text of the original by paper key and by arXiv number."""
    found: dict[str, str] = {}
    for name in ("dev", "train"):
        for line in (shared / "gold" / f"{name}.papers.jsonl").read_text("utf-8").splitlines():
            paper = json.loads(line)
            found[paper_key(paper["title"])] = f"{paper['title']} {paper['abstract']}"
    for line in (shared / "pwc" / "train.jsonl").read_text("utf-8").splitlines():
        paper = json.loads(line)
        found[paper["id"].removeprefix("train/").split("v")[0]] = json.dumps(paper)
    for page in sorted((shared / "seeds").glob("*.txt")):
        lines = [line for line in page.read_text("utf-8").splitlines() if line.strip()]
        for title, abstract in pairwise(lines):
            found.setdefault(paper_key(title.removeprefix("Subscribe")), f"{title} {abstract}")
    return found


def test_there_are_forty_papers_of_the_promised_length() -> None:
    assert len({paper_key(p["title"]) for p in SAMPLE}) == 40
    assert [p["title"] for p in SAMPLE if not 600 <= len(p["abstract"]) <= 1200] == []


@pytest.mark.shared
@pytest.mark.parametrize("paper", SAMPLE, ids=lambda p: paper_key(p["title"])[:40])
def test_every_figure_stands_in_the_source(paper: dict[str, str], sources: dict[str, str]) -> None:
    source = sources[paper.get("arxiv") or paper_key(paper["title"])]
    known = set(NUMBER.findall(source)) | set(re.findall(r"\d+(?:[.,]\d+)*", source))
    doubled = {n for n in NUMBER.findall(paper["abstract"]) if n + n in known}  # "512x512" that lost its sign
    assert set(NUMBER.findall(paper["abstract"])) - known - doubled == set()


def runs(text: str, length: int = 8) -> set[str]:
    """Runs of so many words without a figure (figures with their data sets are facts, free to repeat)."""
    words = re.findall(r"\w+", text.lower())
    windows = (words[i : i + length] for i in range(len(words) - length + 1))
    return {" ".join(w) for w in windows if not re.search(r"\d", "".join(w))}


@pytest.mark.shared
@pytest.mark.parametrize("paper", SAMPLE, ids=lambda p: paper_key(p["title"])[:40])
def test_no_sentence_is_taken_over(paper: dict[str, str], sources: dict[str, str]) -> None:
    source = sources[paper.get("arxiv") or paper_key(paper["title"])]
    assert runs(paper["abstract"]) & runs(source) - runs(paper["title"]) == set()
