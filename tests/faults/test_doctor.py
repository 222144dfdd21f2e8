"""kg doctor finds what another program, or a loader of another make, has done to a graph; its exit code says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import ladybug
import neo4j
import neo4j_server as starter
import pytest
from click.testing import CliRunner
from made_up import record, records, written

import kg
from kg.build import load
from kg.cli import root

PAPER = kg.Paper(str(record(3)["title"]), "").key
Change = Callable[[str], None]
"""Sends one statement to the store, past `kg`."""


@pytest.fixture
def change(store_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Change:
    """A graph of 20 papers, and a way to damage it."""
    with kg.open_store(store_url) as store:
        load([written(tmp_path / "records.jsonl", records(range(20)))], store)
    assert findings(store_url) == []
    if store_url.startswith("ladybug:"):
        return lambda text: in_file(store_url.removeprefix("ladybug:"), text)
    server: starter.Server = request.getfixturevalue("neo4j_server")
    return lambda text: on_server(server, text)


def in_file(path: str, text: str) -> None:
    with ladybug.Database(path) as database, ladybug.Connection(database) as connection:
        connection.execute(text)


def on_server(server: starter.Server, text: str) -> None:
    with neo4j.GraphDatabase.driver(server.bolt, auth=server.auth) as driver, driver.session() as session:
        session.run(text).consume()


def findings(url: str) -> list[tuple[str, str]]:
    """(check, what) of each fault; the exit code agrees."""
    result = CliRunner().invoke(root, ["doctor", "--store", url, "--json"])
    rows = json.loads(result.stdout)
    assert result.exit_code == bool(rows), result.stderr
    return [(row["check"], row["what"]) for row in rows]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("MATCH (p:Paper {id: '$'}) SET p.fingerprint = NULL", ["half-written"]),
        ("MATCH (p:Paper {id: '$'}) SET p.title = 'Study three of a Quiet Kind'", ["evidence", "id", "mention"]),
        ("MATCH (p:Paper {id: '$'})-[r:REPORTS]->() DELETE r", ["result"]),
        ("MATCH (p:Paper {id: '$'})-->(:Result)-[r:MEASURES]->() DELETE r", ["result"]),
        ("MATCH (a:Author {id: 'Bo Reed'}) SET a.name = 'Bo Read'", ["id"]),
        ("CREATE (:Author {id: 'Reed, Bo', name: 'Reed, Bo'})", []),  # nobody's: in no answer, and kg prune takes it
        ("MATCH (p:Paper {id: '$'})-[:REPORTS]->(r) SET r.evidence = 'x'", ["evidence"]),
        ("MATCH (p:Paper {id: '$'})-[:REPORTS]->(r) SET r.endChar = 9999", ["evidence"]),
        ("MATCH (p:Paper {id: '$'})-[r:PROPOSES]->() SET r.startChar = r.startChar + 1", ["mention"]),
        ("MATCH (p:Paper {id: '$'}) SET p.abstract = 'Cut off.'", ["evidence", "mention"]),
        ("MATCH (p:Paper {id: '$'})-[:PROPOSES]->(m) CREATE (p)-[:USES]->(m)", ["mention", "role"]),
        ("MATCH (p:Paper {id: '$'}) CREATE (p)-[:USES]->(:Method {id: 'x', name: 'x'})", ["id", "mention"]),
    ],
)
def test_damage_is_found(store_url: str, change: Change, damage: str, found: list[str]) -> None:
    change(damage.replace("$", PAPER))
    assert sorted({check for check, _ in findings(store_url)}) == found


@pytest.mark.neo4j
def test_lost_constraints_and_doubles(neo4j_url: str, tmp_path: Path, neo4j_server: starter.Server) -> None:
    """What a server without our constraints gathers; a load makes the constraints again once the doubles are gone."""
    path = written(tmp_path / "records.jsonl", records(range(20)))
    with kg.open_store(neo4j_url) as store:
        load([path], store)
    on_server(neo4j_server, "DROP CONSTRAINT kg_Paper_id")
    on_server(neo4j_server, f"MATCH (p:Paper {{id: '{PAPER}'}}) CREATE (q:Paper) SET q = properties(p)")
    assert findings(neo4j_url) == [
        ("constraint", "is not there; any `kg load` makes it"),
        ("duplicate", "stands more than once"),
    ]
    on_server(neo4j_server, f"MATCH (p:Paper {{id: '{PAPER}'}}) WHERE NOT (p)--() DELETE p")
    with kg.open_store(neo4j_url) as store:
        load([path], store)
    assert findings(neo4j_url) == []
