"""Any order and any split give the same rows, whatever was written, repeated, replaced or removed before."""

import shutil
import tempfile
from pathlib import Path

import pytest
from graphs import Model, batches, lines, variants
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kg.schema import PaperGraph
from kg.stores import open_store
from kg.stores.base import WriteReport

MODEST = settings(max_examples=12, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck))


class StoreAgainstModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = open_store(self.folder / "papers.lbug")
        self.store.ensure_schema()
        self.model = Model()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(batch=st.lists(variants, min_size=1, max_size=4))
    def write(self, batch: list[PaperGraph]) -> None:
        report = self.store.write(batch)
        assert report.written + report.merged + report.unchanged == len(batch)
        self.model.write(batch)
        assert self.store.write(batch) == WriteReport(unchanged=len(batch))

    @rule(ids=st.sets(st.sampled_from(["p1", "p2", "p3", "p4"]), max_size=2))
    def remove(self, ids: set[str]) -> None:
        assert self.store.remove(sorted(ids)) == len(ids & self.model.given.keys())
        self.model.remove(ids)

    @rule()
    def prune(self) -> None:
        self.store.prune()
        assert self.store.prune() == 0

    @rule()
    def open_again(self) -> None:
        self.store.close()
        self.store = open_store(self.folder / "papers.lbug")
        self.store.ensure_schema()

    @invariant()
    def holds_what_was_given(self) -> None:
        assert lines(self.store) == self.model.lines()


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = MODEST


@pytest.mark.neo4j
@given(data=st.data(), graphs=st.lists(variants, min_size=1, max_size=6))
@settings(MODEST, max_examples=6)
def test_any_order_and_split_on_neo4j(neo4j_url: str, data: st.DataObject, graphs: list[PaperGraph]) -> None:
    """One database for all examples, emptied between them by the store itself."""
    expected = Model()
    expected.write(graphs)
    with open_store(neo4j_url) as store:
        store.ensure_schema()
        store.remove(["p1", "p2", "p3"])
        store.prune()
        for batch in batches(data.draw(st.permutations(graphs)), data.draw(st.lists(st.integers(1, 3), max_size=3))):
            store.write(batch)
        assert lines(store) == expected.lines()


@given(data=st.data(), graphs=st.lists(variants, min_size=1, max_size=8))
@settings(MODEST)
def test_any_order_and_split_on_ladybug(data: st.DataObject, graphs: list[PaperGraph]) -> None:
    expected = Model()
    expected.write(graphs)
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder, "papers.lbug")) as store:
        store.ensure_schema()
        for batch in batches(data.draw(st.permutations(graphs)), data.draw(st.lists(st.integers(1, 3), max_size=3))):
            store.write(batch)
        assert lines(store) == expected.lines()
