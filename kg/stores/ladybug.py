"""The embedded store: one Ladybug file, one writer, no server."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import ladybug
from typing_extensions import Self

from kg.errors import KgError, QueryError, StoreCorrupt, StoreError, StoreForeign, StoreFull
from kg.schema import EDGES, ENTITY_LABELS, NODES, PERMANENT_LABELS, VERSION, Edge, Node, PaperGraph, check_graph
from kg.stores import load, statements
from kg.stores.base import Capabilities, Cell, Row, StoredPaper, WriteReport
from kg.stores.ddl import META, ddl_statements
from kg.stores.ladybug_cells import cell
from kg.stores.ladybug_errors import PoolTooSmall, translated
from kg.stores.ladybug_log import Log
from kg.stores.lock import FileLock

T = TypeVar("T")

SMALL_POOL = 256 << 20
"""Bytes of memory that Ladybug has to begin with: a pool fills up with pages whether they are needed again or not."""
LARGER = 4
"""Times, where a statement needs more than there is, and for readers: a result is held in the pool until it is read."""
MOST_OF_MEMORY = 0.8

PAGE = 10_000
"""Nodes read at once, and nodes whose relationships are."""

MANY = 2**31
"""No limit."""

_READING = re.compile(
    r"(?: \s | //[^\n]*(?:\n|$) | /\*.*?\*/ )* (?:MATCH|OPTIONAL|UNWIND|WITH|RETURN|CALL|EXPLAIN|PROFILE)\b",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ONE_STATEMENT: dict[str, Cell] = {"kg_": 0}
"""A parameter that no text uses: with parameters Ladybug prepares the text, and refuses more than one statement."""


class LadybugStore:
    """A file, made where it is missing unless `read_only`.

    One process may write, or several read. Raises StoreBusy when the file is held for longer than `wait` seconds,
    StoreCorrupt where it is no store, StoreFull where it cannot be written.
    """

    capabilities = Capabilities(concurrent_writers=False, bulk_load=True)

    def __init__(self, path: Path, *, wait: float = 0.0, read_only: bool = False) -> None:
        self.path = path.resolve()
        self.read_only = read_only
        self.pool = SMALL_POOL * (LARGER if read_only else 1)
        """Bytes; grows where a statement needs more, and stays so."""
        if read_only and not self.path.exists():
            raise StoreError(f"no store at {path}; make one with `kg build`, or name another with --store")
        self._lock = FileLock(self.path, exclusive=not read_only, wait=wait)
        self._log = Log(self.path, self._lock)
        try:
            self._connect()
            if read_only:
                self._check_ours()
            else:
                self._log.acknowledge()
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"LadybugStore({str(self.path)!r})"

    def ensure_schema(self) -> None:
        self._check_writable()
        if not self._tables():
            with self._transaction() as run:
                for statement in ddl_statements("ladybug"):
                    run(statement, {})
                run(statements.WRITE_META, {"version": VERSION})
        self._check_ours()

    def papers(self, ids: Sequence[str]) -> dict[str, StoredPaper]:
        return load.read_papers(self._run, sorted(set(ids)))

    def write(self, batch: Sequence[PaperGraph]) -> WriteReport:
        self._check_writable()
        for graph in batch:
            check_graph(graph)
        return self._roomy(partial(self._write_once, batch))

    def _write_once(self, batch: Sequence[PaperGraph]) -> WriteReport:
        with self._staged() as stage, self._transaction() as run:
            return load.write(run, stage, batch)

    def bulk_load(self, graphs: Iterator[PaperGraph]) -> WriteReport:
        """By COPY from Parquet files in a temporary folder; all entities and authors are held in memory meanwhile."""
        from kg.stores.parquet import Tables  # noqa: PLC0415 - pyarrow is loaded only for this

        self._check_writable()
        self._check_empty()
        with _temporary() as folder, Tables(folder) as tables:
            report = tables.fill(graphs)
            self._roomy(partial(self._copy_once, tables.files()))
        return report

    def copy(self, files: Sequence[tuple[str, Path]]) -> None:
        """Fill an empty store from Parquet files, or patterns of them, each with its table; all or none of it.

        Raises StoreError where it is not empty, or refuses a file.
        """
        self._check_writable()
        self._check_empty()
        self._roomy(partial(self._copy_once, files))

    def _copy_once(self, files: Sequence[tuple[str, Path]]) -> None:
        with self._transaction() as run:
            if self._filled():
                return  # an earlier try whose checkpoint lacked memory: its commit held, as a whole
            for name, file in files:
                run(statements.copy_from(name, file), {})

    def remove(self, ids: Sequence[str]) -> int:
        self._check_writable()
        return self._roomy(partial(self._remove_once, sorted(set(ids))))

    def _remove_once(self, ids: Sequence[str]) -> int:
        with self._staged() as stage, self._transaction() as run:
            return load.remove(run, stage, ids)

    def prune(self) -> int:
        self._check_writable()
        return self._roomy(self._prune_once)

    def _prune_once(self) -> int:
        with self._transaction() as run:
            deleted = sum(load.delete_orphans(run, label, MANY) for label in PERMANENT_LABELS)
            for label in ENTITY_LABELS:
                load.correct_names(run, label)
        return deleted

    def read(self, cypher: str, parameters: Mapping[str, Cell] | None = None) -> list[Row]:
        if not _READING.match(cypher):
            raise QueryError("only reading queries: begin with MATCH, OPTIONAL MATCH, UNWIND, WITH, RETURN or CALL")
        rows = self._roomy(partial(self._read_once, cypher, {**_ONE_STATEMENT, **(parameters or {})}))
        return [{name: cell(value) for name, value in row.items()} for row in rows]

    def _read_once(self, cypher: str, parameters: dict[str, Cell]) -> list[Row]:
        with self._transaction("BEGIN TRANSACTION READ ONLY") as run:
            return run(cypher, parameters)

    def nodes(self, label: str) -> Iterator[Node]:
        """By pages: Ladybug holds the whole of a result in memory."""
        for page in self._pages(statements.used_ids(label)):
            rows = {str(row["id"]): row for row in self._rows(statements.nodes_by_id(label), {"ids": [*page]})}
            yield from (statements.node_of(label, rows[key]) for key in page)

    def edges(self, type: str) -> Iterator[Edge]:
        for page in self._pages(statements.used_ids(EDGES[type].start)):
            for row in self._rows(statements.edges_from(type), {"ids": [*page]}):
                yield statements.edge_of(type, row)

    def save(self, table: str, file: Path) -> None:
        """By COPY, several times as fast as by pages; on one thread, so that one store always gives the same file."""
        try:
            self._roomy(partial(self._save_once, table, file))
        except StoreFull as error:
            raise StoreFull(f"cannot write {file}; free space, or name another place") from error

    def _save_once(self, table: str, file: Path) -> None:
        self._check_open()
        with translated(self.path), ladybug.Connection(self._database, num_threads=1) as connection:
            connection.execute(statements.copy_to(table, file))

    def lacks(self) -> list[str]:
        tables = self._tables()
        return [f"table {name}" for name in (*NODES, *EDGES, META) if name not in tables]

    def close(self) -> None:
        """Twice does no harm."""
        self._close_database()
        self._lock.release()

    def _close_database(self) -> None:
        for part in ("_connection", "_database"):
            if (opened := self.__dict__.pop(part, None)) is not None:
                opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> ladybug.Database:
        """The database; a torn end of its log, which was never acknowledged, is cut off where that alone is wrong."""
        try:
            return self._open_once()
        except StoreCorrupt:
            if self.read_only:
                raise
            with self._log.without_torn_end():
                return self._open_once()

    def _open_once(self) -> ladybug.Database:
        with translated(self.path):
            return ladybug.Database(self.path, buffer_pool_size=self.pool, read_only=self.read_only)

    def _connect(self) -> None:
        """Opens the file; to replay its log may need a larger pool."""
        try:
            self._database = self._opened()
        except PoolTooSmall as error:
            self._grow(error)
            self._connect()
        else:
            with translated(self.path):
                self._connection = ladybug.Connection(self._database)

    def _roomy(self, work: Callable[[], T]) -> T:
        """What `work` gives, which is one transaction; sent again with a larger pool where it needs one."""
        try:
            return work()
        except PoolTooSmall as error:
            self._grow(error)
        self._close_database()
        self._connect()
        return self._roomy(work)

    def _grow(self, error: PoolTooSmall) -> None:
        """The pool that the file is opened with next. Raises the error where the machine has no more memory to give."""
        most = int(MOST_OF_MEMORY * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        if self.pool >= most:
            raise error
        self.pool = min(LARGER * self.pool, most)

    def _run(self, text: str, parameters: Mapping[str, Cell]) -> list[Row]:
        return list(self._rows(text, parameters))

    def _pages(self, text: str) -> Iterator[list[str]]:
        keys = (str(row["id"]) for row in self._rows(text, {}))
        while page := list(islice(keys, PAGE)):
            yield page

    def _rows(self, text: str, parameters: Mapping[str, Cell]) -> Iterator[Row]:
        self._check_open()
        with translated(self.path):
            result = self._connection.execute(text, dict(parameters))
            if isinstance(result, list):
                raise QueryError("one statement at a time")
            try:
                names = result.get_column_names()
                while result.has_next():
                    yield dict(zip(names, result.get_next(), strict=True))
            finally:
                result.close()

    @contextmanager
    def _transaction(self, begin: str = "BEGIN TRANSACTION") -> Iterator[load.Run]:
        """Rolled back at the first error: after a failed statement Ladybug would commit each later one by itself."""
        self._run(begin, {})
        try:
            yield self._run
            self._run("COMMIT", {})
        except StoreFull:
            self._abandon()
            raise
        except BaseException:
            self._roll_back()
            raise
        if not self.read_only:
            self._log.acknowledge()

    def _abandon(self) -> None:
        """Never close what failed to write: Ladybug would try the write again and end the process. Opening repairs."""
        for part in ("_connection", "_database"):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self.__dict__.pop(part, None)))

    @contextmanager
    def _staged(self) -> Iterator[load.Stage]:
        """Rows go by Parquet: as parameters they take several times as long."""
        from kg.stores.parquet import stage  # noqa: PLC0415 - pyarrow is loaded only for writing

        with _temporary() as folder:
            yield partial(stage, folder / "rows.parquet")

    def _roll_back(self) -> None:
        try:
            self._run("ROLLBACK", {})
        except KgError:
            """A failed statement has ended the transaction already."""

    def _tables(self) -> set[str]:
        return {str(row["name"]) for row in self._run("CALL show_tables() RETURN *", {})}

    def _check_ours(self) -> None:
        tables = self._tables()
        if META not in tables:
            raise StoreForeign(f"{self.path} holds no kg graph; choose another --store")
        versions = [row["version"] for row in self._run(statements.READ_META, {})]
        if versions != [VERSION]:
            raise StoreForeign(
                f"{self.path} has schema version {versions}, this kg writes {VERSION}: build into a new --store"
            )

    def _check_empty(self) -> None:
        if label := self._filled():
            raise StoreError(f"{self.path} is not empty (it has a {label}); load with write, or into a new --store")

    def _filled(self) -> str | None:
        """A label that the store has nodes of."""
        return next((label for label in NODES if self._run(statements.any_node(label), {})), None)

    def _check_open(self) -> None:
        if "_connection" not in self.__dict__:
            raise StoreError(f"{self.path} is closed; open it again")

    def _check_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.path} was opened for reading only")


@contextmanager
def _temporary() -> Iterator[Path]:
    """A folder for the time of the block. Raises StoreFull where a file in it cannot be written for want of room."""
    with tempfile.TemporaryDirectory(prefix="kg-load-") as folder:
        try:
            yield Path(folder)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise
            raise StoreFull(f"cannot write temporary files in {folder}: {error.strerror}; set TMPDIR") from error
