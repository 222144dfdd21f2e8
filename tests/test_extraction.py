import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import data
from kg.errors import ModelError, RecordError
from kg.extraction import Extractor, extract
from kg.extraction.pipeline import TABLES, build_pipeline
from kg.records import Paper, Rejected

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


def test_several_processes_find_the_same() -> None:
    papers = [Paper(f"{i}: {p.title}", p.abstract) for i in range(20) for p in PAPERS]
    assert list(extract(papers, jobs=2)) == list(extract(papers))


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
    found = [p for p, _ in extract([PAPERS[0], bad, PAPERS[1]], jobs=jobs, on_reject=rejected.append)]
    assert found == [PAPERS[0], PAPERS[1]]
    assert [(r.source, r.line, r.stage) for r in rejected] == [("a.txt", 2, "extract")]
    assert rejected[0].reason.startswith("the text holds a lone surrogate")
    assert json.loads(rejected[0].record)["title"] == bad.title
    with pytest.raises(RecordError, match="paper 2: the text holds a lone surrogate, which UTF-8 cannot carry"):
        list(extract([PAPERS[0], bad], jobs=jobs))


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


def test_every_component_gets_what_it_requires() -> None:
    analysis = build_pipeline().analyze_pipes()
    assert analysis is not None
    assert not any(analysis["problems"].values()), analysis["problems"]
    assert analysis["summary"]["kg_entities"]["requires"] == ["doc._.mentions", "doc._.abbreviations"]


def test_signature_follows_the_tables(tmp_path: Path, extractor: Extractor) -> None:
    for name in TABLES:
        columns, lines = data.cells(name)
        (tmp_path / f"{name}.tsv").write_text("".join("\t".join(r) + "\n" for r in [columns, *lines]), encoding="utf-8")
    assert Extractor(tmp_path).signature == extractor.signature == Extractor().signature
    assert list(extract(PAPERS, model=tmp_path)) == list(extractor.pipe(PAPERS))
    phrases = tmp_path / f"{TABLES[0]}.tsv"
    phrases.write_text("".join(phrases.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    assert Extractor(tmp_path).signature != extractor.signature


def test_a_model_folder_without_tables(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no table \w+\.tsv; make it with"):
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
