"""Records built by hand for the tests of scoring."""

from kg.matching import Record
from kg.records import JSON


def record(key: str, **lists: list[JSON]) -> Record:
    return {"id": key, **{k: lists.get(k, []) for k in ("methods", "datasets", "metrics", "tasks", "results")}}


def result(metric: str, value: float, **more: JSON) -> dict[str, JSON]:
    row: dict[str, JSON] = {"metric": metric, "value": value, "unit": "", "kind": "absolute", "direction": None}
    return row | {"method": None, "dataset": None} | more


def entity(name: str, **more: JSON) -> dict[str, JSON]:
    return {"name": name, "mentions": [name], **more}
