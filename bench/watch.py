"""A command with the peak memory of its process and of each process that it starts, from /proc (Linux)."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.1
"""Seconds between two looks; a peak in the last of them is missed."""


@dataclass(frozen=True, slots=True)
class Usage:
    """`parent` and `workers` are peaks of resident memory in MB; processes under 50 MB are no workers."""

    seconds: float
    parent: float
    workers: tuple[float, ...]
    output: str

    @property
    def worker(self) -> float:
        return max(self.workers, default=0.0)


def kg(*arguments: str) -> Usage:
    """`python -m kg ARGUMENTS`, as a user would run it. Exits where it fails; quarantined records are no failure."""
    return watched([sys.executable, "-m", "kg", *arguments])


def watched(command: Sequence[str]) -> Usage:
    peaks: dict[int, float] = {}
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            for pid in (process.pid, *_children(process.pid)):
                peaks[pid] = max(peaks.get(pid, 0.0), _peak(pid))
            time.sleep(_EVERY)
        seconds = time.perf_counter() - start
        output = process.stdout.read() if process.stdout else ""
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} failed with exit code {process.returncode}")
    parent = peaks.pop(process.pid, 0.0)
    return Usage(seconds, parent, tuple(sorted(peak for peak in peaks.values() if peak > 50)), output)


def _children(pid: int) -> list[int]:
    try:
        found = [task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    children = [int(child) for children in found for child in children]
    return [*children, *(grandchild for child in children for grandchild in _children(child))]


def _peak(pid: int) -> float:
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
