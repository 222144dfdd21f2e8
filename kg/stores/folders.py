"""A whole graph in Parquet, one folder a label and relationship type, into an empty embedded store by COPY."""

from __future__ import annotations

from pathlib import Path

from pyarrow import parquet

from kg.errors import InputError, StoreError
from kg.schema import EDGES, NODES
from kg.stores import statements
from kg.stores.ladybug import LadybugStore


def copy_folders(store: LadybugStore, folder: Path) -> dict[str, int]:
    """Fill the store from FOLDER/nodes/LABEL/*.parquet and FOLDER/relationships/TYPE/*.parquet; rows by label and type.

    The columns are those of the schema in its order, after id, or startId and endId. In one transaction: after an
    error the store is as empty as before.

    Raises
    ------
    InputError
        A folder of the schema is missing.
    StoreError
        The store is not empty, or refuses a file: a repeated id, a relationship without its end, another column.
    """
    places = {label: folder / "nodes" / label for label in NODES} | {
        name: folder / "relationships" / name for name in EDGES
    }
    if missing := [str(place) for place in places.values() if not place.is_dir()]:
        raise InputError(f"no folder {missing[0]}; write a graph there with `python -m kg.spark`")
    files = {name: list(place.glob("*.parquet")) for name, place in places.items()}
    store.ensure_schema()
    with store._transaction() as run:
        if filled := [label for label in NODES if run(statements.any_node(label), {})]:
            raise StoreError(f"{store.path} is not empty (it has a {filled[0]}); name a new --store")
        for name, parts in files.items():
            if parts:
                run(statements.copy_from(name, places[name] / "*.parquet"), {})
    return {name: sum(parquet.read_metadata(part).num_rows for part in parts) for name, parts in files.items()}
