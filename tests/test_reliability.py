"""Judged facts of records made by hand, and the calibration error of numbers worked out by hand."""

import pytest
from gold_records import entity, record, result

from kg.records import JSON
from kg.reliability import Bin, Judgement, bins, calibration_error, chance_error, judge


def said(metric: str, value: float, confidence: float, links: dict[str, JSON], **more: JSON) -> dict[str, JSON]:
    return {**result(metric, value, **more), "confidence": confidence, "linkConfidence": links}


def facts(gold: list[JSON], predicted: list[JSON]) -> list[tuple[str, float, bool]]:
    lists: dict[str, list[JSON]] = {
        "datasets": [{"name": "HarborSet", "mentions": ["Harbor Set"]}, entity("OpenSea")],
        "methods": [entity("LanternNet"), entity("OldBeam")],
        "tasks": [entity("sailing")],
    }
    found = judge([record("p", results=gold, **lists)], [record("p", results=predicted, **lists), record("other")])
    assert {j.paper for j in found} <= {"p"}
    return [(j.fact, j.score, j.right) for j in found]


def test_links_of_a_right_result() -> None:
    gold = result("FID", 2.5, dataset="HarborSet", method="LanternNet", baseline="OldBeam")
    links: dict[str, JSON] = {"metric": 0.9, "dataset": 0.8, "baseline": 0.3, "task": 0.2}
    named = {"dataset": "Harbor Set", "method": "OldBeam", "task": "sailing"}
    assert facts([gold], [said("FID", 2.5, 0.7, links, **named)]) == [
        ("result", 0.7, True),
        ("metric", 0.9, True),
        ("dataset", 0.8, True),
        ("method", 1.0, False),  # another one; no confidence given
        ("task", 0.2, False),  # gold has none; the baseline that is missed is no fact of the prediction
    ]


def test_a_wrong_metric_and_a_false_number() -> None:
    links: dict[str, JSON] = {"metric": 0.6, "dataset": 0.5}
    predicted = [said("IS", 2.5, 0.4, links, dataset="OpenSea"), said("FID", 7, 0.3, links)]
    assert facts([result("FID", 2.5, dataset="OpenSea")], [*predicted]) == [
        ("result", 0.4, False),
        ("result", 0.3, False),
        ("metric", 0.6, False),
    ]


def test_one_number_of_two_metrics_is_judged_by_the_free_one() -> None:
    gold: list[JSON] = [result("memory", 40), result("latency", 40)]
    assert facts(gold, [said("latency", 40, 0.9, {"metric": 0.7}), said("FID", 40, 0.8, {"metric": 0.2})]) == [
        ("result", 0.9, True),
        ("metric", 0.7, True),
        ("result", 0.8, False),
        ("metric", 0.2, False),
    ]


def judged(*pairs: tuple[float, bool]) -> list[Judgement]:
    return [Judgement("p", "result", score, right) for score, right in pairs]


HAND = judged((0.9, True), (0.2, False), (0.5, True), (0.4, False), (0.8, True), (0.7, False))


def test_bins_and_error_by_hand() -> None:
    low, high = bins(HAND, 2)
    assert (low.count, low.right, high.count, high.right) == (3, 1 / 3, 3, 2 / 3)
    assert [low.confidence, high.confidence] == pytest.approx([1.1 / 3, 0.8])
    # (3 * |1.1 - 1| / 3 + 3 * |2.4 - 2| / 3) / 6, in points
    assert calibration_error([low, high]) == pytest.approx(100 * 0.5 / 6)


def test_bins_are_of_like_size_and_fewer_than_asked_for_where_facts_are_few() -> None:
    assert [b.count for b in bins(judged(*((n / 100, True) for n in range(23))))] == [2, 3, 2, 2, 3, 2, 2, 2, 3, 2]
    assert [b.count for b in bins(HAND)] == [1] * 6
    assert bins([]) == []
    assert calibration_error([]) == chance_error([]) == 0.0


def test_chance_is_the_error_that_exact_confidences_show() -> None:
    (part,) = bins(judged(*[(0.5, True)] * 50, *[(0.5, False)] * 50), 1)
    assert calibration_error([part]) == 0.0
    # mean deviation of 100 tosses of a coin from 50 heads, by the binomial: 3.98
    assert chance_error([part]) == pytest.approx(3.98, abs=0.02)
    assert chance_error([Bin(10, 1.0, 1.0, 0.0)]) == 0.0
