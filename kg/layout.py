"""Places for captions of known size, so that none lies on another."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

K = TypeVar("K", bound=Hashable)

SIZE = (1140.0, 560.0)
"""What the picture is laid out for, px."""
_MARGIN = (14.0, 12.0)
"""Least distance between two captions, px."""
_ROUNDS = 400


def arrange(graph: nx.Graph[K], sizes: Mapping[K, tuple[float, float]]) -> dict[K, tuple[float, float]]:
    """The middle of each node's caption, px from the picture's middle; `sizes` are widths and heights.

    Fruchterman and Reingold's springs (1991, networkx `spring_layout`) with a fixed start, then captions that overlap
    are pushed apart. The same graph gives the same places; O(n^2) a round.
    """
    nodes = list(graph)
    if len(nodes) == 1:
        return {nodes[0]: (0.0, 0.0)}
    springs = nx.spring_layout(graph, k=2.2 / len(nodes) ** 0.5, iterations=300, seed=1)
    places = np.array([springs[node] for node in nodes], dtype=float)
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    places = ((places - low) / span - 0.5) * np.array(SIZE)
    spread = _apart(places, np.array([sizes[node] for node in nodes], dtype=float))
    return {node: (round(float(x), 1), round(float(y), 1)) for node, (x, y) in zip(nodes, spread, strict=True)}


def _apart(places: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move captions that overlap away from each other, along the axis where less is needed, until none do."""
    need = (sizes[:, None, :] + sizes[None, :, :]) / 2 + np.array(_MARGIN)
    order = np.sign(np.arange(len(places))[:, None] - np.arange(len(places))[None, :])
    for _ in range(_ROUNDS):
        gap = places[:, None, :] - places[None, :, :]
        lack = need - np.abs(gap)
        clash = (lack > 0.01).all(axis=2) & (order != 0)
        if not clash.any():
            break
        axis = np.argmin(lack / np.array([1.6, 1.0]), axis=2)
        side = np.where(gap == 0, order[:, :, None], np.sign(gap))
        push = np.zeros_like(gap)
        for a in (0, 1):
            push[:, :, a] = np.where(clash & (axis == a), side[:, :, a] * lack[:, :, a] / 2, 0.0)
        places = places + 0.6 * push.sum(axis=1)
    return places
