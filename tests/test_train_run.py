"""`kg train` from papers written by hand to a folder that extracts; small random base. Needs the extra `train`."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from annotated import install_tiny_base, many, plain, rich, write
from click.testing import CliRunner, Result

from kg import data
from kg.cli import root
from kg.evaluate import MEASURES
from kg.train.gold import AnnotatedPaper, records_in

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("onnxscript")

from kg.extraction import Extractor  # noqa: E402
from kg.train import run  # noqa: E402  behind importorskip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("base")
        install_tiny_base(folder, patch)
        return folder


@pytest.fixture(autouse=True)
def tiny(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(base)


def train(*words: object) -> Result:
    return CliRunner().invoke(root, ["train", *map(str, words)], prog_name="kg")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows_of(card: str) -> set[str]:
    """First cells of the card's tables."""
    return {line.split("|")[1].strip() for line in card.splitlines() if line.startswith("|")}


def test_a_model_measured_on_held_out_papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "model"
    held_out = write(tmp_path, [rich("h1"), plain("h2", "OctaNet", 77.5)], "dev")
    command = ("--data", *write(tmp_path, many(16)), "--held-out", *held_out, "--epochs", 1, "--out", out)
    result = train(*command)
    assert result.exit_code == 0, result.output
    card = (out / "MODEL_CARD.md").read_text("utf-8")
    assert result.stdout == f"{card}\n"
    assert set(MEASURES) <= rows_of(card)
    assert "- gold.jsonl: 16 papers; 22 methods, 16 datasets, 22 metrics, 6 tasks, 28 results" in card
    assert "On 2 papers that were held out." in card
    assert {*data.verify(out), data.PINS, "calibration.tsv", "MODEL_CARD.md", run.CLAIM, run.RECORDS} == {
        p.name for p in out.iterdir()
    }
    paper, _ = rich()
    ((_, found),) = Extractor(out).pipe([paper])
    assert found.extractor != next(iter(Extractor().pipe([paper])))[1].extractor

    before = bytes_of(out)
    monkeypatch.delattr(run, "fit")
    again = train(*command)
    assert (again.exit_code, again.stdout) == (0, result.stdout)
    assert bytes_of(out) == before

    other = train(*command, "--epochs", 2)
    assert other.exit_code == 1
    assert "holds a run on other papers or with other options; take another folder for this one" in other.output
    assert bytes_of(out) == before


def test_the_final_model_learns_from_the_held_out_papers_once_they_are_measured_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: dict[str, list[str | None]] = {}
    make = run.make

    def spy(papers: Sequence[AnnotatedPaper], folder: Path, plan: run.Plan, show: run.Show) -> None:
        taught[folder.name] = [paper.paper.id for paper in papers]
        make(papers, folder, plan, show)

    monkeypatch.setattr(run, "make", spy)
    out = tmp_path / "model"
    held_out = write(tmp_path, [rich("h1"), plain("h2", "OctaNet", 77.5)], "dev")
    command = ("--data", *write(tmp_path, many(16)), "--held-out", *held_out, "--held-out", *held_out, "--epochs", 1)
    result = train(*command, "--final", "--out", out)
    assert result.exit_code == 0, result.output
    assert taught[run.HELD_OUT] == [f"p{i}" for i in range(16)]
    assert taught["model"] == [*taught[run.HELD_OUT], "h1", "h2", "h1", "h2"]
    assert [r["id"] for r in records_in(out / run.HELD_OUT / run.RECORDS)] == ["h1", "h2"]
    assert "On 2 papers, read by a model made in the same way without them." in result.stdout
    assert "- dev.jsonl: 2 papers" in result.stdout
    counts = {row["phrase"]: row["seen"] for row in data.rows("phrases", out) if row["case"]}
    assert counts["octanet"] == "1", "a paper given twice is one paper in the vocabulary"


def test_final_needs_papers_held_out(tmp_path: Path) -> None:
    result = train("--data", *write(tmp_path, many(2)), "--final", "--out", tmp_path / "model")
    assert result.exit_code == 2
    assert "--final needs --held-out" in result.stderr


