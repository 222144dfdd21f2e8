"""Scoring: hand counts, the errors' texts, and agreement with the gold folder's own scorer."""

import copy
import importlib.util
import json
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.evaluate import MEASURES, Counts, evaluate
from kg.matching import Record, normal_form, unit_class
from kg.records import JSON


def entity(name: str, **more: JSON) -> dict[str, JSON]:
    return {"name": name, "mentions": [name], **more}


def result(metric: str, value: float, **more: JSON) -> dict[str, JSON]:
    row: dict[str, JSON] = {"metric": metric, "value": value, "unit": "", "kind": "absolute", "direction": None}
    return row | {"method": None, "dataset": None} | more


def record(key: str, **lists: list[JSON]) -> Record:
    return {"id": key, **{k: lists.get(k, []) for k in ("methods", "datasets", "metrics", "tasks", "results")}}


GOLD = [
    record(
        "lantern",
        methods=[
            entity("LanternNet", role="proposed", named=True),
            entity("diffusion model", role="used", named=False),
            entity("OldNet", role="compared", named=True),
        ],
        datasets=[entity("HarborSet", role="evaluated")],
        metrics=[entity("accuracy")],
        results=[
            result("accuracy", 91.5, unit="%", dataset="HarborSet", method="LanternNet"),
            result("speed", 3.0, unit="x", kind="ratio", direction="up"),
        ],
    ),
    record("quiet", methods=[entity("Quiet", role="proposed", named=True)]),
]
PREDICTED = [
    record(
        "lantern",
        methods=[
            entity("the LanternNet model", role="proposed", named=True),
            entity("OldNets", role="used", named=True),
            entity("Extra", role="used", named=False),
        ],
        datasets=[entity("HarborSet dataset", role="trained")],
        metrics=[entity("top-1 accuracy")],
        results=[
            result("top-1 accuracy", 91.5, unit="points", dataset="HarborSet dataset", method=None),
            result("inference speedup", 3, unit="times", kind="ratio", direction="down"),
        ],
    ),
    record("stranger", methods=[entity("Ignored", role="proposed", named=True)]),
]


def test_counts_by_hand() -> None:
    evaluation = evaluate(GOLD, PREDICTED)
    assert evaluation.measures == {
        "methods": Counts(2, 1, 2),
        "methods named": Counts(2, 0, 1),
        "methods proposed": Counts(1, 0, 1),
        "datasets": Counts(1, 0, 0),
        "metrics": Counts(0, 1, 1),
        "tasks": Counts(),
        "results number": Counts(2, 0, 0),
        "results core": Counts(2, 0, 0),
        "results full": Counts(0, 2, 2),
    }
    assert evaluation.classes["methods: compared"] == Counts(0, 0, 1)
    assert evaluation.classes["methods: proposed"] == Counts(1, 0, 1)
    assert evaluation.classes["methods: used"] == Counts(0, 2, 1)
    assert evaluation.classes["results number: absolute %"] == Counts(1, 0, 0)
    assert evaluation.classes["results full: ratio x"] == Counts(0, 1, 1)
    assert (evaluation.papers, evaluation.missing) == (2, ("quiet",))


def test_mistakes_name_the_paper_and_the_item() -> None:
    mistakes = [(m.paper, m.what, m.item["name"]) for m in evaluate(GOLD, PREDICTED).mistakes if m.measure == "methods"]
    assert mistakes == [
        ("lantern", "false", "Extra"),
        ("lantern", "missed", "diffusion model"),
        ("quiet", "missed", "Quiet"),
    ]


def test_rates_of_known_counts() -> None:
    counts = Counts(tp=10, fp=0, fn=4)
    assert (counts.precision, round(counts.recall, 1), round(counts.f1, 1)) == (100.0, 71.4, 83.3)
    assert (Counts().precision, Counts().recall, Counts().f1) == (0.0, 0.0, 0.0)


def test_interval_holds_the_rate_and_is_the_same_every_time() -> None:
    gold = [record(f"p{i}", tasks=[entity("routing"), entity("sorting")]) for i in range(20)]
    predicted = [record(f"p{i}", tasks=[entity("routing")] if i % 3 else []) for i in range(20)]
    first, second = evaluate(gold, predicted), evaluate(gold, predicted)
    low, high = first.intervals["tasks"]
    assert low < first.measures["tasks"].f1 < high
    assert first == second


def test_nothing_to_score() -> None:
    evaluation = evaluate([], [])
    assert set(evaluation.measures.values()) == {Counts()}
    assert set(evaluation.intervals.values()) == {(0.0, 0.0)}


