"""Where a store is, as users write it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import StoreURLError

_NEO4J = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
FORMS = "ladybug:PATH, PATH, neo4j://HOST:PORT, neo4j+s://HOST, bolt://HOST:PORT"


def parse(address: str | Path) -> Path | str:
    """A path for the embedded store, a URL for Neo4j. Raises StoreURLError; its text never repeats a password."""
    if isinstance(address, Path):
        return address
    scheme, colon, rest = address.partition(":")
    if scheme == "ladybug" and colon:
        if not rest or rest.startswith("//"):
            raise StoreURLError("ladybug: is followed by a path, as in ladybug:papers.lbug")
        return Path(rest)
    if "://" not in address:
        if not address.strip():
            raise StoreURLError(f"the store's address is empty; known forms: {FORMS}")
        return Path(address)
    if scheme not in _NEO4J:
        shown = scheme if re.fullmatch(r"[\w+.-]{1,20}", scheme) else "that"
        raise StoreURLError(f"no store has addresses of the form {shown}://; known forms: {FORMS}")
    return _neo4j(address)


def _neo4j(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise StoreURLError(f"not a URL that can be read; known forms: {FORMS}") from None
    if "@" in parts.netloc:
        raise StoreURLError(
            "user and password do not belong into the store's URL, where others can read them: "
            "set NEO4J_USER and NEO4J_PASSWORD"
        )
    if not host:
        raise StoreURLError(f"{parts.scheme}:// lacks a host; known forms: {FORMS}")
    return address
