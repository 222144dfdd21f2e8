"""The stages that `python -m bench` times; each runs in a process of its own, so that peak memory is its own."""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path

import kg
from kg.record_json import dumps, from_record, to_record
from kg.resolve import Resolver
from kg.schema import PaperGraph


@dataclass(frozen=True, slots=True)
class Timing:
    """What one stage did. `peak` is resident memory in MB, workers not counted."""

    stage: str
    unit: str
    count: int
    seconds: float
    peak: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def timed(stage: str, unit: str, work: Callable[..., tuple[int, float]], *args: object) -> Timing:
    """Runs `work`, which returns a count and the seconds it took, in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, work, args))
    process.start()
    sender.close()
    try:
        count, seconds, peak = receiver.recv()
    except EOFError:
        raise SystemExit(f"stage {stage!r} failed") from None
    process.join()
    return Timing(stage, unit, count, seconds, peak)


def _child(sender: Connection, work: Callable[..., tuple[int, float]], args: tuple[object, ...]) -> None:
    count, seconds = work(*args)
    sender.send((count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def read(corpus: Path, papers: int) -> tuple[int, float]:
    start = time.perf_counter()
    count = sum(1 for _ in islice(kg.read(corpus), papers))
    return count, time.perf_counter() - start


def extract(corpus: Path, papers: int, jobs: int) -> tuple[int, float]:
    """Without the start of the workers: the first paper is waited for."""
    stream = kg.extract(islice(kg.read(corpus), papers), jobs=jobs)
    next(stream)
    start = time.perf_counter()
    count = sum(1 for _ in stream)
    return count, time.perf_counter() - start


def prepare(corpus: Path, papers: int, records: Path) -> tuple[int, float]:
    """Writes the records that the loading stages share, and times their extraction with two processes."""
    start, count = time.perf_counter(), 0
    with records.open("w", encoding="utf-8") as out:
        for paper, extraction in kg.extract(islice(kg.read(corpus), papers), jobs=2):
            out.write(dumps(to_record(extraction, paper)) + "\n")
            count += 1
    return count, time.perf_counter() - start


def graphs(records: Path) -> list[PaperGraph]:
    """Resolved papers, each once."""
    return list(_graphs(records))


def _graphs(records: Path) -> Iterator[PaperGraph]:
    resolver, seen = Resolver(), set()
    with records.open(encoding="utf-8") as lines:
        for line in lines:
            paper, extraction = from_record(json.loads(line))
            if paper is not None and paper.key not in seen:
                seen.add(paper.key)
                yield resolver.graph(paper, extraction).graph


def resolve(records: Path) -> tuple[int, float]:
    start = time.perf_counter()
    count = sum(1 for _ in _graphs(records))
    return count, time.perf_counter() - start
