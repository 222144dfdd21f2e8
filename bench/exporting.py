"""Time and memory of `kg export neo4j-admin` as the store grows: `python -m bench.exporting [--sizes 50000,100000]`.

Stores of synthetic papers, each with an abstract of 1,200 characters, four authors, a method and a result, filled by
bulk load. Memory should not grow with them: python -m bench.exporting --sizes 1000000 is the long form.
What they and their import take beside other ways into Neo4j: python -m bench.loading --neo4j-admin COMMAND.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

import kg
from bench.watch import kg as command
from kg.schema import Edge, Node, PaperGraph, Value

WORDS = (
    "harbour",
    "signal",
    "lattice",
    "graph",
    "model",
    "sparse",
    'so-called "token"',
    "energy",
    "margin,",
    "sample;",
)
ABSTRACT = 1200
AUTHORS, METHODS = 50_000, 5_000
"""How many different ones there are, however many papers."""


def paper(number: int) -> PaperGraph:
    chance = random.Random(number)
    key, result = f"a-paper-of-number-{number}", f"{number:032x}"
    method = f"method:net{number % METHODS}"
    authors = sorted(chance.sample(range(AUTHORS), 4))
    text = "\n".join(" ".join(chance.choices(WORDS, k=20)) for _ in range(12))[:ABSTRACT]
    nodes = [Node("Author", f"Author {a}", {"name": f"Author {a}"}) for a in authors]
    nodes.append(Node("Method", method, {"name": f"Net{number % METHODS}"}))
    nodes.append(Node("Result", result, {"value": chance.random(), "own": True, "evidence": text[:80]}))
    edges = [Edge("WROTE", f"Author {a}", key, {"position": place}) for place, a in enumerate(authors, 1)]
    edges.append(Edge("USES", key, method, {"name": "Net", "mentions": ("Net", "Nets"), "confidence": 0.5}))
    edges += [Edge("REPORTS", key, result), Edge("OF_METHOD", result, method, {"confidence": 0.5})]
    values: dict[str, Value] = {
        "title": f"A paper of number {number}",
        "abstract": text,
        "year": 2020,
        "fingerprint": f"{number:064x}",
    }
    return PaperGraph(Node("Paper", key, values), tuple(nodes), tuple(edges))


def papers(count: int) -> Iterator[PaperGraph]:
    return (paper(number) for number in range(count))


def filled(store: Path, count: int) -> None:
    """Fills a store that is not there yet."""
    if not store.exists():
        with kg.open_store(store) as opened:
            opened.ensure_schema()
            opened.bulk_load(papers(count))


@click.command(help=__doc__)
@click.option("--sizes", default="50000,100000,200000", show_default=True, metavar="N,N,...")
@click.option("--store", "kept", type=click.Path(path_type=Path), help="A store of an earlier run, exported again.")
def main(sizes: str, kept: Path | None) -> None:
    table = Table("papers", "seconds", "papers/s", "files, MB", "memory, MB", title="kg export neo4j-admin")
    for count in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory() as name:
            folder, store = Path(name, "import"), kept or Path(name, "papers.lbug")
            filled(store, count)
            usage = command("export", "neo4j-admin", str(folder), "--store", str(store))
            size = sum(path.stat().st_size for path in folder.rglob("*.csv")) / 1e6
        rate = f"{count / usage.seconds:,.0f}"
        table.add_row(f"{count:,}", f"{usage.seconds:.1f}", rate, f"{size:,.0f}", f"{usage.parent:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
