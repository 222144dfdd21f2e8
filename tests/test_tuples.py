"""Recall of leaderboard entries: hand counts, the errors' texts, and agreement with the script beside the entries."""

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from gold_records import entity, record, result

import kg
from kg.errors import InputError
from kg.matching import Record
from kg.record_json import to_record
from kg.records import JSON, Paper
from kg.tuples import LEVELS, Recall, recall


def entry(dataset: str, metric: str, value: float) -> dict[str, JSON]:
    return {"task": "sailing", "dataset": dataset, "metric": metric, "score": str(value), "value": value}


def curated(key: str, *entries: JSON) -> Record:
    return {"id": key, "title": "Lights", "abstract": "None.", "tuples": list(entries)}


def test_recall_by_hand() -> None:
    papers = [
        curated(
            "lantern",
            entry("Harbor Set", "Top 1 Accuracy", 91.5),  # all agree
            entry("OpenSea", "FID", 2.5),  # the metric by its long form, the data set not
            entry("HarborSet", "BLEU", 30),  # the value only
            entry("HarborSet", "accuracy", 12),  # nothing
        ),
        curated("nobody", entry("HarborSet", "accuracy", 1)),
    ]
    found = record(
        "lantern",
        datasets=[{"name": "HS", "mentions": ["HS", "HarborSet"]}],
        metrics=[{"name": "FID score", "mentions": ["Frechet inception distance"]}],
        results=[
            result("accuracy", 91.5, dataset="HS"),
            result("FID score", 2.5, dataset="HS"),
            result("recall", 30, dataset="HS"),
            result("accuracy", 30.1, dataset="HS") | {"value": "thirty"},
        ],
    )
    scored = recall(papers, [found])
    assert scored == Recall(value=3, metric=2, dataset=1, total=5)
    assert [scored.percent(level) for level in LEVELS] == [60.0, 40.0, 20.0]


def test_one_result_must_have_it_all() -> None:
    found = record("a", results=[result("BLEU", 3, dataset=None), result("FID", 3, dataset="OpenSea")])
    assert recall([curated("a", entry("OpenSea", "BLEU", 3))], [found]) == Recall(1, 1, 0, 1)


def test_no_entries() -> None:
    assert recall([], []).percent("value") == 0.0


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        ({"tuples": []}, 'a record has no "id"'),
        ({"id": "a"}, "paper 'a' has no list \"tuples\" of leaderboard entries"),
        (curated("a", entry("B", "C", 1), {"value": 2}), "paper 'a', tuple 2: no usable value, metric or dataset"),
        (curated("a", "FID"), "paper 'a', tuple 1: no usable value, metric or dataset"),
    ],
)
def test_broken_entries_are_refused(paper: Record, message: str) -> None:
    with pytest.raises(InputError, match=message):
        recall([paper], [])


def printed_recall(script: Path, papers: Sequence[Record], found: Sequence[Record], folder: Path) -> Recall:
    """What the script beside the curated papers counts."""
    names = []
    for name, rows in (("papers", papers), ("found", found)):
        names.append(str(folder / name))
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done = subprocess.run([sys.executable, str(script), *names], capture_output=True, text=True, check=True)
    counts = [line.split()[-2].split("/") for line in done.stdout.splitlines()]
    value, metric, dataset = (int(hits) for hits, _ in counts)
    return Recall(value, metric, dataset, total=int(counts[0][1]))


def made_up(papers: Sequence[Any], seed: int) -> Sequence[Record]:
    """Records with the values of the papers' own entries and names of entries of any paper, whole, cut or joined."""
    rng = random.Random(seed)
    entries = [e for paper in papers for e in paper["tuples"]]

    def name(own: str, key: str) -> str:
        other = str(rng.choice(entries)[key])
        return rng.choice([own, own.lower(), own[: rng.randrange(len(own) + 1)], f"{own} {other}", other])

    return [
        record(
            paper["id"],
            metrics=[entity(e["metric"]) | {"mentions": [name(e["metric"], "metric")]} for e in paper["tuples"]],
            results=[
                result(name(e["metric"], "metric"), e["value"] * rng.choice([1, 1 + 1e-7, 1.01]))
                | {"dataset": rng.choice([None, name(e["dataset"], "dataset")])}
                for e in paper["tuples"]
            ],
        )
        for paper in papers
        if rng.random() < 0.95
    ]


@pytest.mark.shared
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equals_the_script_on_made_up_records(shared: Path, tmp_path: Path, seed: int) -> None:
    papers = [json.loads(line) for line in (shared / "pwc" / "train.jsonl").read_text("utf-8").splitlines()]
    found = made_up(papers, seed)
    scored = recall(papers, found)
    assert scored == printed_recall(shared / "pwc" / "score.py", papers, found, tmp_path)
    assert 0 < scored.dataset < scored.metric < scored.value < scored.total


@pytest.mark.shared
def test_equals_the_script_on_extracted_records(shared: Path, tmp_path: Path) -> None:
    papers = [json.loads(line) for line in (shared / "pwc" / "train.jsonl").read_text("utf-8").splitlines()[:120]]
    source = (Paper(p["title"], p["abstract"], p["id"]) for p in papers)
    found = [to_record(extraction) for _, extraction in kg.extract(source)]
    scored = recall(papers, found)
    assert scored == printed_recall(shared / "pwc" / "score.py", papers, found, tmp_path)
    assert scored.value > 100
