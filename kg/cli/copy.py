"""kg copy."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import FILE, opened, store_option, wait_option
from kg.cli.output import counts_option, print_counts
from kg.cli.progress import progress
from kg.errors import StoreError
from kg.schema import NODES


@click.command
@click.argument("folder", metavar="DIR", type=FILE)
@store_option
@wait_option
@counts_option
def copy(folder: Path, store: str, wait: float, as_json: bool) -> None:
    """Fill an empty embedded store from Parquet of kg.spark.

    DIR holds nodes and relationships, one folder of Parquet files a label and type, as `python -m kg.spark` writes
    them. For Neo4j see docs/scale.md.

    \b
    Example:
        python -m kg.spark papers.jsonl --output graph
        kg copy graph --store papers.lbug
    """
    from kg.stores.folders import copy_folders  # noqa: PLC0415 - pyarrow is loaded only for this
    from kg.stores.ladybug import LadybugStore  # noqa: PLC0415 - the driver, too

    with progress(), opened(store, wait=wait) as graph:
        if not isinstance(graph, LadybugStore):
            raise StoreError("only embedded stores are filled from Parquet; for Neo4j see docs/scale.md")
        rows = copy_folders(graph, folder)
    nodes = sum(rows[label] for label in NODES)
    edges = sum(rows.values()) - nodes
    print_counts({"nodes": nodes, "relationships": edges}, f"{nodes} nodes, {edges} relationships", as_json)
