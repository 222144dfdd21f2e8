"""What the steps of a training run have in common: batches of like length, and a rate that rises and falls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import torch

_SORTED = 8
"""Batches made of items of like length at once, so that little is padded."""

T = TypeVar("T")


def batches(
    items: Sequence[T], length: Callable[[T], int], size: int, random: np.random.Generator
) -> Iterator[list[T]]:
    """Every item once, in batches of like length, at most `size` in each, which come in any order."""
    order = random.permutation(len(items)).tolist()
    found: list[list[T]] = []
    for i in range(0, len(order), size * _SORTED):
        near = sorted((items[k] for k in order[i : i + size * _SORTED]), key=length)
        found += [near[j : j + size] for j in range(0, len(near), size)]
    yield from (found[i] for i in random.permutation(len(found)).tolist())


def rise_and_fall(optimiser: torch.optim.Optimizer, steps: int, rising: float) -> torch.optim.lr_scheduler.LRScheduler:
    """Rates that rise in the first steps, a share `rising` of all, and then fall to 0, both in a straight line."""
    return torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (rising * steps)) * (1 - step / steps)
    )
