"""Which numbers are results, and what each is: kind, direction, bound, own, metric."""

from functools import cache
from pathlib import Path

import pytest

from kg.data import rows
from kg.errors import ModelError
from kg.extraction import Extractor, linear
from kg.extraction.linear import classify, load, rank, softmax
from kg.extraction.metric_phrases import TABLE, implied
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


def test_softmax_and_scorers() -> None:
    assert softmax([]) == []
    assert softmax([1.0, 1.0]) == [0.5, 0.5]
    weights = {"a": {"yes": 2.0}, "b": {"no": 2.0}, "c": {"": 800.0}}
    assert classify(weights, ("yes", "no"), ["a", "b", "unknown"]) == {"yes": 0.5, "no": 0.5}
    assert rank({"c": {"": 800.0}}, [["c"], ["unknown"]]) == [1.0, 0.0]


def test_tables_of_a_folder(tmp_path: Path) -> None:
    table = tmp_path / f"{linear.TABLE}.tsv"
    table.write_text("model\tlabel\tfeature\tweight\nown\town\tbias\t0.50\n", encoding="utf-8")
    assert load(tmp_path) == {"own": {"bias": {"own": 0.5}}}
    with pytest.raises(ModelError, match=r"has no table result_weights\.tsv"):
        load(tmp_path / "nowhere")
