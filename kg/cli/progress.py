"""What a long command says on stderr while it works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

_QUIET = 1.0
"""Seconds before the first word."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows a line beside a spinner; silent in the first second and where stderr is no terminal."""
    with ExitStack() as stack:
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        started = time.monotonic()
        status = Console(stderr=True, highlight=False, markup=False).status("")
        shown = False

        def show(line: str) -> None:
            nonlocal shown
            if not shown and time.monotonic() - started > _QUIET:
                stack.enter_context(status)
                shown = True
            status.update(line)

        yield show
