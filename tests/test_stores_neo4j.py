"""The server store: errors, secrets, foreign databases, and several loaders at once."""

import gc
import inspect
import logging
import os
import random
import re
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import neo4j
import neo4j_server as starter
import pytest
from conftest import in_ci
from graphs import Model, lines, paper
from neo4j import exceptions as driver

from kg import errors
from kg.errors import KgError, OutcomeUnknown, StoreAuthError, StoreBusy, StoreError, StoreForeign, StoreUnavailable
from kg.schema import Edge, Node, PaperGraph
from kg.stores import Store, neo4j_load, open_store
from kg.stores.neo4j import auth_from_environment, check_version
from kg.stores.neo4j_errors import translate
from kg.stores.neo4j_statements import LOCK_PAPERS

URL = "neo4j://host"

EXPECTED = {
    driver.IncompleteCommit: OutcomeUnknown,
    driver.ServiceUnavailable: StoreUnavailable,
    driver.SessionExpired: StoreUnavailable,
    driver.ConnectionAcquisitionTimeoutError: StoreUnavailable,
    driver.AuthError: StoreAuthError,
    driver.TokenExpired: StoreAuthError,
    driver.Forbidden: StoreAuthError,
    driver.ForbiddenOnReadOnlyDatabase: errors.StoreFull,
    driver.DatabaseUnavailable: StoreUnavailable,
    driver.NotALeader: StoreUnavailable,
    driver.TransientError: StoreBusy,
    driver.CypherSyntaxError: errors.QueryError,
    driver.ClientError: errors.QueryError,
    driver.DatabaseError: StoreError,
    driver.ConfigurationError: StoreError,
    driver.ResultError: StoreError,
}


def driver_errors() -> list[type[Exception]]:
    kinds = [kind for _, kind in inspect.getmembers(driver, inspect.isclass) if issubclass(kind, Exception)]
    return [kind for kind in kinds if issubclass(kind, (driver.Neo4jError, driver.DriverError))]


@pytest.mark.parametrize("kind", driver_errors())
def test_every_error_of_the_driver_becomes_ours(kind: type[Exception]) -> None:
    arguments = (None,) if issubclass(kind, driver.ResultError) else ("what happened\nand more",)
    error = translate(kind(*arguments), URL)
    assert isinstance(error, (StoreError, errors.QueryError))
    assert "\n" not in str(error)
    if kind in EXPECTED:
        assert type(error) is EXPECTED[kind]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Neo.TransientError.Transaction.DeadlockDetected", StoreBusy),
        ("Neo.TransientError.Transaction.LockClientStopped", StoreBusy),
        ("Neo.TransientError.Transaction.Terminated", StoreBusy),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", StoreBusy),
        ("Neo.ClientError.Statement.EntityNotFound", StoreBusy),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", StoreBusy),
        ("Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists", StoreBusy),
        ("Neo.ClientError.Security.Unauthorized", StoreAuthError),
        ("Neo.ClientError.Security.Forbidden", StoreAuthError),
        ("Neo.ClientError.Security.AuthenticationRateLimit", StoreAuthError),
        ("Neo.ClientError.Statement.SyntaxError", errors.QueryError),
        ("Neo.ClientError.Statement.AccessMode", errors.QueryError),
        ("Neo.ClientError.Database.DatabaseNotFound", StoreError),
        ("Neo.TransientError.General.DatabaseUnavailable", StoreUnavailable),
        ("Neo.DatabaseError.General.UnknownError", StoreError),
    ],
)
def test_codes_of_the_server(code: str, expected: type[KgError]) -> None:
    error = driver.Neo4jError._hydrate_neo4j(code=code, message="what happened")
    assert type(translate(error, URL)) is expected


def test_a_full_disk_is_told() -> None:
    code = "Neo.DatabaseError.Transaction.TransactionStartFailed"
    error = driver.Neo4jError._hydrate_neo4j(code=code, message="No space left on device\nand more")
    assert str(translate(error, URL)) == (
        "neo4j://host: No space left on device; free space on the server, or make its database writable"
    )


def test_old_servers_and_others_are_refused() -> None:
    check_version("Neo4j/5.26.0")
    check_version("Neo4j/2026.08.1")
    for agent in (
        "Neo4j/5.25.1",
        "Neo4j/4.4.30",
        "Neo4j/v5.11.0 compatible graph database server - Memgraph",
        "Other/9.0",
    ):
        with pytest.raises(
            StoreError, match=f"^the server says it is {re.escape(agent)}; kg needs Neo4j 5.26 or newer$"
        ):
            check_version(agent)


def test_user_and_password_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    assert auth_from_environment() is None
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    assert auth_from_environment() == ("neo4j", "secret")
    monkeypatch.setenv("NEO4J_USER", "me")
    assert auth_from_environment() == ("me", "secret")
    monkeypatch.delenv("NEO4J_PASSWORD")
    with pytest.raises(StoreAuthError, match=r"^NEO4J_USER is set and NEO4J_PASSWORD is not: set both$"):
        auth_from_environment()


