"""One process or several: papers go out in chunks and come back in order, and nobody waits for a process in vain."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from itertools import chain, islice
from math import ceil
from pathlib import Path

from kg.extraction.pipeline import CHUNK, Extractor, paired, signature
from kg.records import Extraction, OnReject, Paper, Rejected

SPREAD_FROM = 2 * CHUNK
"""Papers below which one process is done before a second one has started; `python -m bench.building --spread`."""

_QUOTA = Path("/sys/fs/cgroup/cpu.max")

Numbered = Sequence[tuple[int, Paper]]


def available_cores() -> int:
    """Cores this process may use: those it is bound to, and no more than its container's quota (Linux, cgroup v2)."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text(encoding="ascii").split()
        return min(bound, max(1, ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # no such file, or "max": no quota
        return bound


def extract(
    papers: Iterable[Paper],
    *,
    jobs: int | None = 1,
    model: Path | None = None,
    on_reject: OnReject | None = None,
) -> Iterator[tuple[Paper, Extraction]]:
    """Papers with their extractions, in input order; the output does not depend on `jobs`.

    `jobs` is the most processes that extract, None for every available core; each holds a model of its own. Fewer
    than `SPREAD_FROM` papers are extracted in this process, for starting others would take longer. Reads only a
    bounded number of papers ahead of what it yields. As the others are started by "spawn", a script that asks for them
    does its work under `if __name__ == "__main__"`. Raises ValueError for jobs < 1, ModelError as `Extractor` does,
    and RecordError for a paper that cannot be extracted where `on_reject` is None.
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}")
    signature(model)  # a bad model is reported whether there are papers or not
    processes = jobs or available_cores()
    pending = iter(papers)
    first = list(islice(pending, SPREAD_FROM if processes > 1 else 1))
    if processes > 1 and len(first) == SPREAD_FROM:
        yield from _spread(chain(first, pending), processes, model, on_reject)
    elif first:
        yield from Extractor(model).pipe(chain(first, pending), on_reject)


def _spread(
    papers: Iterable[Paper], processes: int, model: Path | None, on_reject: OnReject | None
) -> Iterator[tuple[Paper, Extraction]]:
    """Two chunks a process are under way: one in work, one waiting."""
    numbered = enumerate(papers, 1)
    pending: deque[tuple[Numbered, Future[list[Extraction | Rejected]]]] = deque()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start)
    try:
        while True:
            while len(pending) < 2 * processes and (more := list(islice(numbered, CHUNK))):
                pending.append((more, pool.submit(_work, more, model)))
            if not pending:
                return
            chunk, future = pending.popleft()
            yield from paired(chunk, future.result(), on_reject)
    finally:
        pool.shutdown(cancel_futures=True)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which shuts the pool down


_extractor = cache(Extractor)
"""Loaded with a worker's first chunk: an error then comes back with it, and the pool does not break."""


def _work(chunk: Numbered, model: Path | None) -> list[Extraction | Rejected]:
    return _extractor(model).chunk(chunk)
