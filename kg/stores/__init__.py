"""Graph stores behind one protocol; `open_store` chooses by URL and imports only the driver it needs."""

from __future__ import annotations

import os
from pathlib import Path

from kg.stores.address import parse
from kg.stores.base import Store

__all__ = ["Store", "open_store"]


def open_store(
    url: str | Path | None = None,
    *,
    wait: float = 0.0,
    read_only: bool = False,
    auth: tuple[str, str] | None = None,
) -> Store:
    """The store at a URL or path; without one KG_STORE, else ./papers.lbug.

    `wait` is how many seconds to wait for a file that another process holds. `auth` is (user, password) for Neo4j;
    without it NEO4J_USER and NEO4J_PASSWORD. Raises StoreURLError, StoreUnavailable, StoreAuthError, StoreBusy,
    StoreCorrupt, StoreForeign.
    """
    address = parse(url if url is not None else os.environ.get("KG_STORE") or "papers.lbug")
    if isinstance(address, Path):
        from kg.stores.ladybug import LadybugStore  # noqa: PLC0415 - a driver is loaded only when its store is opened

        return LadybugStore(address, wait=wait, read_only=read_only)
    from kg.stores.neo4j import Neo4jStore  # noqa: PLC0415

    return Neo4jStore(address, auth=auth, read_only=read_only)
