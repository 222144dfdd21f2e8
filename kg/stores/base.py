"""What a store is: a few methods, and a frozen statement of what it can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from typing_extensions import Self

from kg.records import Paper
from kg.schema import Edge, Node, PaperGraph

Cell = None | bool | int | float | str | list["Cell"] | dict[str, "Cell"]
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Asked, never tried."""

    concurrent_writers: bool
    """Several processes may write at once; else a second one waits its turn."""
    bulk_load: bool
    """`bulk_load` into an empty store is faster than `write`."""


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """The paper as the store has it; `paper.id` is its key."""

    paper: Paper
    fingerprint: str


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What became of a batch: every paper is counted once."""

    written: int = 0
    """New, or its facts were rewritten."""
    merged: int = 0
    """Facts kept, but another field of the paper changed."""
    unchanged: int = 0
    retries: int = 0
    """Transactions sent again."""

    def __add__(self, other: WriteReport) -> WriteReport:
        return WriteReport(
            self.written + other.written,
            self.merged + other.merged,
            self.unchanged + other.unchanged,
            self.retries + other.retries,
        )


class Store(Protocol):
    """A graph store. Every method raises StoreError or a subclass, never the driver's own errors."""

    @property
    def capabilities(self) -> Capabilities: ...

    def ensure_schema(self) -> None:
        """Create tables, constraints and the KgMeta node where they are missing; refuse a foreign database."""

    def papers(self, ids: Sequence[str]) -> dict[str, StoredPaper]:
        """Those of the papers that the store has, by key."""

    def write(self, batch: Sequence[PaperGraph]) -> WriteReport:
        """Merge papers and replace the facts of those whose text or fingerprint changed, in one transaction.

        Durable when it returns. Papers of one key within the batch are merged first. Writing the
        same again changes nothing.
        """

    def bulk_load(self, graphs: Iterator[PaperGraph]) -> WriteReport:
        """Fill an empty store the fastest way; a key must come only once.

        Others may write meanwhile where `concurrent_writers`; else raises StoreError where the store is not empty.
        """

    def remove(self, ids: Sequence[str]) -> int:
        """Delete these papers with their results; entities and authors stay. Returns how many there were."""

    def prune(self) -> int:
        """Delete entities and authors without a relationship, recompute entity names; returns how many were deleted.

        Only with no loader beside it.
        """

    def read(self, cypher: str, parameters: Mapping[str, Cell] | None = None) -> list[Row]:
        """Rows of a reading query, in its order. Raises QueryError where the store refuses the text."""

    def nodes(self, label: str) -> Iterator[Node]:
        """All nodes of a label with every non-null property, by id; permanent ones without a relationship left out."""

    def edges(self, type: str) -> Iterator[Edge]:
        """All relationships of a type, by (start, end)."""

    def save(self, table: str, file: Path) -> None:
        """Write the rows of `nodes` or `edges` to a Parquet file, `*.parquet`, in any order, few of them in memory.

        Columns: `id`, or `from` and `to`, then the schema's. Raises StoreFull or OSError where it cannot be written.
        """

    def lacks(self) -> list[str]:
        """Tables or constraints of the schema that are not there, in words; none after `ensure_schema`."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
