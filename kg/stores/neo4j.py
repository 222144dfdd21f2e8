"""The server store: any Neo4j from 5.26 on, by Bolt."""

from __future__ import annotations

import gc
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from neo4j import READ_ACCESS, WRITE_ACCESS, Driver, GraphDatabase, Record, Session, Transaction
from typing_extensions import Self

from kg import __version__
from kg.errors import QueryError, StoreAuthError, StoreError, StoreForeign
from kg.interpreter import garbage_kept, prompt_threads
from kg.schema import ENTITY_LABELS, NODES, PERMANENT_LABELS, VERSION, Edge, Node, PaperGraph, check_graph
from kg.stores import load, neo4j_load, statements
from kg.stores.base import Capabilities, Cell, Row, StoredPaper, WriteReport
from kg.stores.batches import batched
from kg.stores.ddl import META, ddl_statements
from kg.stores.neo4j_cells import cell
from kg.stores.neo4j_errors import translated
from kg.stores.retry import persistent

OLDEST = (5, 26)
SENDERS = 2
"""Transactions of a bulk load at once: while one commits the other makes what nobody shares."""
PRUNE_BATCH = 10_000
"""Nodes a transaction."""
TRANSACTION_SECONDS = 600.0
"""After these the server ends a transaction: one whose client is gone without a word would keep its locks for ever."""

T = TypeVar("T")


class Neo4jStore:
    """A database of a Neo4j server; several processes may write at once.

    `auth` is (user, password), else NEO4J_USER (neo4j where it is not set) and NEO4J_PASSWORD, else none. The database
    is NEO4J_DATABASE, else neo4j. Raises StoreUnavailable, StoreAuthError, StoreError for a server that is too old.
    """

    capabilities = Capabilities(concurrent_writers=True, bulk_load=True)

    def __init__(self, url: str, *, auth: tuple[str, str] | None = None, read_only: bool = False) -> None:
        self.url = url
        self.read_only = read_only
        self.database = os.environ.get("NEO4J_DATABASE") or "neo4j"
        with translated(url):
            self._driver: Driver = GraphDatabase.driver(
                url,
                auth=auth or auth_from_environment(),
                user_agent=f"kg/{__version__}",
                telemetry_disabled=True,
                connection_timeout=10,
                connection_acquisition_timeout=30,
            )
        self._bookmarks = GraphDatabase.bookmark_manager()
        try:
            with translated(url):
                check_version(self._driver.get_server_info().agent)
            if read_only:
                self._check_ours()
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"Neo4jStore({self.url!r})"

    def ensure_schema(self) -> None:
        self._check_writable()
        self._check_ours(may_be_empty=True)
        for kind in ("CREATE", "CALL"):
            texts = [text for text in ddl_statements("neo4j") if text.startswith(kind)]
            try:
                self._define(texts)
            except QueryError:
                self._drop_ownerless_indexes()
                self._define(texts)
        self._write(partial(_send, statements.WRITE_META, {"version": VERSION}))

    def papers(self, ids: Sequence[str]) -> dict[str, StoredPaper]:
        return self._read(lambda run: neo4j_load.read_papers(run, sorted(set(ids))))

    def write(self, batch: Sequence[PaperGraph]) -> WriteReport:
        return self._write_batch(_checked(batch))

    def bulk_load(self, graphs: Iterator[PaperGraph]) -> WriteReport:
        """As `write`, in large batches: the server has two of them while the next one is made ready."""
        self._check_writable()
        report = WriteReport()
        with garbage_kept(), prompt_threads(), ThreadPoolExecutor(max_workers=SENDERS) as senders:
            sent: deque[Future[WriteReport]] = deque()
            for graphs_of_batch in batched(graphs):
                batch = _checked(graphs_of_batch)
                _ = batch.steps
                if len(sent) == SENDERS:
                    report += sent.popleft().result()
                sent.append(senders.submit(self._write_batch, batch))
                gc.collect(0)  # cycles that whoever made these graphs has left; rows that wait are looked through once
            return sum((one.result() for one in sent), report)

    def remove(self, ids: Sequence[str]) -> int:
        return self._write(lambda run: neo4j_load.remove(run, sorted(set(ids))))[0]

    def prune(self) -> int:
        deleted = 0
        for label in PERMANENT_LABELS:
            while count := self._write(partial(load.delete_orphans, label=label, limit=PRUNE_BATCH))[0]:
                deleted += count
        for label in ENTITY_LABELS:
            self._write(partial(load.correct_names, label=label))
        return deleted

    def read(self, cypher: str, parameters: Mapping[str, Cell] | None = None) -> list[Row]:
        return self._read(partial(_send, cypher, parameters or {}))

    def nodes(self, label: str) -> Iterator[Node]:
        for row in self._rows(statements.all_nodes(label)):
            yield statements.node_of(label, row)

    def edges(self, type: str) -> Iterator[Edge]:
        for row in self._rows(statements.all_edges(type)):
            yield statements.edge_of(type, row)

    def save(self, table: str, file: Path) -> None:
        from kg.stores.parquet import save_edges, save_nodes  # noqa: PLC0415 - pyarrow is loaded only for this

        if table in NODES:
            save_nodes(file, table, self.nodes(table))
        else:
            save_edges(file, table, self.edges(table))

    def lacks(self) -> list[str]:
        rows = self._read(partial(_send, statements.SHOW_CONSTRAINTS, {}))
        unique = {row["label"] for row in rows}
        return [f"uniqueness of {label}.id" for label in (*NODES, META) if label not in unique]

    def close(self) -> None:
        """Twice does no harm."""
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _session(self, mode: str, *, silent: bool = False) -> Session:
        """Questions may be anybody's: the server's notes on them become warnings. To be ready for one takes time."""
        warned: dict[str, Any] = {"warn_notification_severity": "WARNING"} if mode == READ_ACCESS else {}
        return self._driver.session(
            database=self.database,
            default_access_mode=mode,
            bookmark_manager=self._bookmarks,
            notifications_min_severity="OFF" if silent else None,
            **warned,
        )

    def _write_batch(self, batch: neo4j_load.Batch) -> WriteReport:
        report, retries = self._write(lambda run: neo4j_load.write(run, batch))
        return report + WriteReport(retries=retries)

    def _write(self, work: Callable[[load.Run], T]) -> tuple[T, int]:
        """One transaction, sent again while its error may pass: every work of ours is idempotent."""
        self._check_writable()
        return persistent(lambda: self._write_once(work))

    def _write_once(self, work: Callable[[load.Run], T]) -> T:
        with (
            translated(self.url),
            self._session(WRITE_ACCESS) as session,
            session.begin_transaction(timeout=TRANSACTION_SECONDS) as transaction,
        ):
            made = work(_run(transaction))
            transaction.commit()
            return made

    def _read(self, work: Callable[[load.Run], T], *, silent: bool = False) -> T:
        return persistent(lambda: self._read_once(work, silent=silent))[0]

    def _read_once(self, work: Callable[[load.Run], T], *, silent: bool) -> T:
        with (
            translated(self.url),
            self._session(READ_ACCESS, silent=silent) as session,
            session.begin_transaction() as transaction,
        ):
            return work(_run(transaction))

    def _rows(self, text: str) -> Iterator[Row]:
        with translated(self.url), self._session(READ_ACCESS) as session, session.begin_transaction() as transaction:
            for record in transaction.run(text):
                yield _row(record)

    def _drop_ownerless_indexes(self) -> None:
        """Those in the way of a constraint: a server killed while it made one leaves its index."""
        left = self._read(partial(_send, statements.OWNERLESS_INDEXES, {}))
        self._define([f"DROP INDEX `{row['name']}` IF EXISTS" for row in left])

    def _define(self, texts: Sequence[str]) -> None:
        """One transaction of constraints or of names: the two cannot share one."""
        persistent(partial(self._define_once, texts))

    def _define_once(self, texts: Sequence[str]) -> None:
        with (
            translated(self.url),
            self._session(WRITE_ACCESS, silent=True) as session,
            session.begin_transaction() as transaction,
        ):
            for text in texts:
                transaction.run(text).consume()
            transaction.commit()

    def _check_ours(self, *, may_be_empty: bool = False) -> None:
        """Labels first: a loader that starts beside this one writes its KgMeta node before anything else."""
        used = self._used_labels()
        versions = [row["version"] for row in self._read(partial(_send, statements.READ_META, {}), silent=True)]
        where = f"database {self.database} of {self.url}"
        if used and not versions:
            raise StoreForeign(
                f"{where} has nodes labelled {used[0]} but no KgMeta node: it is not kg's; "
                "name another with NEO4J_DATABASE, or use an empty server"
            )
        if not versions and not may_be_empty:
            raise StoreForeign(f"{where} holds no kg graph yet; make one with `kg build`")
        if versions not in ([], [VERSION]):
            raise StoreForeign(
                f"{where} has schema version {versions}, this kg writes {VERSION}: use an empty database"
            )

    def _used_labels(self) -> list[str]:
        return [label for label in NODES if self._read(partial(_send, statements.any_node(label), {}), silent=True)]

    def _check_writable(self) -> None:
        if self.read_only:
            raise StoreError(f"{self.url} was opened for reading only")


