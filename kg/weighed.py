"""A stream cut into lists of like weight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def by_weight(items: Iterable[T], weight: Callable[[T], int], enough: int) -> Iterator[list[T]]:
    """All items in their order; a list ends with the item that brings its weight to `enough`."""
    batch: list[T] = []
    size = 0
    for item in items:
        batch.append(item)
        size += weight(item)
        if size >= enough:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
