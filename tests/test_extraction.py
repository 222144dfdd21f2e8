import json
import multiprocessing
import shutil
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import calibration, data
from kg.data.pins import PINNED, PINS
from kg.errors import ModelError, RecordError
from kg.extraction import Extractor, available_cores, extract, processes
from kg.extraction.pipeline import build_pipeline
from kg.extraction.processes import SPREAD_FROM
from kg.records import Paper, Rejected

CALIBRATION = f"{calibration.TABLE}.tsv"
LARGE = ("encoder.onnx", "heads.npz")

PAPERS = [
    Paper(
        "QuillNet: Sharper Pictures with Fewer Steps",
        "Image generation is slow. We propose QuillNet, a new diffusion model for image generation. On ImageNet and "
        "CIFAR-10 it reaches an FID of 2.31 and outperforms StyleGAN2.",
        id="quill",
    ),
    Paper("Paper without an abstract", ""),
    Paper("", "Only an abstract, on machine translation with BLEU."),
    Paper(
        "Mojibake cafÃ© $\\mathcal{L}$",
        "We use \\textbf{BERT} with 8times 8 patches \x00 \ufffd \u2028 and {\\em so} on.",
    ),
]


@cache
def shipped() -> Extractor:
    return Extractor()


@pytest.fixture
def extractor() -> Extractor:
    return shipped()


def test_an_abstract(extractor: Extractor) -> None:
    found = extractor(PAPERS[0])
    methods = {m.name: (m.role, m.named) for m in found.methods}
    assert methods["QuillNet"] == ("proposed", True)
    assert methods["StyleGAN2"] == ("compared", True)
    assert methods["diffusion model"][1] is False
    assert {d.name: d.role for d in found.datasets} == {"ImageNet": "evaluated", "CIFAR-10": "evaluated"}
    assert [m.name for m in found.metrics] == ["FID"]
    assert [t.name for t in found.tasks] == ["image generation"]
    assert found.id == "quill"
    assert found.extractor == extractor.signature


def test_words_are_names_only_in_the_right_case(extractor: Extractor) -> None:
    found = extractor(
        Paper("A study", "We test on GLUE and SQuAD. A squad of people are fast with glue and a set of rules.")
    )
    assert {d.name: d.mentions for d in found.datasets} == {"GLUE": ("GLUE",), "SQuAD": ("SQuAD",)}


def test_offsets_and_order(extractor: Extractor) -> None:
    for paper, found in extractor.pipe(PAPERS):
        for entity in found.entities:
            assert paper.text[entity.start : entity.end] in entity.mentions
            assert all(mention in paper.text for mention in entity.mentions)
            assert 0 < entity.confidence <= 1
        for kind in (found.methods, found.datasets, found.metrics, found.tasks):
            assert list(kind) == sorted(kind, key=lambda e: e.start)
        for result in found.results:
            assert result.evidence == paper.text[result.start : result.end]
            assert result.start <= result.value_start < result.value_end <= result.end


def test_neighbours_change_nothing(extractor: Extractor) -> None:
    alone = [extractor(paper) for paper in PAPERS]
    assert [found for _, found in extractor.pipe(PAPERS * 20)] == alone * 20
    assert [found for _, found in extractor.pipe(PAPERS[::-1])] == alone[::-1]


MANY = [Paper(f"{i}: {p.title}", p.abstract) for i in range(60) for p in PAPERS]
"""Enough for two processes."""


def test_several_processes_find_the_same_in_the_same_order() -> None:
    found = list(extract(MANY, jobs=2))
    assert [paper for paper, _ in found] == MANY
    assert found == list(extract(MANY))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("papers", "jobs", "started"), [(MANY[: SPREAD_FROM - 1], 2, 0), (MANY, 1, 0), (MANY, 2, 2)])
def test_few_papers_start_no_process(papers: list[Paper], jobs: int, started: int) -> None:
    stream = extract(papers, jobs=jobs)
    next(stream)
    assert len(multiprocessing.active_children()) == started
    stream.close()  # type: ignore[attr-defined]


def test_every_core_that_is_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    assert available_cores() == 3
    for quota, cores in (("max 100000", 3), ("150000 100000", 2), ("50000 100000", 1), ("900000 100000", 3)):
        (tmp_path / "cpu.max").write_text(f"{quota}\n")
        assert available_cores() == cores


@pytest.mark.parametrize("jobs", [1, 2])
def test_reads_only_a_little_ahead(jobs: int) -> None:
    read = 0

    def endless() -> Iterator[Paper]:
        nonlocal read
        while True:
            read += 1
            yield PAPERS[0]

    stream = extract(endless(), jobs=jobs)
    assert len(list(islice(stream, 3))) == 3
    assert read <= 64 * 2 * jobs
    stream.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_paper_that_cannot_be_extracted_is_rejected_with_its_place(jobs: int) -> None:
    bad = Paper("Broken \ud800 title", "", source="a.txt")
    rejected: list[Rejected] = []
    found = [p for p, _ in extract([PAPERS[0], bad, *MANY], jobs=jobs, on_reject=rejected.append)]
    assert found == [PAPERS[0], *MANY]
    assert [(r.source, r.line, r.stage) for r in rejected] == [("a.txt", 2, "extract")]
    assert rejected[0].reason.startswith("the text holds a lone surrogate")
    assert json.loads(rejected[0].record)["title"] == bad.title
    with pytest.raises(RecordError, match="paper 2: the text holds a lone surrogate, which UTF-8 cannot carry"):
        list(extract([PAPERS[0], bad, *MANY], jobs=jobs))


