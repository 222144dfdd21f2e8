"""Settings of the interpreter for the time of a block."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SOON = 1e-4
"""Seconds after which a thread lets another one run that waits for the interpreter; 5 ms unless told otherwise."""


@contextmanager
def garbage_kept() -> Iterator[None]:
    """Nobody looks for cycles. Where many objects are made that hold none, looking takes more time than making them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def prompt_threads() -> Iterator[None]:
    """A thread that has an answer from a server goes on at once, while another one computes."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(min(interval, SOON))
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
