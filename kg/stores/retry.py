"""Sending a transaction again after an error that may pass: deadlocks, lost connections, unknown outcomes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from kg.errors import KgError

TRIES = 24
"""About a minute in all: a server that restarts answers again within that."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 4.0
"""Seconds; each pause is twice the one before, times a random factor from 0.5 to 1, so that loaders part."""

T = TypeVar("T")


def persistent(call: Callable[[], T], sleep: Callable[[float], None] = time.sleep) -> tuple[T, int]:
    """What `call` returns, and how many times it was sent again; a lasting error, or the last one, is raised."""
    for again in range(TRIES - 1):
        try:
            return call(), again
        except KgError as error:
            if not error.transient:
                raise
        pause = min(FIRST_PAUSE * 2**again, LONGEST_PAUSE)
        sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret depends on it
    return call(), TRIES - 1
