"""The border where Ladybug's errors become ours. All arrive as RuntimeError, with a prefix that names the kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import KgError, QueryError, StoreBusy, StoreCorrupt, StoreError, StoreFull


class PoolTooSmall(StoreError):
    """A statement needs more memory than the buffer pool has; the store opens again with a larger one."""


_NO_MEMORY = "{path}: this needs more memory than the machine has to give: {line}"
_SORTS: tuple[tuple[type[KgError], tuple[str, ...], str], ...] = (
    # "The committed data is durable", says Ladybug; after a COPY it mostly is not, but it is there whole or not at all.
    (PoolTooSmall, ("recovered on restart: buffer manager exception",), _NO_MEMORY),
    (
        StoreFull,
        (
            "no space left",
            "permission denied",
            "read-only file system",
            "disk quota",
            "cannot write to file",
            "file too large",
            "post-commit checkpoint failed",
        ),
        "cannot write {path}: {line}; free space, or give another --store, and load again",
    ),
    (
        StoreBusy,
        ("could not set lock", "only one write transaction", "new write transaction", "write-write conflict"),
        "{path} is held by another writer: {line}",
    ),
    (
        StoreError,
        ("read-write mode to replay", "recovery is pending"),
        "{path} was left in the middle of a checkpoint; `kg prune` opens it for writing and repairs it",
    ),
    (
        StoreCorrupt,
        ("wal file is corrupted", "corrupted wal file", ".wal with size", "wal replay"),
        "{path}.wal, the store's log, is damaged: {line}; run `kg prune`, else move the log away and load again",
    ),
    (
        StoreCorrupt,
        (
            "is not a valid lbug database",
            "corrupt",
            "reading past the end",
            "different version",
            "cannot be a directory",
            "cannot read checkpoint",
            "outside the database file",
            "out of bounds for",
        ),
        "{path} is no usable store: {line}; build again into another --store",
    ),
    (PoolTooSmall, ("buffer manager exception",), _NO_MEMORY),
)
"""Words of Ladybug's texts, and what they mean; the first that fits."""

_REFUSED = (
    "parser exception",
    "binder exception",
    "catalog exception",
    "conversion exception",
    "overflow exception",
    "connection exception",
    "runtime exception",
    "function exception",
    "interrupted",
    "parameter ",
    "can not execute a write query inside a read-only transaction",
    "cannot execute write operations in a read-only database",
    "no active transaction",
    "found active transaction",
)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises our error in place of Ladybug's, the most specific one first."""
    try:
        yield
    except KgError:
        raise
    except RuntimeError as error:
        raise translate(error, path) from error


def translate(error: RuntimeError, path: Path) -> KgError:
    """The error in our words; what a query did wrong keeps Ladybug's first line."""
    line = " ".join(str(error).split("\n", 1)[0].split())
    low = str(error).casefold()
    for kind, signs, text in _SORTS:
        if any(sign in low for sign in signs):
            return kind(text.format(path=path, line=line))
    if low.startswith(_REFUSED):
        return QueryError(f"the store refuses the query: {line}")
    return StoreError(f"{path}: {line}")
