import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ModelError
from kg.extraction.candidates import Candidate
from kg.extraction.mentions import FLOOR, LABELS, Classifier, judge, label, without_overlap
from kg.extraction.types import Mention


def row(feature: str, **weights: float) -> list[str]:
    return [feature, *(str(weights.get(name.replace(":", "_"), "")) for name in LABELS)]


CLASSIFIER = Classifier(
    ("feature", *LABELS), [row("bias", none=1), row("x", dataset_evaluated=3), row("y", dataset_trained=2.5)]
)


def test_labels() -> None:
    assert label("method", "proposed", True) == "method:proposed:named"
    assert label("method", "used", False) == "method:used:plain"
    assert label("dataset", "introduced", None) == "dataset:introduced"
    assert label("task", None, None) == "task"


def test_probabilities_add_up_and_unknown_features_do_not_count() -> None:
    p = CLASSIFIER(["bias", "x", "never seen"])
    scores = [np.exp(1), np.exp(3), len(LABELS) - 2]
    assert p[LABELS.index("dataset:evaluated")] == pytest.approx(np.exp(3) / sum(scores))
    assert sum(p) == pytest.approx(1)
    assert CLASSIFIER([]) == pytest.approx([1 / len(LABELS)] * len(LABELS))


def test_roles_of_a_kind_are_added_up_before_it_is_judged() -> None:
    candidate = Candidate("foo", ("foo",), {(3, 6): None, (9, 12): None})
    p = CLASSIFIER(["bias", "x", "y"])
    score = round(
        float(sum(p[LABELS.index(f"dataset:{r}")] for r in ("introduced", "evaluated", "trained", "mentioned"))), 3
    )
    assert judge(candidate, p) == [
        Mention(3, 6, "dataset", score, "dataset:evaluated"),
        Mention(9, 12, "dataset", score, "dataset:evaluated"),
    ]
    assert judge(candidate, CLASSIFIER(["bias", "bias"])) == []


def test_tables_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ModelError, match=r"entity_weights\.tsv has other columns; make it again"):
        Classifier(("feature", "none"), [])
    with pytest.raises(ModelError, match=r"a weight is no number \(.*'much'\); make it again"):
        Classifier(("feature", *LABELS), [["bias", "much", *[""] * (len(LABELS) - 1)]])


def test_the_likelier_then_the_longer_of_two_that_overlap() -> None:
    likely, long, short, apart = (
        Mention(0, 4, "task", 0.9),
        Mention(3, 9, "task", 0.8),
        Mention(10, 12, "task", 0.5),
        Mention(10, 14, "task", 0.5),
    )
    assert without_overlap([long, short, apart, likely]) == [likely, apart]


spans = st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from([0.5, 0.7, 0.9]))


@given(st.lists(spans, max_size=12))
def test_overlap_in_any_order(found: list[tuple[int, int, float]]) -> None:
    mentions = [Mention(a, a + n, "task", score) for a, n, score in dict.fromkeys(found)]
    kept = without_overlap(mentions)
    assert kept == without_overlap(mentions[::-1])
    assert all(a.end <= b.start for a, b in itertools.pairwise(kept))
    assert all(any(m.start < k.end and k.start < m.end for k in kept) for m in mentions)


def test_every_kind_has_a_floor_above_chance() -> None:
    assert all(1 / len(LABELS) < floor < 1 for floor in FLOOR.values())
