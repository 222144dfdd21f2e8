"""Loads in processes of their own that tell what is acknowledged and can be killed; and what a store then holds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import kg
from kg.build import load
from kg.doctor import examine
from kg.export import jsonl
from kg.record_files import raw_records

ROWS = 290
"""Rows a transaction in these loaders, about ten of the papers made up here: many commits to fall between."""

LOADER = """
import sys
from kg import build
from kg.stores import batches, open_store

batches.ROWS = int(sys.argv[1])
with open_store(sys.argv[2], wait=60) as store:
    print("open", flush=True)
    for file in sys.argv[3:]:
        report = build.load([file], store, progress=lambda r: print(file, r.written, r.retries, flush=True))
        assert report.read == report.written + report.merged + report.unchanged + report.quarantined, report
"""
LEAVE_LOG = "    import os; os._exit(0)"
"""After LOADER: end without closing the store, so that the embedded one keeps its log."""


@dataclass
class Loader:
    """A running load of files, one after the other; `acknowledged` is how many papers of each are promised.

    `before` and `after` are Python around it.
    """

    url: str
    files: Sequence[Path]
    before: str = ""
    after: str = ""
    acknowledged: dict[str, int] = field(default_factory=dict)
    retries: int = 0
    error: str = ""

    def __post_init__(self) -> None:
        code = f"{self.before}{LOADER}{self.after}"
        command = [sys.executable, "-c", code, str(ROWS), self.url, *map(str, self.files)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait_until_open(self) -> None:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line == "open\n", self.process.stderr.read() if self.process.stderr else line

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)

    def finish(self, seconds: float = 240) -> int:
        """The exit status, once everything it printed is taken in."""
        try:
            out, self.error = self.process.communicate(timeout=seconds)
        finally:
            self.process.kill()
        for line in out.splitlines():
            if line != "open":
                file, written, retries = line.rsplit(" ", 2)
                self.acknowledged[file], self.retries = int(written), int(retries)
        return self.process.returncode


def killed_at_random(url: str, files: Sequence[Path], seconds: float, chance: random.Random) -> Loader:
    """A loader that was killed within these seconds after it had opened the store, or had just ended by then."""
    loader = Loader(url, files)
    loader.wait_until_open()
    time.sleep(chance.uniform(0, seconds))
    loader.kill()
    assert loader.finish() in (0, -signal.SIGKILL), loader.error
    return loader


def check_promised(loader: Loader) -> None:
    """Every paper whose transaction had returned is there, in that version or a later one."""
    if not loader.acknowledged:
        return
    with kg.open_store(loader.url) as store:
        for file in loader.files:
            rows = [row for _, row in raw_records(file)][: loader.acknowledged.get(str(file), 0)]
            promised = [kg.Paper(str(row["title"]), str(row["abstract"])) for row in rows]
            stored = store.papers([paper.key for paper in promised])
            for paper in promised:
                assert len(stored[paper.key].paper.abstract) >= len(paper.abstract), paper.title


def clean_dump(folder: Path, files: Sequence[Path]) -> list[str]:
    """What any number of disturbed loads of these files must give in the end."""
    folder.mkdir(exist_ok=True)
    with kg.open_store(folder / "clean.lbug") as store:
        load(files, store)
        return list(jsonl.lines(store))


def dump(url: str | Path) -> list[str]:
    """The canonical dump of a store in which nothing is wrong."""
    with kg.open_store(url, read_only=True) as store:
        assert examine(store) == []
        return list(jsonl.lines(store))
