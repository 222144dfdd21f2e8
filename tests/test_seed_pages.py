"""The whole way on the real input: saved pages -> a graph, the same in both stores, however the pages come."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.boards import reports
from kg.build import BuildReport, build
from kg.doctor import examine
from kg.export.jsonl import lines
from kg.queries import run
from kg.questions import Query, all_queries
from kg.stores import Store, open_store
from kg.stores.base import Cell

NAMES = {
    "metric": "FID",
    "dataset": "ImageNet",
    "method": "DiT",
    "task": "image generation",
    "entity": "FID",
    "paper": "MaskGIT: Masked Generative Image Transformer",
}
"""Something that the pages name, for parameters of each type."""

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def pages(shared: Path) -> list[Path]:
    return sorted((shared / "seeds").glob("*.txt"))


@pytest.fixture(scope="module")
def seed_path(pages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store with all pages, built at once."""
    path = tmp_path_factory.mktemp("seeds") / "papers.lbug"
    with open_store(path) as store:
        assert build(pages, store) == BuildReport(read=542, written=461, merged=81)
    return path


@pytest.fixture
def seed_store(seed_path: Path) -> Iterator[Store]:
    with open_store(seed_path) as store:
        yield store


def given(query: Query) -> dict[str, Cell]:
    return {p.name: NAMES[p.type] for p in query.parameters if p.type in NAMES}


def test_a_second_build_changes_nothing(seed_store: Store, pages: list[Path]) -> None:
    before = list(lines(seed_store))
    assert build(pages, seed_store) == BuildReport(read=542, merged=81, unchanged=461)
    assert list(lines(seed_store)) == before


def test_pages_one_by_one_in_reversed_order_give_the_same_dump(
    seed_store: Store, pages: list[Path], tmp_path: Path
) -> None:
    with open_store(tmp_path / "other.lbug") as other:
        total = BuildReport()
        for page in reversed(pages):
            total += build([page], other)
        assert (total.read, total.quarantined) == (542, 0)
        assert list(lines(other)) == list(lines(seed_store))


@pytest.mark.neo4j
def test_neo4j_holds_the_same_dump_and_gives_the_same_answers(
    seed_store: Store, pages: list[Path], neo4j_store: Store
) -> None:
    build(pages, neo4j_store)
    assert list(lines(neo4j_store)) == list(lines(seed_store))
    asked = [query for query in all_queries() if all(p.type != "author" for p in query.parameters)]  # pages name none
    answers = {query.name: run(seed_store, query, given(query)) for query in asked}
    assert {query.name: run(neo4j_store, query, given(query)) for query in asked} == answers
    assert sum(map(bool, answers.values())) >= 30


def test_the_graph_keeps_its_promises(seed_store: Store) -> None:
    assert examine(seed_store) == []


def test_fid_on_imagenet_is_found(seed_store: Store, shared: Path) -> None:
    """At least 80 % of what readers of the pages put down."""
    gold = [json.loads(line) for line in (shared / "gold" / "dev.jsonl").read_text("utf-8").splitlines()]
    wanted = {
        r["value"]
        for record in gold
        if "/" not in record["id"]  # a paper of a conference, not of the pages
        for r in record["results"]
        if r["metric"] == "FID" and r["dataset"] == "ImageNet"
    }
    found = {row["value"] for row in reports(seed_store, "FID", "ImageNet")}
    assert wanted >= {1.8, 18.65}
    assert len(wanted & found) >= 0.8 * len(wanted)
