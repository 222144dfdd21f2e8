"""kg.spark with one core and more, and what a million abstracts cost: `python -m bench.spark [--papers N]`.

Needs the extra `spark`, Java, and the data folder beside the checkout (or KG_SHARED). Every run is the whole command
in a JVM of its own, once on all papers and once on a fifth of them: the rate is that of the papers between, so the
start of JVM, Python workers and model is told apart. Runs with different cores take turns; medians.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import click
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

import kg
from bench.__main__ import SHARED
from kg.record_json import dumps, paper_to_json
from kg.schema import EDGES, ENTITY_LABELS, NODES

STEPS = ("all", "resolving alone")
FEW = 5
"""The smaller run has this part of the papers."""


@dataclass(frozen=True, slots=True)
class Run:
    step: str
    cores: int
    papers: int
    seconds: float


def run(step: str, cores: int, papers: int, source: Path, output: Path) -> Run:
    """One command from start to end."""
    given = ["--records", str(source)] if step == STEPS[1] else [str(source)]
    command = [sys.executable, "-m", "kg.spark", *given, "--output", str(output), "--master", f"local[{cores}]"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": "."})
    if done.returncode:
        raise SystemExit(f"kg.spark failed: {done.stderr[-2000:]}")
    return Run(step, cores, papers, time.perf_counter() - start)


def runs(files: dict[int, Path], cores: tuple[int, ...], rounds: int, folder: Path) -> Iterator[Run]:
    """All papers with most cores come last, into FOLDER/last."""
    for turn in range(rounds):
        for papers, file in files.items():
            for number in cores:
                last = (turn, papers, number) == (rounds - 1, max(files), cores[-1])
                first = folder / ("last" if last else f"{turn}-{papers}-{number}")
                yield run(STEPS[0], number, papers, file, first)
                yield run(STEPS[1], number, papers, first / "records", first.with_suffix(".again"))


def rates(done: list[Run], few: int, many: int) -> Iterator[tuple[str, int, float, float]]:
    """Step, cores, seconds of start and end, papers a second between."""
    for step, cores in dict.fromkeys((r.step, r.cores) for r in done):
        short, long = (
            median(r.seconds for r in done if (r.step, r.cores, r.papers) == (step, cores, papers))
            for papers in (few, many)
        )
        rate = (many - few) / (long - short)
        yield step, cores, short - few / rate, rate


def files_of(folder: Path) -> dict[str, list[Path]]:
    kinds = {**dict.fromkeys(NODES, "nodes"), **dict.fromkeys(EDGES, "relationships")}
    return {name: list((folder / kind / name).glob("*.parquet")) for name, kind in kinds.items()}


def shape(folder: Path, papers: int) -> Iterator[tuple[str, str]]:
    """What the graph of so many papers takes, and its largest hub."""
    files = files_of(folder)
    rows = {name: sum(pq.read_metadata(part).num_rows for part in parts) for name, parts in files.items()}
    yield "rows a paper", f"{sum(rows.values()) / papers:.1f}"
    yield "entities a paper", f"{sum(rows[label] for label in ENTITY_LABELS) / papers:.2f}"
    size = sum(part.stat().st_size for parts in files.values() for part in parts)
    kept = sum(part.stat().st_size for part in (folder / "records").glob("*.parquet"))
    yield "Parquet of the graph, kB a paper", f"{size / papers / 1000:.2f}"
    yield "Parquet of the records, kB a paper", f"{kept / papers / 1000:.2f}"
    ends: Counter[str] = Counter()
    for name in (n for n, t in EDGES.items() if t.start == "Paper" and t.end in ENTITY_LABELS):
        for part in files[name]:
            ends.update(pq.read_table(part, columns=["endId"])["endId"].to_pylist())
    hub, degree = ends.most_common(1)[0]
    yield "largest hub", f"{hub}, in {100 * degree / papers:.1f} % of the papers"
    store = folder / "copied.lbug"
    start = time.perf_counter()
    command = [sys.executable, "-m", "kg", "copy", str(folder), "--store", str(store)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": "."})
    yield "kg copy, rows a second", f"{sum(rows.values()) / (time.perf_counter() - start):,.0f}"
    yield "embedded store, kB a paper", f"{store.stat().st_size / papers / 1000:.2f}"


@click.command(help=__doc__)
@click.option("--papers", default=2000, show_default=True, help="How many of the 87,261 abstracts.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Runs of each kind.")
@click.option("--cores", default="1,2", show_default=True, help="Numbers of cores, least first.")
@click.option("--price", default=0.05, show_default=True, help="What a core costs an hour, in any currency.")
def main(papers: int, rounds: int, cores: str, price: float) -> None:
    corpus = SHARED / "corpus" / "conference_abstracts.jsonl.gz"
    if not corpus.exists():
        raise click.ClickException(f"no corpus at {corpus}; set KG_SHARED")
    table = Table("step", "cores", "start, s", "papers a second", "speed-up", "core-hours a million", "price a million")
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for count in (papers // FEW, papers):
            files[count] = Path(folder, f"{count}.jsonl")
            lines = (dumps(paper_to_json(paper)) for paper in islice(kg.read(corpus), count))
            files[count].write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        done = list(runs(files, tuple(map(int, cores.split(","))), rounds, Path(folder)))
        alone: dict[str, float] = {}
        for step, number, start, rate in rates(done, *files):
            hours = number * 1e6 / rate / 3600
            cells = f"{start:.1f}", f"{rate:,.1f}", f"{rate / alone.setdefault(step, rate):.2f}", f"{hours:.2f}"
            table.add_row(step, str(number), *cells, f"{hours * price:.2f}")
        facts = dict(shape(Path(folder, "last"), papers))
    Console(width=120).print(table)
    for name, value in facts.items():
        print(f"{name}: {value}")
    print(json.dumps([[r.step, r.cores, r.papers, round(r.seconds, 1)] for r in done]))


if __name__ == "__main__":
    main()
