"""Papers cut into batches by what they weigh."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.schema import PaperGraph
from kg.weighed import by_weight

ROWS = 10_000
"""Nodes and relationships a transaction, a paper more or less: what a transaction costs by itself no longer shows."""


def weight(graph: PaperGraph) -> int:
    """Rows of one paper."""
    return 1 + len(graph.nodes) + len(graph.edges)


def batched(graphs: Iterable[PaperGraph], rows: int | None = None) -> Iterator[list[PaperGraph]]:
    """Whole papers, in their order, until a batch has so many rows, `ROWS` if left out."""
    return by_weight(graphs, weight, ROWS if rows is None else rows)
