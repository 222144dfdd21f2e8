"""A whole graph in Parquet, one folder a label and relationship type, into an empty embedded store by COPY."""

from __future__ import annotations

from pathlib import Path

from pyarrow import parquet

from kg.errors import InputError
from kg.schema import EDGES, NODES
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
    store.copy([(name, places[name] / "*.parquet") for name, parts in files.items() if parts])
    return {name: sum(parquet.read_metadata(part).num_rows for part in parts) for name, parts in files.items()}
