"""Which number, metric and mention an annotated result means."""

from pathlib import Path
from typing import Any

import pytest
from annotated import annotated, rich

from kg.extraction.types import Mention, Number
from kg.records import Result
from kg.train.answers import align, key_of, keys_of, same_metric


def number(text: str, written: str, value: float, unit: str = "", nth: int = 1) -> Number:
    start = -1
    for _ in range(nth):
        start = text.index(written, start + 1)
    return Number(start, start + len(written), value, unit)


def reported(text: str, value: float, unit: str = "", metric: str = "accuracy", evidence: str | None = None) -> Result:
    rest: dict[str, Any] = dict.fromkeys(("direction", "method", "dataset", "baseline", "task", "setting"))
    where: dict[str, Any] = dict.fromkeys(("start", "end", "value_start", "value_end"), 0)
    evidence = text if evidence is None else evidence
    return Result(
        metric=metric, value=value, unit=unit, kind="absolute", bound="=", own=True, evidence=evidence, **rest, **where
    )


def test_both_ends_of_a_range() -> None:
    text = "between 2 and 5 times faster"
    low, high = number(text, "2", 2, "x"), number(text, "5 times", 5, "x")
    results = [reported(text, 5, "x"), reported(text, 2, "x")]
    assert align(text, [low, high], results) == {high: [results[0]], low: [results[1]]}


@pytest.mark.parametrize(
    ("unit", "annotated_unit", "same"),
    [
        ("%", "%", True),
        ("%", "points", True),
        ("points", "percentage points", True),
        ("%", "percent", True),
        ("x", "times", True),
        ("x", "×", True),
        ("ms", "", True),
        ("", "dB", True),
        ("ms", "FPS", True),
        ("%", "", False),
        ("x", "%", False),
        ("x", "", False),
    ],
)
def test_units_that_are_one(unit: str, annotated_unit: str, same: bool) -> None:
    found = number("7", "7", 7, unit)
    assert (found in align("7", [found], [reported("7", 7, annotated_unit)])) is same


def test_the_evidence_says_which_of_two_equal_numbers() -> None:
    text = "It has 90 layers. We reach 90 on FooBench."
    layers, score = number(text, "90", 90), number(text, "90", 90, nth=2)
    result = reported(text, 90, evidence="We reach 90 on FooBench")
    assert align(text, [layers, score], [result]) == {score: [result]}
    lost = reported(text, 90, evidence="words that are nowhere")
    assert align(text, [layers, score], [lost]) == {layers: [lost]}


def test_equal_numbers_of_one_metric_are_used_up_in_turn() -> None:
    text = "accuracy of 90 and 90 on A and B"
    first, second = number(text, "90", 90), number(text, "90", 90, nth=2)
    a, b = reported(text, 90), reported(text, 90)
    found = align(text, [first, second], [a, b])
    assert {n: len(rows) for n, rows in found.items()} == {first: 1, second: 1}


def test_two_metrics_of_one_number() -> None:
    text = "cuts memory and latency by 40%"
    forty = number(text, "40%", 40, "%")
    results = [reported(text, 40, "%", metric) for metric in ("memory", "latency")]
    assert align(text, [forty], results) == {forty: results}


def test_a_number_that_the_text_does_not_have() -> None:
    assert align("90", [number("90", "90", 90)], [reported("90", 91)]) == {}


def mention(text: str, surface: str, name: str | None = None) -> Mention:
    start = text.index(surface)
    return Mention(start, start + len(surface), "metric", name=name)


@pytest.mark.parametrize(
    ("surface", "name", "metric", "same"),
    [
        ("accuracy", None, "accuracy", True),
        ("accuracies", None, "accuracy", True),
        ("top-1 accuracy", None, "accuracy", True),
        ("accuracy", None, "top-1 accuracy", True),
        ("Frechet distance", None, "FID", True),  # a form that the curator put down
        ("faster", "speedup", "inference speed", True),
        ("faster", None, "acceleration", True),
        ("faster", None, "accuracy", False),
        ("recall", None, "accuracy", False),
        ("recall", "accuracy", "accuracy", True),
        ("...", None, "accuracy", False),
    ],
)
def test_same_metric(surface: str, name: str | None, metric: str, same: bool) -> None:
    text = f"We report {surface} here."
    keys = {("metric", "FID"): {"fid", "frechetdistance"}}
    assert same_metric(text, mention(text, surface, name), metric, keys) is same


def test_keys(tmp_path: Path) -> None:
    (paper,) = annotated(tmp_path, [rich()])
    keys = keys_of(paper)
    assert keys["task", "tree search"] == {"treesearch"} == {key_of("Tree Searches")}
    assert keys["method", "BarNet"] == {key_of("BarNet model")}
    assert ("dataset", "BarNet") not in keys
