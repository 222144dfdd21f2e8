"""Papers of our own making with facts, as `kg extract --papers` would print them: loads without extraction."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.records import JSON

Record = dict[str, JSON]

_METHODS = ("LanternNet", "OldBeam", "MoorNet", "QuillFormer", "TideMixer", "ReedNet", "BrackenFlow")
_DATASETS = ("ImageNet", "HarborSet", "MS-COCO", "FenBench", "CIFAR-10")
_METRICS = ("FID", "accuracy", "recall", "F1")
_TASKS = ("image generation", "object detection", "parsing", "machine translation")
_AUTHORS = ("Ada Quill", "Bo Reed", "Cy Stone", "Dee Marsh", "Eve Heath", "Flo Brook", "Gus Fen")


def record(number: int, *, version: int = 0) -> Record:
    """The paper of this number; a later version has a longer abstract with other facts, and wins."""
    chance = random.Random(f"{number}/{version}")
    method, baseline = chance.sample(_METHODS, 2)
    dataset, metric, task = chance.choice(_DATASETS), chance.choice(_METRICS), chance.choice(_TASKS)
    value, before = round(chance.uniform(1, 99), 2), round(chance.uniform(1, 99), 1)
    reached = f"{method} reaches a {metric} of {value} on {dataset}"
    stayed = f"{baseline} stays at a {metric} of {before}"
    abstract = f"We propose {method} for {task}. {reached}, where {stayed}." + " We looked at it again." * version
    result: Record = {"metric": metric, "dataset": dataset, "kind": "absolute", "task": task}
    return {
        "title": f"Study {number} of a Quiet Kind",
        "abstract": abstract,
        "authors": [*chance.sample(_AUTHORS, 3)],
        "year": 2000 + number % 25,
        "methods": [
            {"name": method, "mentions": [method], "role": "proposed", "named": True},
            {"name": baseline, "mentions": [baseline], "role": "compared", "named": True},
        ],
        "datasets": [{"name": dataset, "mentions": [dataset], "role": "evaluated"}],
        "metrics": [{"name": metric, "mentions": [metric]}],
        "tasks": [{"name": task, "mentions": [task]}],
        "results": [
            {**result, "value": value, "method": method, "own": True, "evidence": reached},
            {**result, "value": before, "method": baseline, "own": False, "evidence": stayed},
        ],
    }


def records(numbers: Iterable[int], *, version: int = 0) -> list[Record]:
    return [record(number, version=version) for number in numbers]


def written(path: Path, rows: Sequence[Record]) -> Path:
    """The records as JSON Lines."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path
