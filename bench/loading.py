"""How fast rows get into a store, beside what people use today: `python -m bench.loading [--papers N] [--neo4j URL]`.

Every way writes the same papers with their entities, in turn; printed are medians of the rounds. A row is a node or a
relationship that the graph holds in the end, however often papers name it.
Needs the data folder beside the checkout, or KG_SHARED. The store is Ladybug, or Neo4j where a server is named
(NEO4J_URI): its database must be empty, and is emptied again; the first peer needs APOC there, and the extra `bench`.
With `--neo4j-admin COMMAND` import files are timed beside them, into a database of another home, which is replaced.
"""

from __future__ import annotations

import gc
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

import kg
from bench import exporting, peers, stages
from bench.__main__ import SHARED
from kg.export import export
from kg.schema import PaperGraph
from kg.stores import Store
from kg.stores.batches import batched

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
Way = Callable[[Store, Sequence[PaperGraph]], None]
WARM = 300
PEER = "neo4j-graphrag, Neo4jWriter"
PEERS: Mapping[str, peers.Peer] = {
    PEER: peers.graphrag,
    "UNWIND and MERGE by 1,000": peers.merge_loop,
}


def first_load(store: Store, graphs: Sequence[PaperGraph]) -> None:
    store.bulk_load(iter(graphs))


def write(store: Store, graphs: Sequence[PaperGraph]) -> None:
    for batch in batched(graphs):
        store.write(batch)


def by_hundred(store: Store, graphs: Sequence[PaperGraph]) -> None:
    """As `kg build` does, which commits every few seconds."""
    for place in range(0, len(graphs), 100):
        store.write(graphs[place : place + 100])


def replaced(store: Store, graphs: Sequence[PaperGraph]) -> None:
    """Every paper's facts go and come again."""
    write(
        store,
        [replace(g, paper=replace(g.paper, properties={**g.paper.properties, "fingerprint": "2"})) for g in graphs],
    )


WAYS: Mapping[str, tuple[Way | None, Way]] = {
    "kg, first load": (None, first_load),
    "kg, write": (None, write),
    "kg, write by 100 papers": (None, by_hundred),
    "kg, replace all facts": (first_load, replaced),
    "kg, write what is there": (first_load, write),
}
"""What fills the store first, and what is timed."""


def import_files(tool: str, store: Store, _: Sequence[PaperGraph]) -> None:
    """From a filled store to a database that a server can start on; the constraints are not there yet."""
    with tempfile.TemporaryDirectory() as folder:
        command = (export(store, "neo4j-admin", Path(folder)) or "").replace(" neo4j-admin ", f" {tool} ", 1)
        whole = f"{command} --overwrite-destination=true"
        done = subprocess.run(whole, shell=True, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the import failed: {(done.stdout + done.stderr)[-2000:]}")


def fill_and_import(tool: str, store: Store, graphs: Sequence[PaperGraph]) -> None:
    first_load(store, graphs)
    import_files(tool, store, graphs)


def imports(tool: str | None) -> Mapping[str, tuple[Way | None, Way]]:
    """Ways by an embedded store to Neo4j."""
    if not tool:
        return {}
    return {
        "kg, import files of a store": (first_load, partial(import_files, tool)),
        "kg, a store and its import files": (None, partial(fill_and_import, tool)),
    }


@contextmanager
def empty_store(neo4j: str | None) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, kg.open_store(neo4j or f"{folder}/bench.lbug") as store:
        store.ensure_schema()
        yield store


def seconds(graphs: Sequence[PaperGraph], way: tuple[Way | None, Way] | peers.Peer, neo4j: str | None) -> float:
    """On a warm server: the same way has written some of the papers before, and its constraints are there."""
    if neo4j:
        peers.wipe(neo4j)
        _once(graphs[:WARM], way, neo4j)
        peers.empty(neo4j)
    return _once(graphs, way, neo4j)


def _once(graphs: Sequence[PaperGraph], way: tuple[Way | None, Way] | peers.Peer, neo4j: str | None) -> float:
    if not isinstance(way, tuple):
        return way(str(neo4j), peers.rows_of(graphs))
    before, work = way
    with empty_store(neo4j) as store:
        if before:
            before(store, graphs)
        start = perf_counter()
        work(store, graphs)
        return perf_counter() - start


def measured(
    graphs: Sequence[PaperGraph], rounds: int, neo4j: str | None, tool: str | None, only: Sequence[str]
) -> Table:
    embedded = imports(tool)
    ways: dict[str, tuple[Way | None, Way] | peers.Peer] = {**WAYS, **embedded, **(PEERS if neo4j else {})}
    times: dict[str, list[float]] = {
        name: [] for name in ways if name == PEER or not only or any(part in name for part in only)
    }
    turns = [name for _ in range(rounds) for name in times]
    for name in track(turns, console=Console(stderr=True)):
        times[name].append(seconds(graphs, ways[name], None if name in embedded else neo4j))
    nodes, edges = peers.rows_of(graphs)
    count = len(nodes) + len(edges)
    title = f"{'Neo4j' if neo4j else 'Ladybug'}: {len(graphs):,} papers, {count:,} rows, median of {rounds}"
    table = Table(
        "way", "seconds", "rows a second", "least", "most", *(["times the peer"] if neo4j else []), title=title
    )
    peer = median(times[PEER]) if neo4j else 0.0
    for name, found in times.items():
        rates = [f"{count / value:,.0f}" for value in (median(found), max(found), min(found))]
        table.add_row(name, f"{median(found):.1f}", *rates, *([f"{peer / median(found):.2f}"] if neo4j else []))
    return table


def extracted(papers: int, records: Path | None) -> Sequence[PaperGraph]:
    with tempfile.TemporaryDirectory() as folder:
        if records is None:
            records = Path(folder, "records.jsonl")
            stages.prepare(SHARED / "corpus" / "conference_abstracts.jsonl.gz", papers, records)
        return stages.graphs(records)[:papers]


@click.command(help=__doc__)
@click.option("--papers", default=2000, show_default=True, help="How many of the 87,261 abstracts.")
@click.option(
    "--records", type=click.Path(path_type=Path, exists=True), help="What `kg extract --papers` printed before."
)
@click.option("--synthetic", is_flag=True, help="Made-up papers, those of bench.exporting, as many as you like.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(min=1))
@click.option("--only", multiple=True, metavar="PART", help="Ways whose names have one of these parts.")
@click.option("--neo4j", envvar="NEO4J_URI", help="Bolt URL of an empty server; without one Ladybug is measured.")
@click.option("--neo4j-admin", "tool", metavar="COMMAND", help="What to call in the place of neo4j-admin.")
def main(  # noqa: PLR0913, PLR0917
    papers: int,
    records: Path | None,
    synthetic: bool,
    rounds: int,
    only: tuple[str, ...],
    neo4j: str | None,
    tool: str | None,
) -> None:
    graphs = list(exporting.papers(papers)) if synthetic else extracted(papers, records)
    gc.freeze()  # a loader that streams would not have them all in memory
    console = Console(width=100)
    if neo4j:
        fast = "with" if find_spec("neo4j._rust") or find_spec("neo4j._codec._rust") else "without"
        console.print(f"driver {fast} neo4j-rust-ext; {peers.server(neo4j)}")
    console.print(measured(graphs, rounds, neo4j, tool, only))
    if neo4j:
        peers.wipe(neo4j)


if __name__ == "__main__":
    main()