def test_each_paper_is_read_by_a_model_that_did_not_see_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taught: dict[str, set[str]] = {}
    make = run.make

    def spy(papers: Sequence[AnnotatedPaper], folder: Path, plan: run.Plan, show: run.Show) -> None:
        taught[folder.name] = {paper.paper.id for paper in papers}
        make(papers, folder, plan, show)

    monkeypatch.setattr(run, "make", spy)
    out = tmp_path / "model"
    files = write(tmp_path, many(16)[:12]), write(tmp_path, many(16)[12:], "more")
    command = ("--data", *files[0], "--data", *files[1], "--folds", 2, "--epochs", 1, "--out", out)
    result = train(*command)
    assert result.exit_code == 0, result.output
    read = {f"fold-{i}": {str(r["id"]) for r in records_in(out / f"fold-{i}" / run.RECORDS)} for i in range(2)}
    every = {f"p{i}" for i in range(16)}
    assert taught == {"model": every} | {fold: every - ids for fold, ids in read.items()}
    assert read["fold-0"] | read["fold-1"] == every
    assert "each of 16 papers was read by a model of 1 of 2 folds, not of its own" in result.stdout
    assert "| measure | gold.jsonl | more.jsonl |" in result.stdout

    taught.clear()
    before = bytes_of(out)
    assert train(*command).stdout == result.stdout
    assert taught.keys() == {"model"}
    assert bytes_of(out) == before


def test_a_run_broken_off_goes_on_from_its_last_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data_files = write(tmp_path, many(9))
    plan = run.Plan([data_files], [data_files], epochs=2)
    steps: list[str] = []

    def stop(what: str, done: int, of: int) -> None:
        steps.append(what)
        if (what, done) == ("training model", 3):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.train(plan, tmp_path / "model", stop)
    assert steps.count("training model") == 3, "one of the second epoch"
    assert not (tmp_path / "model" / data.PINS).exists()
    steps.clear()
    run.train(plan, tmp_path / "model", lambda what, *_: steps.append(what))
    assert steps.count("training model") == 2
    run.train(plan, tmp_path / "whole")
    assert bytes_of(tmp_path / "whole") == bytes_of(tmp_path / "model")


def test_every_model_begins_with_an_encoder_that_read_other_papers(tmp_path: Path) -> None:
    data_files, unlabelled = write(tmp_path, many(9)), write(tmp_path, many(20), "unlabelled")[1]
    command = ("--data", *data_files, "--held-out", *write(tmp_path, [plain("h1", "OctaNet", 77.5)], "dev"))
    out = tmp_path / "model"
    result = train(*command, "--epochs", 1, "--unlabelled", unlabelled, "--out", out)
    assert result.exit_code == 0, result.output
    assert f"- {unlabelled.name}: read by the encoder beforehand, without annotation" in result.stdout
    assert (out / run.PRETRAINED).exists()
    assert not (out / "pretraining.pt").exists()
    assert train(*command, "--epochs", 1, "--out", tmp_path / "without").exit_code == 0
    weights = [bytes_of(folder)["encoder.onnx"] for folder in (out, tmp_path / "without")]
    assert weights[0] != weights[1]
    assert train(*command, "--epochs", 1, "--out", out).exit_code == 1, "a folder of another plan"
    nothing = train(*command, "--epochs", 1, "--unlabelled", data_files[1], "--out", tmp_path / "nothing")
    assert "no paper without annotation to pretrain on" in nothing.stderr


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    def said(*words: object) -> str:
        result = train(*words, "--out", tmp_path / "model")
        assert result.exit_code == 1
        return " ".join(result.stderr.split())

    records, papers = write(tmp_path, [rich()])
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert "needs annotated papers, and held-out ones" in said("--data", empty, papers)
    assert "fewer folds" in said("--data", records, papers, "--folds", 2), "one paper is in one fold"
    _, others = write(tmp_path, [plain("p9", "OctaNet", 77.5)], "other")
    assert "gold.jsonl, line 1: no paper has the id 'p1'" in said("--data", records, others)
    records.write_text(json.dumps({"id": "p1"})[:-1])
    assert "gold.jsonl, line 1: not JSON" in said("--data", records, papers)
    assert not (tmp_path / "model" / data.PINS).exists()
