"""The public names, and the ten lines that the README shows."""

from pathlib import Path

import pytest

import kg
from kg.build import build

DATA = Path(__file__).parent / "data" / "cli"


def test_public_names_are_sorted_and_there() -> None:
    assert sorted(kg.__all__) == kg.__all__
    assert [name for name in kg.__all__ if getattr(kg, name, None) is None] == []
    assert set(kg.__all__) <= set(dir(kg))


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="module 'kg' has no attribute 'reed'"):
        kg.reed  # noqa: B018


def test_from_papers_to_answers(tmp_path: Path) -> None:
    papers = list(kg.read(DATA / "papers.jsonl"))
    extractions = [extraction for _, extraction in kg.extract(papers)]
    assert [e.id for e in extractions] == [p.key for p in papers]
    with kg.open_store(tmp_path / "papers.lbug") as store:
        assert build([DATA / "papers.jsonl"], store).written == 5
        assert kg.show(store, "OldBeam: A Plain Baseline That Lasts").about["year"] == 2022
