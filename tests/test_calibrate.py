"""Curves fitted on judged facts: steps by hand, properties, what cross-validation sees, the command."""

import json
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from gold_records import record, result
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.calibration import FACTS, TABLE, UNCALIBRATED, load
from kg.records import Paper
from kg.reliability import Judgement, bins, calibration_error, chance_error
from kg.train.calibrate import HIGHEST, LOWEST, MOST_KNOTS, at_precision, fit, folds, out_of_fold, report, table

SCORES = st.integers(0, 50).map(lambda n: n / 50)


def judged(pairs: list[tuple[float, bool]], fact: str = "result") -> list[Judgement]:
    return [Judgement(f"p{n // 3}", fact, score, right) for n, (score, right) in enumerate(pairs)]


def test_groups_shares_and_precisions_by_hand() -> None:
    low = [(0.1, n < 5) for n in range(20)]
    high = [(0.9, n < 15) for n in range(20)]
    knots = fit(judged([*high, *low])).knots["result"]
    assert [(k.score, k.probability, k.precision) for k in knots] == [
        (0.1, round(6 / 22, 3), 0.5),  # at the first knot the precision of all: 21 / 42
        (0.9, round(16 / 22, 3), round(16 / 22, 3)),
    ]


def test_groups_that_fall_are_pooled() -> None:
    pairs = [(0.2, n < 15) for n in range(20)] + [(0.6, n < 5) for n in range(20)]
    assert [(k.score, k.probability) for k in fit(judged(pairs)).knots["result"]] == [(0.4, 0.5)]


def test_few_facts_make_one_knot_that_is_not_certain() -> None:
    knots = fit(judged([(0.9, True)] * 8)).knots
    assert [(k.score, k.probability, k.precision) for k in knots["result"]] == [(0.9, 0.9, 0.9)]
    assert [(k.probability, k.precision) for k in knots["task"]] == [(0.5, 0.5)]  # nothing is known


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(SCORES, st.booleans()), max_size=300), st.randoms())
def test_curves_rise_and_do_not_depend_on_order(pairs: list[tuple[float, bool]], chance: random.Random) -> None:
    judgements = judged(pairs)
    curve = fit(judgements)
    shuffled = judgements[:]
    chance.shuffle(shuffled)
    assert fit(shuffled) == curve
    knots = curve.knots["result"]
    assert 1 <= len(knots) <= MOST_KNOTS
    for a, b in pairwise(knots):
        assert a.score < b.score
        assert a.probability < b.probability
    assert all(LOWEST <= k.probability <= HIGHEST for k in knots)


def test_a_table_reads_back(tmp_path: Path) -> None:
    curve = fit(judged([(n / 997, n % 3 > 0 or n > 600) for n in range(997)]))
    (tmp_path / f"{TABLE}.tsv").write_text("".join("\t".join(row) + "\n" for row in table(curve)), encoding="utf-8")
    assert load(tmp_path) == curve


def test_a_bent_score_is_made_straight_on_papers_that_were_left_out() -> None:
    """Scores whose share of right ones is their square."""
    chance = random.Random(7)
    facts = judged([(score, chance.random() < score**2) for score in (chance.random() for _ in range(6000))])
    fitted = bins(out_of_fold(facts))
    assert calibration_error(bins(facts)) > 15
    assert calibration_error(fitted) < 2
    assert chance_error(fitted) < calibration_error(fitted) + 1
    kept, right = at_precision(facts, "result", 0.8)
    assert right / kept == pytest.approx(0.8, abs=0.04)
    assert 900 < kept < 1350  # the mean of s * s over [t, 1] is 0.8 at t = 0.785: 1,290 facts; knots stand 300 apart
    assert at_precision(facts, "result", 0.999) == (0, 0)


def test_folds_keep_papers_together_and_see_every_fact_once() -> None:
    facts = judged([(n / 100, n % 2 == 0) for n in range(100)])
    held_out = [held for _, held in folds(facts)]
    papers = [{j.paper for j in held} for held in held_out]
    assert sum(map(len, papers)) == len(set[str]().union(*papers)) == 34
    assert sorted((j for held in held_out for j in held), key=lambda j: j.score) == facts


def test_the_report_has_a_line_for_every_kind_of_fact() -> None:
    lines = report(judged([(0.9, True), (0.9, False)])).splitlines()
    assert [line.split()[0] for line in lines] == ["fact", *FACTS]
    assert lines[1].split()[1:4] == ["2", "50.0", "50.0"]


def test_the_command_writes_a_table(tmp_path: Path) -> None:
    gold, raw = tmp_path / "gold.jsonl", tmp_path / "raw.jsonl"
    with gold.open("w") as right, raw.open("w") as found:
        for n in range(60):
            right.write(json.dumps(record(f"p{n}", results=[result("FID", 2)])) + "\n")
            value = {**result("FID", 2 if n % 3 else 7), "confidence": 0.9 if n % 3 else 0.2}
            found.write(json.dumps(record(f"p{n}", results=[value])) + "\n")
    command = [
        sys.executable,
        "-m",
        "kg.train.calibrate",
        *("--gold", str(gold), "--records", str(raw), "--output", str(tmp_path)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1].split()[:3] == ["result", "60", "66.7"]
    curve = load(tmp_path)
    assert [curve("result", score) for score in (0.2, 0.9)] == [round(1 / 22, 3), round(41 / 42, 3)]


def test_raw_scores_need_no_table_and_are_finer_than_calibrated_ones() -> None:
    from kg.extraction import Extractor  # noqa: PLC0415 - the other tests do without spaCy

    paper = Paper("QuillNet", "We propose QuillNet. It reaches an accuracy of 84.5% on CIFAR-10.")
    raw, shipped = Extractor(calibrated=False), Extractor()
    (before,), (after,) = raw(paper).results, shipped(paper).results
    assert raw.signature != shipped.signature
    assert after.confidence == load()("result", before.confidence)
    assert before.confidence == UNCALIBRATED("result", before.confidence) != round(before.confidence, 3)
    assert before.link_confidence.keys() == after.link_confidence.keys()
    assert all(after.link_confidence[s] == load()(s, before.link_confidence[s]) for s in after.link_confidence)
