"""Batches: whole papers in their order, cut by rows."""

from graphs import paper
from hypothesis import given
from hypothesis import strategies as st

from kg.stores.batches import batched, weight


@given(st.lists(st.integers(0, 20), max_size=30), st.integers(1, 40))
def test_batches_are_cut_by_rows(authors: list[int], rows: int) -> None:
    graphs = [paper(f"p{n}", "text", authors=[f"A{a}" for a in range(count)]) for n, count in enumerate(authors)]
    cut = list(batched(graphs, rows))
    assert [graph for batch in cut for graph in batch] == graphs
    for batch in cut[:-1]:
        assert sum(map(weight, batch)) >= rows > sum(map(weight, batch[:-1]))
    assert all(cut)
