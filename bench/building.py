"""Time and memory of `kg build` as the input grows: `python -m bench.building [--sizes 1000,2000,4000]`.

Builds of the first 1,000, 2,000, ... abstracts of the corpus, each into an empty store, with the peak memory of the
command and of its largest worker: the first should stay flat, the time grow as the input does. Then 100 papers are
added to the largest input and it is built again into the same store. `--known N` shows that second build on a store of
N papers that was not extracted but loaded without facts, which takes minutes instead of half an hour; `--spread` from
how many papers on a second process pays.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

import kg
from bench.__main__ import SHARED
from bench.watch import Usage
from bench.watch import kg as command
from kg.extraction import available_cores, signature
from kg.extraction.processes import SPREAD_FROM
from kg.record_files import record_line
from kg.records import Extraction

CORPUS = SHARED / "corpus" / "conference_abstracts.jsonl.gz"
ADDED = 100
BAR = 40


def part(corpus: Path, papers: int, folder: Path) -> Path:
    """The first lines of the corpus as a file, always of one name: a paper's source is one of its fields."""
    path = folder / "papers.jsonl"
    with gzip.open(corpus, "rt", encoding="utf-8") as lines, path.open("w", encoding="utf-8") as out:
        out.writelines(islice(lines, papers))
    return path


def built(corpus: Path, papers: int, store: Path, jobs: int) -> Usage:
    inputs = part(corpus, papers, store.parent)
    quarantine = store.parent / "quarantine.jsonl"
    return command(
        "build", str(inputs), "--store", str(store), "--jobs", str(jobs), "--quarantine", str(quarantine), "--json"
    )


def growth(corpus: Path, sizes: Sequence[int], jobs: int, folder: Path) -> Iterator[tuple[int, Usage]]:
    for papers in sizes:
        yield papers, built(corpus, papers, folder / f"{papers}.lbug", jobs)


def growth_table(rows: Sequence[tuple[int, Usage]], jobs: int) -> Table:
    title = f"kg build --jobs {jobs}, start included"
    table = Table("papers", "seconds", "papers/s", "command, MB", "worker, MB", "seconds, drawn", title=title)
    most = max(usage.seconds for _, usage in rows)
    for papers, usage in rows:
        cells = f"{papers:,}", f"{usage.seconds:.1f}", f"{papers / usage.seconds:.0f}"
        bar = "#" * max(1, round(BAR * usage.seconds / most))
        table.add_row(*cells, f"{usage.parent:.0f}", f"{usage.worker:.0f}", bar)
    return table


def told(what: str, usage: Usage) -> str:
    counts = json.loads(usage.output)
    wrote = ", ".join(f"{counts[name]:,} {name}" for name in ("written", "merged", "unchanged", "quarantined"))
    return f"{what}: {usage.seconds:.1f} s, {usage.parent:.0f} MB ({wrote})"


def load_known(corpus: Path, papers: int, store: Path) -> Usage:
    """A store that has these papers as if they had been extracted and nothing found."""
    records = store.parent / "known.jsonl"
    extractor = signature()
    with records.open("w", encoding="utf-8") as out:
        for paper in kg.read(part(corpus, papers, store.parent)):
            out.write(record_line(Extraction(paper.id or paper.key, extractor=extractor), paper) + "\n")
    return command("load", str(records), "--store", str(store), "--json")


def spread(corpus: Path) -> Table:
    """Seconds of a whole `kg extract` with one process and with two, from when on two are allowed."""
    table = Table("papers", "1 process, s", "2 processes, s", title=f"kg extract; several from {SPREAD_FROM} papers on")
    with tempfile.TemporaryDirectory() as name:
        for papers in (64, 128, 192, 256, 512):
            inputs = str(part(corpus, papers, Path(name)))
            times = [command("extract", inputs, "--jobs", jobs).seconds for jobs in ("1", "2")]
            table.add_row(f"{papers}", *(f"{seconds:.1f}" for seconds in times))
    return table


@click.command(help=__doc__)
@click.option("--corpus", type=click.Path(path_type=Path, exists=True), default=CORPUS, metavar="FILE")
@click.option("--sizes", default="1000,2000,4000", show_default=True, metavar="N,N,...")
@click.option("--jobs", type=click.IntRange(1), default=available_cores(), show_default=True, metavar="N")
@click.option("--known", type=click.IntRange(0), default=0, metavar="N", help="Papers of a store loaded without facts.")
@click.option("--spread", "spreads", is_flag=True, help="Only: from when on several processes pay.")
def main(corpus: Path, sizes: str, jobs: int, known: int, spreads: bool) -> None:
    console = Console(width=110)
    if spreads:
        console.print(spread(corpus))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if known:
            store = folder / "known.lbug"
            console.print(told(f"kg load of {known:,} papers without facts", load_known(corpus, known, store)))
            console.print(told(f"kg build again with {ADDED} more", built(corpus, known + ADDED, store, jobs)))
            return
        counts = sorted(map(int, sizes.split(",")))
        rows = list(growth(corpus, counts, jobs, folder))
        console.print(growth_table(rows, jobs))
        store = folder / f"{counts[-1]}.lbug"
        console.print(told("built again", built(corpus, counts[-1], store, jobs)))
        console.print(told(f"built again with {ADDED} more", built(corpus, counts[-1] + ADDED, store, jobs)))


if __name__ == "__main__":
    main()