def test_a_component_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    extractor = Extractor()

    def fails(_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("kg.extraction.mentions.find_candidates", lambda *_: fails(None))
    with pytest.raises(RecordError, match="kg_mentions: ZeroDivisionError: by nothing"):
        extractor(PAPERS[0])


def test_jobs_must_be_positive() -> None:
    with pytest.raises(ValueError, match="jobs must be at least 1, not 0"):
        list(extract([], jobs=0))


def test_a_missing_key_in_a_component_rejects_the_paper_too(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, int] = {}
    monkeypatch.setattr("kg.extraction.mentions.find_candidates", lambda *_: known["nothing"])
    with pytest.raises(RecordError, match="kg_mentions"):
        shipped()(PAPERS[0])
    rejected: list[Rejected] = []
    assert list(shipped().pipe(PAPERS[:2], rejected.append)) == []
    assert [r.stage for r in rejected] == ["extract", "extract"]


def test_every_component_gets_what_it_requires() -> None:
    analysis = build_pipeline().analyze_pipes()
    assert analysis is not None
    assert not any(analysis["problems"].values()), analysis["problems"]
    assert analysis["summary"]["kg_entities"]["requires"] == ["doc._.mentions", "doc._.abbreviations"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder with the shipped model; its two large files are links, so delete them before writing."""
    for name in (*PINNED, PINS, CALIBRATION):
        if name in LARGE:
            (tmp_path / name).symlink_to(data.folder() / name)
        else:
            shutil.copyfile(data.folder() / name, tmp_path / name)
    return tmp_path


def test_a_copy_of_the_model_is_the_same_model(model: Path, extractor: Extractor) -> None:
    assert Extractor(model).signature == extractor.signature == Extractor().signature
    assert list(extract(PAPERS, model=model)) == list(extractor.pipe(PAPERS))


def test_signature_follows_the_calibration(model: Path, extractor: Extractor) -> None:
    raw = Extractor(model, calibrated=False).signature
    table = model / CALIBRATION
    table.write_text(table.read_text(encoding="utf-8").replace("0.", "0.0"), encoding="utf-8")
    assert len({raw, extractor.signature, Extractor(model).signature}) == 3
    table.unlink()
    assert Extractor(model, calibrated=False).signature == raw
    with pytest.raises(
        ModelError, match=r"has no table calibration\.tsv; make it with `python -m kg\.train\.calibrate`"
    ):
        Extractor(model)


def test_signature_follows_the_pinned_files(model: Path, extractor: Extractor) -> None:
    table = model / "phrases.tsv"
    table.write_bytes(b"".join(table.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(ModelError, match=r"phrases\.tsv is damaged or of another model"):
        Extractor(model)
    data.pin(model)
    assert Extractor(model).signature != extractor.signature


def test_signature_follows_the_version_of_the_rules(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.extraction.pipeline.VERSION", -1)
    assert Extractor().signature != extractor.signature


@pytest.mark.parametrize("name", PINNED)
def test_a_model_folder_without_one_of_its_files(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is missing or cannot be read; install kg again, or give a folder"):
        list(extract([], model=model, jobs=2))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("encoder.onnx", r"encoder\.onnx is damaged"),
        ("tokenizer.json", r"tokenizer\.json is damaged"),
        ("heads.npz", r"no usable heads\.npz and features\.txt"),
        ("features.txt", r"no usable heads\.npz and features\.txt .*lines of features"),
        ("phrases.tsv", r"phrases\.tsv, line \d+: \d cells where the first line names 9"),
        ("implied_metrics.tsv", r"implied_metrics\.tsv, line \d+: 1 cells where the first line names 2"),
    ],
)
def test_a_damaged_file_that_was_pinned_so(model: Path, name: str, message: str) -> None:
    content = (model / name).read_bytes()
    at = content.rindex(b"\t") if name.endswith(".tsv") else len(content) // 2
    (model / name).unlink()
    (model / name).write_bytes(content[:at])
    data.pin(model)
    with pytest.raises(ModelError, match=message):
        Extractor(model)


def test_a_model_that_other_processes_cannot_load(model: Path) -> None:
    (model / "features.txt").write_text("")
    data.pin(model)
    with pytest.raises(ModelError, match=r"no usable heads\.npz and features\.txt"):
        list(extract(MANY, jobs=2, model=model))


def test_wordings_that_imply_a_metric_are_the_model_folders(model: Path) -> None:
    paper = Paper("QuillNet", "We propose QuillNet. It is 20x faster than earlier work.")
    table = model / "implied_metrics.tsv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("faster\tspeedup\n", "faster\thaste\n"), encoding="utf-8"
    )
    data.pin(model)
    assert [m.name for m in Extractor(model)(paper).metrics] == ["haste"]


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"SHA256SUMS is missing or damaged; install kg again, or give a folder"):
        list(extract([], model=tmp_path, jobs=2))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["a", "A", "1 ", "A1-", "(A) ", "A, ", "We propose Foo (F). ", "graph neural network "]
)
def test_a_long_text_takes_linear_time(extractor: Extractor, unit: str) -> None:
    long = Paper("Long", (unit * 50_000)[:50_000])
    assert extractor(long).id == "long"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    title, _, abstract = text.partition(" ")
    paper = Paper(title, abstract)
    found = shipped()(paper)
    assert found == shipped()(paper)
    assert all(paper.text[e.start : e.end] in e.mentions for e in found.entities)
