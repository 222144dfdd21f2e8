"""Scoring: hand counts, the errors' texts, and agreement with the scorers beside the annotations."""

import copy
import importlib.util
import json
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner, Result
from gold_records import entity, record, result
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.cli import root
from kg.errors import InputError
from kg.evaluate import ENTITY_MEASURES, RESULT_MEASURES, Counts, evaluate, measures_called
from kg.matching import Record, normal_form, unit_class
from kg.records import JSON

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
        "bound": Counts(2, 0, 0),
        "direction": Counts(0, 1, 1),
        "baseline": Counts(2, 0, 0),
        "baseline named": Counts(),
        "not own": Counts(),
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
    assert row["confusion"]["datasets role"] == {
        "evaluated": {"evaluated": 0, "trained": 1, "none": 0},
        "trained": {"evaluated": 0, "trained": 0, "none": 0},
        "none": {"evaluated": 0, "trained": 0, "none": 0},
    }


# ---- what results say beside the number ----------------------------------------------------------------------------


def speed(value: float, **more: JSON) -> dict[str, JSON]:
    return result("speed", value, unit="x", kind="ratio", direction="up", evidence=f"{value} times", **more)


BRIG, BOAT = entity("Brig", role="compared", named=True), entity("Boat", role="used", named=True)
SAYS = [
    record(
        "harbour",
        methods=[BRIG, BOAT],
        results=[
            speed(2, bound="<=", own=True, baseline="Brig"),
            speed(3, bound="=", own=False, baseline="Brig"),
            speed(4, bound="~", own=True, baseline=None),
            speed(5, bound="=", own=False, baseline=None),
            speed(6, bound="=", own=True, baseline="Brig"),
        ],
    )
]
SAID = [
    record(
        "harbour",
        methods=[BRIG, BOAT],
        results=[
            speed(2, bound="<=", own=True, baseline="Brig"),
            speed(3, bound="~", own=False, baseline="Boat"),
            speed(4, own=False, baseline="Brig"),
            speed(5, bound="=", own=True, baseline=None) | {"direction": "down"},
            speed(6, bound="=", own=True, baseline=None),
            speed(7, bound="=", own=False, baseline="Brig"),  # in no pair: counts for no attribute
        ],
    )
]


def test_attributes_of_matched_numbers_by_hand() -> None:
    measures = evaluate(SAYS, SAID).measures
    assert {m: measures[m] for m in ("bound", "direction", "baseline", "baseline named", "not own")} == {
        "bound": Counts(3, 2, 2),  # a record without a bound says "="
        "direction": Counts(4, 1, 1),
        "baseline": Counts(2, 3, 3),  # 2 and 5
        "baseline named": Counts(1, 2, 2),  # found: 2; wrong: 3 and 4; missed: 3 and 6
        "not own": Counts(1, 1, 1),  # found: 3; wrong: 4; missed: 5
    }
    assert measures["bound"].precision == measures["bound"].recall == measures["bound"].f1 == 60.0


def test_direction_of_absolute_results_is_not_asked() -> None:
    sides = [[record("a", results=[result("loss", 1) | {"direction": way}])] for way in (None, "down")]
    assert evaluate(*sides).measures["direction"] == Counts()


def test_attribute_mistakes_show_both_sides() -> None:
    mistakes = [(m.what, m.item["value"], m.span) for m in evaluate(SAYS, SAID).mistakes_of(["baseline named"])]
    assert mistakes == [
        ("missed", 3, "3 times"),
        ("false", 3, "3 times"),
        ("false", 4, "4 times"),
        ("missed", 6, "6 times"),
    ]


def test_attributes_of_perfect_records_are_all_right() -> None:
    counts = evaluate(SAYS, SAYS).measures
    assert [counts[m].f1 for m in ("bound", "direction", "baseline", "baseline named", "not own")] == [100.0] * 5


def test_attribute_intervals_are_of_papers() -> None:
    gold = [record(str(n), results=[speed(2, bound="=")]) for n in range(20)]
    found = [record(str(n), results=[speed(2, bound="=" if n % 4 else "~")]) for n in range(20)]
    evaluation = evaluate(gold, found)
    low, high = evaluation.intervals["bound"]
    assert low < evaluation.measures["bound"].f1 == 75.0 < high


# ---- confusion -----------------------------------------------------------------------------------------------------


