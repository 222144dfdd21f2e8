"""Which numbers are results, and what each is: kind, direction, bound, own, metric."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
import spacy
from judges import ToldJudge, sure
from spacy.tokens import Doc

from kg.data import rows
from kg.errors import ModelError
from kg.extraction import Extractor
from kg.extraction.heads import Span
from kg.extraction.metric_phrases import TABLE, implied
from kg.extraction.results import ResultFinder
from kg.extraction.sentences import kg_sentences
from kg.extraction.types import Mention, Number
from kg.records import Paper, Result


@cache
def shipped() -> Extractor:
    return Extractor()


def results(abstract: str, title: str = "QuillNet: Sharper Pictures") -> tuple[Result, ...]:
    return shipped()(Paper(title, abstract)).results


def brief(abstract: str) -> list[tuple[str, float, str, str, str | None]]:
    return [(r.metric, r.value, r.unit, r.kind, r.direction) for r in results(abstract)]


def test_from_and_to_are_two_values_the_first_of_an_earlier_system() -> None:
    found = results("We propose QuillNet. On ImageNet, QuillNet improves FID from 4.59 to 2.31.")
    assert [(r.metric, r.value, r.kind, r.own) for r in found] == [
        ("FID", 4.59, "absolute", False),
        ("FID", 2.31, "absolute", True),
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It reaches an accuracy of 84.5%.", ("accuracy", 84.5, "%", "absolute", None)),
        ("It improves accuracy by 2.5%.", ("accuracy", 2.5, "%", "change", "up")),
        ("It reduces latency by 35%.", ("latency", 35.0, "%", "change", "down")),
        ("It is 20x faster than earlier work.", ("speedup", 20.0, "x", "ratio", "up")),
        ("It needs 5x less memory than earlier work.", ("memory", 5.0, "x", "ratio", "down")),
        ("It outperforms previous methods by 3.1 points.", ("performance", 3.1, "points", "change", "up")),
        ("It is an order of magnitude faster than earlier work.", ("speedup", 10.0, "x", "ratio", "up")),
    ],
)
def test_kind_direction_and_metric(sentence: str, expected: tuple[str, float, str, str, str | None]) -> None:
    assert brief(f"We propose QuillNet, a network. {sentence}") == [expected]


def test_nothing_wins_by_a_cost_that_stands_elsewhere() -> None:
    (result,) = results("We propose QuillNet. It outperforms Wren by 3.1% under the same FLOPs.")
    assert (result.metric, result.direction) == ("performance", "up")


def test_what_is_said_of_others_is_not_the_papers_own() -> None:
    found = results("QuillNet reaches an accuracy of 91.3%, while existing networks have an accuracy of 88.1%.")
    assert [(r.value, r.own) for r in found] == [(91.3, True), (88.1, False)]


def test_sizes_settings_and_years_are_no_results() -> None:
    assert brief("Our corpus has 1,890 pictures of 12 classes, collected in 2019. We train for 300 epochs.") == []


def test_the_bound_goes_into_the_result() -> None:
    found = results("We propose QuillNet. It improves accuracy by up to 4% and is over 3x faster than earlier work.")
    assert [(r.value, r.bound) for r in found] == [(4.0, "<="), (3.0, ">")]


def test_evidence_is_a_clause_around_the_characters_of_the_value() -> None:
    paper = Paper(
        "QuillNet", "We propose QuillNet. It reaches an accuracy of 84.5%; training takes a while on one card."
    )
    (result,) = shipped()(paper).results
    assert result.evidence == "It reaches an accuracy of 84.5%"
    assert paper.text[result.value_start : result.value_end] == "84.5%"


def test_one_number_for_two_metrics_is_two_results() -> None:
    found = results("We propose QuillNet. It reduces memory and latency by 40%.")
    assert sorted((r.metric, r.value) for r in found) == [("latency", 40.0), ("memory", 40.0)]


def test_one_number_for_two_metrics_beside_another_with_its_own() -> None:
    found = results("We propose QuillNet. It reduces memory and latency by 40% at an accuracy of 91.3%.")
    assert sorted((r.metric, r.value) for r in found) == [("accuracy", 91.3), ("latency", 40.0), ("memory", 40.0)]


def test_setting() -> None:
    (result,) = results(
        "We propose QuillNet. In the zero-shot setting QuillNet reaches an accuracy of 61.2% on ImageNet."
    )
    assert result.setting == "zero-shot"


def test_implied_metric_is_an_entity_whose_mention_is_the_wording() -> None:
    found = shipped()(Paper("QuillNet", "We propose QuillNet. It outperforms previous methods by 3.1%."))
    assert [(m.name, m.mentions) for m in found.metrics] == [("performance", ("outperforms",))]


def test_text_without_numbers_has_no_results_and_no_implied_metrics() -> None:
    found = shipped()(Paper("QuillNet", "We propose QuillNet. It outperforms previous methods and is faster."))
    assert found.results == ()
    assert "speedup" not in {m.name for m in found.metrics}


def test_the_table_of_wordings_is_lower_case_and_sorted() -> None:
    wordings = [row["wording"] for row in rows(TABLE)]
    assert wordings == sorted({w.lower() for w in wordings})
    assert implied()["outperforms"] == "performance"


SENTENCE = "It is 3x zippier, at 41 zaps/s, and zippy."
NUMBERS = [Number(6, 8, 3.0, "x"), Number(21, 30, 41.0, "zaps/s")]
SPANS = [(n.start, n.end) for n in NUMBERS]
WORDINGS = "wording\tname\nzaps/s\tzap rate\nzippier\tzip\nzippy\tzip\n"


def drafted(judge: ToldJudge, folder: Path | None = None) -> Doc:
    """What kg_results writes on the sentence with its two numbers and the metric mention "zippy"."""
    doc = spacy.blank("en")(SENTENCE)
    kg_sentences(doc)
    at = SENTENCE.index("zippy")
    doc._.numbers, doc._.mentions, doc._.judge = NUMBERS, [Mention(at, at + 5, "metric")], judge
    return ResultFinder(spacy.blank("en"), "kg_results", str(folder) if folder else None)(doc)


def kinds(*labels: str) -> dict[tuple[str, Span], Sequence[float]]:
    return {("kind", span): sure("kind", label) for span, label in zip(SPANS, labels, strict=True)}


def test_wordings_that_imply_a_metric_are_those_of_the_model_folder(tmp_path: Path) -> None:
    (tmp_path / f"{TABLE}.tsv").write_text(WORDINGS, encoding="utf-8")
    zippier, unit = (9, 16), (24, 30)
    judge = ToldJudge(kinds("ratio", "absolute"), {("metric", SPANS[0]): zippier, ("metric", SPANS[1]): unit})
    doc = drafted(judge, tmp_path)
    assert [(d.kind, d.metric.name, d.metric.source) for d in doc._.drafts] == [
        ("ratio", "zip", "implied"),
        ("absolute", "zap rate", "unit"),
    ]
    # "zippy" alone says nothing that a reader would look up
    assert [(SENTENCE[m.start : m.end], m.name) for m in doc._.mentions] == [("zippier", "zip"), ("zaps/s", "zap rate")]
    assert [places for head, places, _ in judge.asked if head == "metric"] == [[zippier, unit, (36, 41)]] * 2
    drafted(other := ToldJudge(kinds("ratio", "absolute")))
    assert zippier not in {place for head, places, _ in other.asked if head == "metric" for place in places}


def test_questions_about_a_number_go_on_with_its_metric() -> None:
    metric = (36, 41)
    judge = ToldJudge(kinds("ratio", "absolute") | {("own", SPANS[1]): sure("own", "other")})
    ratio, absolute = drafted(judge)._.drafts
    assert (ratio.own, ratio.direction, absolute.own, absolute.direction) == (True, "up", False, None)
    assert ratio.confidence == pytest.approx(0.92)
    assert ratio.link_confidence == {"metric": pytest.approx(0.8)}
    asked = [(head, context) for head, _, context in judge.asked]
    assert asked == [
        *[("kind", None), ("metric", SPANS[0]), ("kind", None), ("metric", SPANS[1])],
        *[("own", metric), ("direction", metric), ("own", metric)],
    ]


@pytest.mark.parametrize(("none", "found"), [(0.45, [("change", pytest.approx(0.3))]), (0.55, [])])
def test_the_kinds_of_a_result_count_together(none: float, found: list[tuple[str, float]]) -> None:
    chances = {("kind", SPANS[0]): [none, 0.7 - none, 0.3, 0.0]}
    assert [(d.kind, d.confidence) for d in drafted(ToldJudge(chances))._.drafts] == found


def test_the_table_of_wordings_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / f"{TABLE}.tsv").write_text(WORDINGS, encoding="utf-8")
    assert implied(tmp_path) == {"zaps/s": "zap rate", "zippier": "zip", "zippy": "zip"}
    with pytest.raises(ModelError, match=rf"has no table {TABLE}\.tsv"):
        implied(tmp_path / "nowhere")
