"""Reports, rankings and what is shown of one thing, on both stores; the graph is tests/hand_graph.py."""

from __future__ import annotations

import pytest

from kg.boards import Shown, leaderboard, reports, show
from kg.errors import NotFoundError, QueryError
from kg.queries import NodeKind
from kg.stores.base import Row, Store


def brief(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row["method"], row["value"], row["unit"]) for row in rows]


def test_reports(hand_store: Store) -> None:
    assert brief(reports(hand_store, "fid", "imagenet")) == [
        ("DDPM", 12.5, ""),
        ("Alpha", 4.0, ""),
        ("Beta", 2.5, ""),
        ("Alpha", 4.2, ""),
    ]
    assert reports(hand_store, "mAP", "mscoco", kind="change") == [
        {
            "paper": "gamma-finds-objects",
            "title": "Gamma finds objects",
            "year": 2023,
            "url": "https://example.org/gamma",
            "method": "Gamma",
            "metric": "mAP",
            "dataset": "MS COCO",
            "value": 2.1,
            "unit": "points",
            "kind": "change",
            "direction": "up",
            "bound": "=",
            "baseline": "DETR",
            "setting": None,
            "own": True,
            "evidence": "2.1 points over DETR",
            "confidence": 0.9,
        }
    ]


def test_reports_on_any_data_set_with_filters(hand_store: Store) -> None:
    assert brief(reports(hand_store, "FID", own=False)) == [("DDPM", 12.5, ""), ("Alpha", 4.2, "")]
    assert brief(reports(hand_store, "FID", since=2024)) == [("Zeta", 8.0, "")]
    assert brief(reports(hand_store, "FID", since="2023-03", own=True)) == [
        ("Zeta", 8.0, ""),
        ("Beta", 2.5, ""),
        ("Beta", 8.0, ""),
    ]
    assert brief(reports(hand_store, "latency", kind="absolute")) == [("Gamma", 12.0, "ms")]
    assert reports(hand_store, "IS") == []


def test_a_paper_without_a_date_passes_by_its_year(hand_store: Store) -> None:
    """Epsilon's paper has the year 2024 and no date, that of DeltaBench is of 2024-02-01."""
    assert brief(reports(hand_store, "accuracy", since="2024-03-01")) == [
        ("Epsilon", 70.5, ""),
        ("Epsilon", 9.5, "points"),
    ]
    assert reports(hand_store, "accuracy", since=2025) == []


@pytest.mark.parametrize("since", ["spring", "2024-3", "24", 20240101, ""])
def test_since_that_is_no_date(hand_store: Store, since: str | int) -> None:
    with pytest.raises(QueryError) as caught:
        reports(hand_store, "FID", since=since)
    message = "since must be a year or an ISO date such as 2024, 2024-03 or 2024-03-15, not"
    assert str(caught.value) == f"{message} {since!r}"


def ranks(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row["rank"], row["method"], row["value"], row["unit"]) for row in rows]


def test_leaderboard(hand_store: Store) -> None:
    """FID falls, accuracy and mAP rise; 70.5 stands without a unit and has the metric's."""
    assert ranks(leaderboard(hand_store, "ImageNet", "FID")) == [
        (1, "Beta", 2.5, ""),
        (2, "Alpha", 4.0, ""),
        (3, "Alpha", 4.2, ""),
        (4, "DDPM", 12.5, ""),
    ]
    assert ranks(leaderboard(hand_store, "ImageNet", "FID", own=True)) == [(1, "Beta", 2.5, ""), (2, "Alpha", 4.0, "")]
    assert ranks(leaderboard(hand_store, "DeltaBench", "accuracy")) == [
        (1, "Epsilon", 70.5, "%"),
        (2, "GPT", 61.0, "%"),
    ]
    assert ranks(leaderboard(hand_store, "mscoco", "mAP", kind="change")) == [(1, "Gamma", 2.1, "points")]
    assert list(leaderboard(hand_store, "mscoco", "mAP")[0])[:2] == ["rank", "paper"]


def test_equal_values_share_a_rank(hand_store: Store) -> None:
    assert ranks(leaderboard(hand_store, "MS COCO", "FID")) == [(1, "Beta", 8.0, ""), (1, "Zeta", 8.0, "")]
    assert ranks(leaderboard(hand_store, "MS COCO", "FID", since=2024)) == [(1, "Zeta", 8.0, "")]


def test_nobody_knows_whether_higher_is_better(hand_store: Store) -> None:
    with pytest.raises(QueryError) as caught:
        leaderboard(hand_store, "MS COCO", "delight")
    assert str(caught.value) == "is a higher delight better or worse? Nobody has said: give --higher or --lower"
    assert ranks(leaderboard(hand_store, "MS COCO", "delight", higher=True)) == [(1, "Zeta", 7.0, "")]


def test_show_a_dataset(hand_store: Store) -> None:
    assert show(hand_store, "deltabench") == Shown(
        "dataset",
        {
            "id": "dataset:deltabench",
            "kind": "dataset",
            "name": "DeltaBench",
            "aliases": None,
            "unit": None,
            "higherIsBetter": None,
            "papers": 2,
        },
        {
            "Metrics": [{"id": "metric:accuracy", "metric": "accuracy", "papers": 2, "results": 2}],
            "Papers": [
                {
                    "paper": "deltabench-asks-hard-questions",
                    "title": "DeltaBench asks hard questions",
                    "year": 2024,
                    "relation": "INTRODUCES",
                    "called": "DeltaBench",
                },
                {
                    "paper": "epsilon-answers-questions",
                    "title": "Epsilon answers questions",
                    "year": 2024,
                    "relation": "EVALUATES_ON",
                    "called": "DeltaBench",
                },
            ],
        },
    )


@pytest.mark.parametrize(
    ("name", "kind", "found", "tables"),
    [
        ("alpha", None, "method", {"Results": 3, "Used with": 2, "Papers": 3}),
        ("FID", None, "metric", {"Best values": 2, "Papers": 4}),
        ("image generation", "task", "task", {"Data sets": 2, "Methods": 3, "Papers": 4}),
        ("Gamma finds objects", None, "paper", {"Authors": 3, "Entities": 8, "Results": 4}),
        ("Nothing to see", "paper", "paper", {}),
        ("cy young", None, "author", {"Papers": 2, "Co-authors": 2}),
        ("Dee Ray", "author", "author", {"Papers": 2, "Co-authors": 1}),
    ],
)
def test_show(hand_store: Store, name: str, kind: NodeKind | None, found: str, tables: dict[str, int]) -> None:
    shown = show(hand_store, name, kind)
    assert (shown.kind, {heading: len(rows) for heading, rows in shown.tables.items()}) == (found, tables)


def test_show_nothing(hand_store: Store) -> None:
    with pytest.raises(NotFoundError, match=r"^no entity, paper or author is called 'Alphaa'; did you mean Alpha"):
        show(hand_store, "Alphaa")
