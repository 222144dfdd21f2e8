"""What people read most: reported values, plain rankings, and all that is known of one thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.errors import QueryError
from kg.queries import NodeKind, find, find_entity, load, run
from kg.stores.base import Cell, Row, Store

ResultKind = Literal["absolute", "change", "ratio"]

_SINCE = re.compile(r"(\d{4})(-\d\d(-\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is known of a paper, an author or an entity."""

    kind: NodeKind
    about: Row
    """What `find` returns."""
    tables: Mapping[str, list[Row]] = field(default_factory=dict)
    """Rows by heading, those without a row left out."""


def reports(  # noqa: PLR0913 - filters are keywords
    store: Store,
    metric: str,
    dataset: str | None = None,
    *,
    kind: ResultKind | None = None,
    own: bool | None = None,
    since: str | int | None = None,
) -> list[Row]:
    """Every reported value of a metric, newest paper first: the rows of the question "papers_reporting".

    `own`: True for values of the papers' own approaches, False for those they compare with. `since`: a year, or an
    ISO date or month; a paper of which only the year is known passes with that year. Raises NotFoundError for an
    unknown name, QueryError for a `since` that is no date.
    """
    given: dict[str, Cell] = {"metric": metric, "dataset": dataset, "kind": kind, "own": own}
    return run(store, load("papers_reporting"), given | _since(since))


def leaderboard(  # noqa: PLR0913 - filters are keywords
    store: Store,
    dataset: str,
    metric: str,
    *,
    kind: ResultKind = "absolute",
    higher: bool | None = None,
    own: bool | None = None,
    since: str | int | None = None,
) -> list[Row]:
    """Values of a metric on a data set, best first: the rows of the question "leaderboard" with a `rank` before them.

    Equal values share a rank and the next one counts them (1, 2, 2, 4). Values of different units are not compared:
    each unit has its own ranking, the metric's unit first. Whether higher is better comes from the metric
    or from `higher`. Changes and ratios rank by how far they go in the better direction. Bounds are shown, not weighed.
    Raises NotFoundError for an unknown name, QueryError where nobody knows whether higher is better.
    """
    known = find_entity(store, metric, "metric")
    if higher is None and known["higherIsBetter"] is None:
        raise QueryError(f"is a higher {known['name']} better or worse? Nobody has said: give --higher or --lower")
    given: dict[str, Cell] = {"metric": known["id"], "dataset": dataset, "kind": kind, "higher": higher, "own": own}
    ranked: list[Row] = []
    place = 0
    for row in run(store, load("leaderboard"), given | _since(since)):
        before = ranked[-1] if ranked else {}
        place = place + 1 if before.get("unit") == row["unit"] else 1
        tied = place > 1 and all(before[key] == row[key] for key in ("value", "direction"))
        ranked.append({"rank": before["rank"] if tied else place} | row)
    return ranked


def show(store: Store, name: str, kind: NodeKind | None = None) -> Shown:
    """A method, data set, metric or task, else a paper, else an author of that name, unless the kind is given.

    Raises NotFoundError, with near names, where there is nothing of that name.
    """
    about = find(store, name, kind)
    found = next(known for known in _TABLES if known == about["kind"])
    tables: dict[str, list[Row]] = {}
    for heading, (question, parameter) in _TABLES[found].items():
        if rows := run(store, load(question), {parameter: about["id"]}):
            tables[heading] = rows
    return Shown(found, about, tables)


_PAPERS = {"Papers": ("papers_naming", "entity")}
_TABLES: dict[NodeKind, dict[str, tuple[str, str]]] = {
    "method": {"Results": ("record_of_method", "method"), "Used with": ("methods_used_with", "method")} | _PAPERS,
    "dataset": {"Metrics": ("metrics_of_dataset", "dataset")} | _PAPERS,
    "metric": {"Best values": ("best_by_dataset", "metric")} | _PAPERS,
    "task": {"Data sets": ("datasets_of_task", "task"), "Methods": ("methods_of_task", "task")} | _PAPERS,
    "paper": {
        "Authors": ("authors_of_paper", "paper"),
        "Entities": ("entities_of_paper", "paper"),
        "Results": ("results_of_paper", "paper"),
    },
    "author": {"Papers": ("papers_of_author", "author"), "Co-authors": ("coauthors", "author")},
}
"""For each kind the tables shown: heading, then question and the name of its parameter."""


def _since(since: str | int | None) -> dict[str, Cell]:
    """Values of $year and $since."""
    if since is None:
        return {}
    match = _SINCE.fullmatch(str(since).strip())
    if match is None:
        raise QueryError(f"since must be a year or an ISO date such as 2024, 2024-03 or 2024-03-15, not {since!r}")
    return {"year": int(match[1]), "since": match[0]}
