"""`kg train` where it cannot begin; needs no torch."""

import importlib.util
from pathlib import Path

import pytest
from annotated import rich, write
from click.testing import CliRunner

from kg.cli import root


def test_libraries_that_are_not_installed_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {"torch", "onnxscript"}
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in gone else object())
    words = ["train", "--data", *map(str, write(tmp_path, [rich()])), "--out", str(tmp_path / "model")]
    result = CliRunner().invoke(root, words, prog_name="kg")
    assert result.exit_code == 1
    assert result.stderr == "Error: torch, onnxscript not installed; pip install 'kg-abstracts[train]'\n"
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--out", "m"], "Missing option '--data'"),
        (["--data", "no.jsonl", "no.papers.jsonl", "--out", "m"], "'no.jsonl' does not exist"),
        (["--folds", "1", "--out", "m"], "1 is not in the range x>=2"),
    ],
)
def test_wrong_usage(words: list[str], message: str) -> None:
    result = CliRunner().invoke(root, ["train", *words], prog_name="kg")
    assert result.exit_code == 2
    assert message in result.stderr
