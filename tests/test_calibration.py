"""Scores to probabilities and precisions to thresholds, by tables made by hand."""

from pathlib import Path

import pytest
from curves import LINE, write_table
from hypothesis import given
from hypothesis import strategies as st

from kg.calibration import CUT_LINKS, FACTS, TABLE, UNCALIBRATED, Calibration, Knot, load
from kg.errors import InputError, ModelError

SHARES = st.floats(0, 1)
STEPS = [(0.2, 0.1, 0.7), (0.6, 0.5, 0.9), (0.8, 0.9, 0.97)]
LINKS_AT = {link: [(0.5, 0.4, 0.8), (0.9, 0.7, 0.96)] for link in CUT_LINKS}


def steps() -> Calibration:
    return Calibration({"result": [Knot(*step) for step in STEPS]})


@pytest.mark.parametrize(
    ("score", "expected"), [(0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.65, 0.6), (0.8, 0.9), (1.0, 0.9)]
)
def test_linear_between_knots_and_flat_beyond(score: float, expected: float) -> None:
    assert steps()("result", score) == expected


@given(SHARES, SHARES)
def test_shipped_curves_rise_and_stay_within_bounds(a: float, b: float) -> None:
    shipped = load()
    for fact in FACTS:
        low, high = shipped(fact, min(a, b)), shipped(fact, max(a, b))
        assert 0.01 <= low <= high <= 0.99


@given(SHARES)
def test_without_a_curve_the_score_stays_as_it_is(score: float) -> None:
    assert UNCALIBRATED("result", score) == score


@pytest.mark.parametrize(("precision", "expected"), [(0.0, 0.1), (0.7, 0.1), (0.71, 0.5), (0.97, 0.9), (0.98, None)])
def test_threshold_is_the_least_that_reached_the_precision(precision: float, expected: float | None) -> None:
    assert steps().threshold("result", precision) == expected


def test_thresholds_of_results_and_links(tmp_path: Path) -> None:
    curves = load(write_table(tmp_path, {"result": STEPS, **LINKS_AT, "task": [(0.5, 0.4, 0.45)]}))
    links = {"dataset": 0.7, "method": 0.7, "baseline": 0.7}
    assert curves.thresholds(0.95) == {"result": 0.9, **links, "task": 1.0}


def test_a_precision_out_of_reach_names_the_highest(tmp_path: Path) -> None:
    curves = load(write_table(tmp_path, {"result": STEPS}))
    with pytest.raises(InputError, match=r"min_precision 0\.98 is out of reach: .* results reach 0\.970 at most"):
        curves.thresholds(0.98)
    with pytest.raises(InputError, match=r"min_precision must lie between 0 and 1, not 1\.5"):
        curves.thresholds(1.5)


@pytest.mark.parametrize(
    ("curve", "message"),
    [
        ([], "says nothing of 'task'"),
        ([(0.5, 1.5, 0.5)], "task: a number does not lie between 0 and 1"),
        ([(0.5, float("nan"), 0.5)], "task: a number does not lie between 0 and 1"),
        ([(0.5, 1.0, 0.5)], "task: a probability is 1"),
        ([(0.5, 0.5, 0.5), (0.5, 0.6, 0.5)], "task: score and probability must rise"),
        ([(0.5, 0.5, 0.5), (0.6, 0.5, 0.5)], "task: score and probability must rise"),
    ],
)
def test_a_broken_curve(tmp_path: Path, curve: list[tuple[float, float, float]], message: str) -> None:
    with pytest.raises(ModelError, match=rf"calibration\.tsv.*{message}.*kg\.train\.calibrate"):
        load(write_table(tmp_path, {"task": curve}))


def test_a_broken_table(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no table calibration\.tsv; make it with `python -m kg\.train\.calibrate`"):
        load(tmp_path / "nowhere")
    table = write_table(tmp_path, {"result": LINE}) / f"{TABLE}.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("0.95", "much", 1), encoding="utf-8")
    with pytest.raises(ModelError, match=r"calibration\.tsv: could not convert string to float: 'much'"):
        load(tmp_path)
