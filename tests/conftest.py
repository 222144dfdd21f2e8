"""Fixtures shared by all tests."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import neo4j
import neo4j_server as starter
import pytest
from hand_graph import GRAPHS

from kg.stores import Store, open_store

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts a job in the background deaf to Ctrl-C, and so would be what the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() == "true"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data folder beside the checkout (or KG_SHARED). Skipped where it is missing; in CI that is a failure."""
    folder = Path(os.environ.get("KG_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "gold" / "score.py").exists():
        if in_ci():
            pytest.fail(f"CI must have the data folder {folder}")
        pytest.skip(f"no data folder at {folder}; set KG_SHARED")
    return folder


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[starter.Server]:
    """One real server a session: NEO4J_URI, else one started by Maven and Java, else a container.

    Where none can be had the test is skipped with the reason; in CI that is a failure.
    """
    with ExitStack() as stack:
        if uri := os.environ.get("NEO4J_URI"):
            server = starter.Server(uri, auth=_given_auth())
            if not _is_empty(server):
                pytest.fail("the tests wipe the database at NEO4J_URI, and it is not empty: name another one")
        elif not starter.missing():
            server = stack.enter_context(starter.running(tmp_path_factory.mktemp("neo4j")))
        elif shutil.which("docker"):
            server = stack.enter_context(_container())
        else:
            reason = f"no NEO4J_URI, {starter.missing()}, no Docker"
            pytest.fail(f"CI must run Neo4j: {reason}") if in_ci() else pytest.skip(reason)
        yield server


@pytest.fixture
def neo4j_url(neo4j_server: starter.Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a server whose database is empty, before and after; NEO4J_USER and NEO4J_PASSWORD are set for it."""
    user, password = neo4j_server.auth or ("", "")
    monkeypatch.setenv("NEO4J_USER", user)
    monkeypatch.setenv("NEO4J_PASSWORD", password)
    wipe(neo4j_server)
    yield neo4j_server.bolt
    wipe(neo4j_server)


@pytest.fixture(params=["ladybug", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a store with nothing in it, of each kind in turn."""
    if request.param == "neo4j":
        return str(request.getfixturevalue("neo4j_url"))
    return f"ladybug:{tmp_path / 'papers.lbug'}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind in turn, with its schema."""
    with open_store(store_url) as opened:
        opened.ensure_schema()
        yield opened


@pytest.fixture
def neo4j_store(neo4j_url: str) -> Iterator[Store]:
    """An empty Neo4j store with its schema."""
    with open_store(neo4j_url) as opened:
        opened.ensure_schema()
        yield opened


@pytest.fixture(scope="module", params=["ladybug", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def hand_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The graph of tests/hand_graph.py in each kind of store, loaded once a module: for tests that only read."""
    with ExitStack() as stack:
        url, auth = str(tmp_path_factory.mktemp("hand") / "papers.lbug"), None
        if request.param == "neo4j":
            server: starter.Server = request.getfixturevalue("neo4j_server")
            wipe(server)
            stack.callback(wipe, server)
            url, auth = server.bolt, server.auth
        loaded = stack.enter_context(open_store(url, auth=auth))
        loaded.ensure_schema()
        loaded.write(GRAPHS)
        yield loaded


def wipe(server: starter.Server) -> None:
    """Everything out of the database: relationships first, then nodes, KgMeta among them, then constraints."""
    with neo4j.GraphDatabase.driver(server.bolt, auth=server.auth, telemetry_disabled=True) as driver:
        database = os.environ.get("NEO4J_DATABASE") or "neo4j"
        with driver.session(database=database) as session:
            session.run("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS").consume()
            session.run("MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
            for name in [record["name"] for record in session.run("SHOW CONSTRAINTS YIELD name")]:
                session.run(f"DROP CONSTRAINT `{name}`").consume()


def _is_empty(server: starter.Server) -> bool:
    with neo4j.GraphDatabase.driver(server.bolt, auth=server.auth, telemetry_disabled=True) as driver:
        records = driver.execute_query(
            "MATCH (n) RETURN count(n) AS nodes", database_=os.environ.get("NEO4J_DATABASE") or "neo4j"
        ).records
    return [record["nodes"] for record in records] == [0]


def _given_auth() -> tuple[str, str] | None:
    password = os.environ.get("NEO4J_PASSWORD")
    return (os.environ.get("NEO4J_USER") or "neo4j", password) if password else None


@contextmanager
def _container() -> Iterator[starter.Server]:
    from testcontainers.neo4j import Neo4jContainer  # noqa: PLC0415 - asks for a Docker engine when it is imported

    with Neo4jContainer(f"neo4j:{starter.VERSION}-community") as container:
        yield starter.Server(container.get_connection_url(), auth=("neo4j", container.password))
