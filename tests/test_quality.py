"""The shipped extractor on the development papers, scored by the script that stands beside them.

Its model has learnt from them: this finds a pipeline that is broken, bench/quality.py measures how good it is.
"""

import json
import runpy
from pathlib import Path

import pytest

from kg.extraction import Extractor
from kg.record_json import to_record
from kg.records import Paper

FLOORS = {
    "results number": 75.0,
    "results core": 45.0,
    "methods proposed": 62.0,
    "datasets": 64.0,
    "metrics": 58.0,
    "methods": 65.0,
    "methods named": 72.0,
    "tasks": 50.0,
}
"""F1 in percent."""


@pytest.fixture(scope="module")
def scores(shared: Path) -> dict[str, float]:
    gold = shared / "gold"
    with (gold / "dev.papers.jsonl").open(encoding="utf-8") as file:
        papers = [Paper(p["title"], p["abstract"], p["id"]) for p in map(json.loads, file)]
    predicted = {found.id: to_record(found) for _, found in Extractor().pipe(papers)}
    script = runpy.run_path(str(gold / "score.py"))
    counts, _ = script["score"](script["read"](gold / "dev.jsonl"), predicted)
    return {measure: script["prf"](counts[measure])[2] for measure in script["MEASURES"]}


@pytest.mark.shared
@pytest.mark.parametrize("measure", FLOORS)
def test_f1(scores: dict[str, float], measure: str) -> None:
    assert scores[measure] >= FLOORS[measure], scores