def test_to_json_is_json() -> None:
    row = json.loads(json.dumps(evaluate(GOLD, PREDICTED).to_json()))
    assert row["measures"]["datasets"] == {
        "precision": 100.0,
        "recall": 100.0,
        "f1": 100.0,
        "tp": 1,
        "fp": 0,
        "fn": 0,
        "f1_95": [0.0, 100.0],  # half of the resamples of two papers draw the one with a data set
    }


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ([{"name": "no id"}], 'a record has no "id"'),
        ([{"id": "a", "methods": []}], "gold record 'a' has no list \"datasets\""),
        ([record("a", results=[{"metric": "FID"}])], "gold record 'a', result 1: no value, unit, kind"),
        ([record("a", results=[result("FID", 0) | {"value": "ten"}])], "gold record 'a', result 1: no usable value"),
    ],
)
def test_broken_gold_is_refused(gold: list[Record], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(gold, [])


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("The Fréchet Inception Distances", "frechetinceptiondistance"),
        ("HarborSet dataset", "harborset"),
        ("model", "model"),
        ("our policies", "policy"),
        ("glass", "glass"),
        ("...", ""),
    ],
)
def test_normal_form(name: str, form: str) -> None:
    assert normal_form(name) == form


def test_unit_class() -> None:
    assert [unit_class(u) for u in (" Fold", "points", "ms", "")] == ["x", "%", "", ""]


# ---- against the gold folder's scorer ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", shared / "gold" / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_equal_scores(scorer: ModuleType, gold: Sequence[Record], predicted: Sequence[Record]) -> None:
    count, errors = scorer.score({r["id"]: r for r in gold}, {r["id"]: r for r in predicted})
    evaluation = evaluate(gold, predicted)
    for measure in MEASURES:
        mine = evaluation.measures[measure]
        assert (mine.precision, mine.recall, mine.f1) == scorer.prf(count[measure]), measure
        listed = [(m.paper, m.what, m.item) for m in evaluation.mistakes if m.measure == measure]
        assert listed == errors[measure], measure


def perturbed(gold: Sequence[Record], seed: int) -> Sequence[Record]:
    """A copy with items dropped and shuffled, values doubled, links and metrics lost."""
    rng = random.Random(seed)
    copies = [copy.deepcopy(dict(r)) for r in gold if rng.random() > 0.05]
    for paper in copies:
        for name, items in paper.items():
            if isinstance(items, list):
                paper[name] = rng.sample(items, k=len(items) - (rng.random() < 0.4 and len(items) > 0))
        for row in paper["results"] if isinstance(paper["results"], list) else []:
            if isinstance(row, dict):
                row.update(rng.choice([{}, {}, {"value": 7}, {"dataset": None}, {"metric": "faster decoding"}]))
    return copies


@pytest.mark.shared
@pytest.mark.parametrize("seed", [1, 2])
def test_equals_the_scorer_on_gold(shared: Path, scorer: ModuleType, seed: int) -> None:
    lines = (shared / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    assert_equal_scores(scorer, gold, perturbed(gold, seed))


NAMES = st.sampled_from(
    ["FID", "the FID score", "speedup", "fast speed", "accuracy", "top-1 accuracy", "the", "glass", ""]
)
ENTITIES: st.SearchStrategy[Any] = st.lists(
    st.fixed_dictionaries(
        {"name": NAMES, "mentions": st.lists(NAMES, max_size=2), "role": st.sampled_from(["proposed", "used"])},
        optional={"named": st.booleans()},
    ),
    max_size=3,
)
RESULTS: st.SearchStrategy[Any] = st.lists(
    st.fixed_dictionaries(
        {
            "metric": NAMES,
            "value": st.sampled_from([1, 1.0000005, 2.5, "2.5"]),
            "unit": st.sampled_from(["x", "times", "%", "points", "ms", "", None]),
            "kind": st.sampled_from(["absolute", "ratio"]),
            "direction": st.sampled_from(["up", "down", None]),
            "method": NAMES | st.none(),
            "dataset": NAMES | st.none(),
        }
    ),
    max_size=4,
)


METHODS: st.SearchStrategy[Any] = ENTITIES.map(lambda methods: [{"named": True, **m} for m in methods])
RECORDS: st.SearchStrategy[list[Any]] = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c"]),
            "methods": METHODS,
            "datasets": ENTITIES,
            "metrics": ENTITIES,
            "tasks": ENTITIES,
            "results": RESULTS,
        }
    ),
    unique_by=lambda row: row["id"],
    max_size=3,
)


@pytest.mark.shared
@settings(max_examples=150, deadline=None)
@given(gold=RECORDS, predicted=RECORDS)
def test_equals_the_scorer_on_anything(scorer: ModuleType, gold: Sequence[Record], predicted: Sequence[Record]) -> None:
    assert_equal_scores(scorer, gold, predicted)