def test_no_server_there() -> None:
    with pytest.raises(
        StoreUnavailable, match=r"^bolt://127\.0\.0\.1:1: .*; is the server running, and is that its addr"
    ):
        open_store("bolt://127.0.0.1:1")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a server of one's own may live."""
    if starter.missing():
        (pytest.fail if in_ci() else pytest.skip)(starter.missing())
    return tmp_path / "home"


@pytest.mark.neo4j
def test_secrets_stay_secret(home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    caplog.set_level(logging.DEBUG)
    with starter.running(home, password="canary-right") as guarded:
        with pytest.raises(StoreAuthError, match=r"set NEO4J_USER and NEO4J_PASSWORD$"):
            open_store(guarded.bolt)
        with pytest.raises(StoreAuthError) as wrong:
            open_store(guarded.bolt, auth=("neo4j", "canary-wrong"))
        monkeypatch.setenv("NEO4J_PASSWORD", "canary-right")
        with open_store(guarded.bolt) as store:
            store.ensure_schema()
            with pytest.raises(errors.QueryError) as refused:
                store.read("RETURN nonsense")
            shown = f"{store!r} {vars(store)!r}"
    chain = f"{wrong.value!r} {wrong.value.__cause__!r} {refused.value!r} {refused.value.__cause__!r}"
    assert "canary" not in shown + chain + caplog.text


@pytest.mark.neo4j
def test_what_was_acknowledged_survives_a_killed_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    graphs = [paper(f"p{n}", "text" * n, authors=("Ada",)) for n in range(20)]
    expected = Model()
    expected.write(graphs)
    with starter.running(home) as server, open_store(server.bolt) as store:
        store.ensure_schema()
        store.write(graphs)
        os.kill(server.pid, signal.SIGKILL)
    with starter.running(home) as server, open_store(server.bolt, read_only=True) as store:
        assert lines(store) == expected.lines()


@pytest.mark.neo4j
def test_an_unknown_database_is_told(neo4j_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setenv("NEO4J_DATABASE", "nowhere")
        with open_store(neo4j_url) as store, pytest.raises(StoreError, match=r"nowhere.*set NEO4J_DATABASE$"):
            store.ensure_schema()


@pytest.mark.neo4j
def test_a_foreign_database_is_refused(neo4j_url: str, neo4j_server: starter.Server) -> None:
    with neo4j.GraphDatabase.driver(neo4j_url, auth=neo4j_server.auth) as raw:
        raw.execute_query("CREATE (:Author {id: 'theirs'})")
    with open_store(neo4j_url) as store, pytest.raises(StoreForeign, match="has nodes labelled Author but no KgMeta"):
        store.ensure_schema()
    with pytest.raises(StoreForeign, match="it is not kg's"):
        open_store(neo4j_url, read_only=True)


@pytest.mark.neo4j
def test_an_empty_database_has_nothing_to_read(neo4j_url: str) -> None:
    with pytest.raises(StoreForeign, match="holds no kg graph yet; make one with `kg build`"):
        open_store(neo4j_url, read_only=True)


@pytest.mark.neo4j
def test_entities_that_others_link_to_are_not_pruned(neo4j_store: Store, neo4j_server: starter.Server) -> None:
    kept, lost = Node("Task", "task:kept", {"name": "kept"}), Node("Task", "task:lost", {"name": "lost"})
    neo4j_store.write([PaperGraph(Node("Paper", "p", {"title": "P"}), (kept, lost))])
    with neo4j.GraphDatabase.driver(neo4j_server.bolt, auth=neo4j_server.auth) as raw:
        raw.execute_query("MATCH (n:Task {id: 'task:kept'}) CREATE (:Course)-[:TEACHES]->(n)")
    assert neo4j_store.prune() == 1
    assert neo4j_store.read("MATCH (n:Task) RETURN n.id AS id") == [{"id": "task:kept"}]
    assert list(neo4j_store.nodes("Task")) == []


@pytest.mark.neo4j
def test_a_papers_lock_keeps_other_writers_out(neo4j_store: Store, neo4j_server: starter.Server) -> None:
    """What LOCK_PAPERS rests on: setting a constant on a node that exists takes its lock."""
    neo4j_store.write([PaperGraph(Node("Paper", "p", {"title": "P"}))])
    with (
        neo4j.GraphDatabase.driver(neo4j_server.bolt, auth=neo4j_server.auth) as raw,
        raw.session() as first,
        raw.session() as second,
        first.begin_transaction() as holding,
    ):
        holding.run(LOCK_PAPERS, ids=["p"]).consume()
        with pytest.raises(driver.Neo4jError) as late, second.begin_transaction(timeout=1.0) as waiting:
            waiting.run(LOCK_PAPERS, ids=["p"]).consume()
    assert "LockClientStopped" in str(late.value.code) or "TransactionTimedOut" in str(late.value.code)


@pytest.mark.neo4j
def test_a_name_is_compared_under_its_lock(neo4j_store: Store, neo4j_server: starter.Server) -> None:
    """What `put_nodes` rests on: SET takes the lock before it reads a property that it also sets."""

    def naming(key: str, name: str) -> PaperGraph:
        edge = Edge("USES", key, "method:x", {"name": name})
        return PaperGraph(Node("Paper", key, {"title": key}), (Node("Method", "method:x", {"name": name}),), (edge,))

    neo4j_store.write([naming("p1", "zeta")])
    with (
        futures.ThreadPoolExecutor(1) as pool,
        neo4j.GraphDatabase.driver(neo4j_server.bolt, auth=neo4j_server.auth) as raw,
        raw.session() as session,
        session.begin_transaction() as holding,
    ):
        holding.run("MATCH (n:Method) SET n.name = 'alpha'").consume()
        waiting = pool.submit(neo4j_store.write, [naming("p2", "mu")])
        with pytest.raises(futures.TimeoutError):
            waiting.result(timeout=2)
        holding.commit()
        assert waiting.result(timeout=30).written == 1
    assert [node.properties["name"] for node in neo4j_store.nodes("Method")] == ["alpha"]


@pytest.mark.neo4j
def test_what_a_table_names_is_not_locked(neo4j_store: Store, neo4j_server: starter.Server) -> None:
    """ "FID" and "ImageNet" are no bottleneck: a second loader goes on while the first holds its transaction open."""

    def measuring(key: str) -> PaperGraph:
        metric = Node("Metric", "metric:fid", {"name": "FID", "aliases": ("Inception distance",)})
        edge = Edge("USES_METRIC", key, metric.id, {"name": "FID"})
        return PaperGraph(Node("Paper", key, {"title": key}), (metric,), (edge,))

    neo4j_store.write([measuring(f"p{n}") for n in range(100)])
    with (
        neo4j.GraphDatabase.driver(neo4j_server.bolt, auth=neo4j_server.auth) as raw,
        raw.session() as session,
        session.begin_transaction() as holding,
    ):
        batch = neo4j_load.Batch([measuring("q")])
        neo4j_load.write(lambda text, parameters: [dict(r) for r in holding.run(text, parameters)], batch)
        with futures.ThreadPoolExecutor(1) as pool:
            assert pool.submit(neo4j_store.write, [measuring("r")]).result(timeout=30).written == 1
        holding.commit()
    assert len(list(neo4j_store.edges("USES_METRIC"))) == 102


LOADER = """
import random, sys
sys.path.insert(0, sys.argv[1])
from graphs import paper
from kg.stores import open_store
from kg.stores.base import WriteReport

seed = int(sys.argv[3])
graphs = [paper(f"p{n}", "text" * length, authors=("Ada", f"A{n % 7}")) for n in range(40) for length in range(3)]
random.Random(seed).shuffle(graphs)
report = WriteReport()
with open_store(sys.argv[2]) as store:
    store.ensure_schema()
    for at in range(0, len(graphs), 8):
        report += store.write(graphs[at : at + 8])
print(report.retries)
"""


@pytest.mark.neo4j
def test_two_loaders_at_once_give_the_rows_of_one(neo4j_url: str) -> None:
    """Each in its own order: short and long texts of the same papers, so that facts are replaced while others load."""

    folder = Path(__file__).parent
    loaders = [
        subprocess.Popen([sys.executable, "-c", LOADER, str(folder), neo4j_url, str(seed)], stderr=subprocess.PIPE)
        for seed in (1, 2)
    ]
    for loader in loaders:
        _, failed = loader.communicate(timeout=240)
        assert (loader.returncode, failed) == (0, b"")
    graphs = [paper(f"p{n}", "text" * length, authors=("Ada", f"A{n % 7}")) for n in range(40) for length in range(3)]
    expected = Model()
    expected.write(random.Random(3).sample(graphs, len(graphs)))
    with open_store(neo4j_url, read_only=True) as store:
        assert lines(store) == expected.lines()


class Loop:
    """Only the collector frees it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.neo4j
def test_a_bulk_load_lets_go_of_what_its_source_leaves(neo4j_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.stores.batches.ROWS", 30)
    alive: weakref.WeakSet[Loop] = weakref.WeakSet()
    counts = []

    def graphs() -> Iterator[PaperGraph]:
        for number in range(100):
            alive.add(Loop())
            counts.append(len(alive))
            yield paper(f"p{number:03}", f"text {number}", authors=("Ada",))

    before = (gc.isenabled(), sys.getswitchinterval())
    assert neo4j_store.bulk_load(graphs()).written == 100
    assert max(counts) < 30
    assert (gc.isenabled(), sys.getswitchinterval()) == before