def _checked(graphs: Sequence[PaperGraph]) -> neo4j_load.Batch:
    for graph in graphs:
        check_graph(graph)
    return neo4j_load.Batch(graphs)


class _Unprinted(list[Cell]):
    """The driver prints all parameters for its log, whether anybody reads that or not: a sixth of a loader's time."""

    def __repr__(self) -> str:
        return f"[{len(self)} rows]"


def _run(transaction: Transaction) -> load.Run:
    def run(text: str, parameters: dict[str, Cell]) -> list[Row]:
        sent = {name: _Unprinted(value) if isinstance(value, list) else value for name, value in parameters.items()}
        result = transaction.run(text, sent)
        return [_row(record) for record in result]

    return run


def _send(text: str, parameters: Mapping[str, Cell], run: load.Run) -> list[Row]:
    return run(text, dict(parameters))


def _row(record: Record) -> Row:
    return {name: cell(value) for name, value in zip(record.keys(), record.values(), strict=True)}


def auth_from_environment() -> tuple[str, str] | None:
    """(user, password) of NEO4J_USER and NEO4J_PASSWORD, None without both. Raises StoreAuthError for half of them."""
    user, password = os.environ.get("NEO4J_USER"), os.environ.get("NEO4J_PASSWORD")
    if user and not password:
        raise StoreAuthError("NEO4J_USER is set and NEO4J_PASSWORD is not: set both")
    return (user or "neo4j", password) if password else None


def check_version(agent: str) -> None:
    """Raises StoreError for a server that says it is older than 5.26, or no Neo4j."""
    found = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
    if not found or (int(found[1]), int(found[2])) < OLDEST:
        raise StoreError(f"the server says it is {agent}; kg needs Neo4j 5.26 or newer")