def test_confusion_of_roles() -> None:
    assert evaluate(GOLD, PREDICTED).confusion["methods role"] == {
        "compared": {"compared": 0, "proposed": 0, "used": 1, "none": 0},
        "proposed": {"compared": 0, "proposed": 1, "used": 0, "none": 1},
        "used": {"compared": 0, "proposed": 0, "used": 0, "none": 1},
        "none": {"compared": 0, "proposed": 0, "used": 1, "none": 0},
    }


def test_confusion_of_kinds_pairs_numbers_of_one_kind_first() -> None:
    gold = [record("a", results=[result("accuracy", 5, unit="%"), speed(2), result("loss", 9)])]
    found = [
        record(
            "a",
            results=[
                result("accuracy", 5, unit="points", kind="change"),  # before its partner, which the next one takes
                result("accuracy", 5, unit="%"),
                result("speed", 2, unit="x", kind="change"),
                result("loss", 9, unit="x"),
            ],
        )
    ]
    assert evaluate(gold, found).confusion["results kind"] == {
        "absolute": {"absolute": 1, "change": 0, "ratio": 0, "none": 1},
        "change": {"absolute": 0, "change": 0, "ratio": 0, "none": 0},
        "ratio": {"absolute": 0, "change": 1, "ratio": 0, "none": 0},
        "none": {"absolute": 1, "change": 1, "ratio": 0, "none": 0},
    }


# ---- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "measures"),
    [
        ("results", ["results number", "results core", "results full"]),
        ("results core", ["results core"]),
        ("methods", ["methods"]),
        ("result", []),
    ],
)
def test_measures_called(word: str, measures: list[str]) -> None:
    assert measures_called(word) == measures


def typed(folder: Path, *words: str) -> Result:
    """`kg evaluate` of SAID against SAYS."""
    for name, rows in (("gold", SAYS), ("found", SAID)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return CliRunner().invoke(root, ["evaluate", str(folder / "gold"), str(folder / "found"), *words], prog_name="kg")


def test_command_shows_confusion_tables(tmp_path: Path) -> None:
    assert typed(tmp_path, "--confusion").stdout.split("\n\n")[1:] == [
        (
            "methods role: gold  compared  used  none\n"
            "compared                   1     0     0\n"
            "used                       0     1     0\n"
            "none                       0     0     0"
        ),
        "datasets role: gold  none\nnone                    0",
        "results kind: gold  ratio  none\nratio                   5     0\nnone                    1     0\n",
    ]
    assert "results kind: gold,ratio,none\nratio,5,0\n" in typed(tmp_path, "--confusion", "--csv").stdout
    scores = json.loads(typed(tmp_path, "--json").stdout)
    assert scores["confusion"]["results kind"]["none"] == {"ratio": 1, "none": 0}


def test_command_lists_mistakes_of_all_measures_of_a_word(tmp_path: Path) -> None:
    listed = typed(tmp_path, "--errors", "results").stdout.split("\n\n")[1].splitlines()
    assert [line.split(" {")[0] for line in listed][:4] == [
        "results number:",
        "false harbour",
        "results core:",
        "false harbour",
    ]
    assert listed[1].endswith('"bound": "=", "own": false, "baseline": "Brig"} in: 7 times')
    rows = typed(tmp_path, "--errors", "not own", "--csv").stdout.split("\n\n")[1].splitlines()
    assert rows[0] == "measure,what,paper,item,span"
    assert [row.split(",")[:3] for row in rows[1:]] == [
        ["not own", "false", "harbour"],
        ["not own", "missed", "harbour"],
    ]
    errors = json.loads(typed(tmp_path, "--errors", "results", "--json").stdout)["errors"]
    assert {e["measure"] for e in errors} == {"results number", "results core", "results full"}
    assert errors[0] == {
        "measure": "results number",
        "paper": "harbour",
        "what": "false",
        "item": SAID[0]["results"][-1],  # type: ignore[index]
        "span": "7 times",
    }


def test_command_names_the_measures_there_are(tmp_path: Path) -> None:
    done = typed(tmp_path, "--errors", "results middle")
    assert done.exit_code == 2
    assert "no measure begins with 'results middle'; there are methods, methods named, " in done.stderr


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
    for measure in ENTITY_MEASURES + RESULT_MEASURES:
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
