"""Two other ways of writing the same rows into Neo4j, and how its database is emptied between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import perf_counter

import click
from neo4j import Driver, GraphDatabase, ManagedTransaction

from kg.schema import EDGES, NODES, Edge, Node, PaperGraph, Value
from kg.stores.neo4j import auth_from_environment

Rows = tuple[Mapping[tuple[str, str], Node], Mapping[tuple[str, str, str], Edge]]
"""Nodes by label and id; relationships by type, start and end."""

Peer = Callable[[str, Rows], float]
"""Writes all rows into the empty database at a URL; returns the seconds that took."""

SIZE = 1000
"""Rows a transaction, the default of Neo4jWriter too."""


def rows_of(graphs: Iterable[PaperGraph]) -> Rows:
    """Every row once; of several papers that name an entity the first gives its properties."""
    nodes: dict[tuple[str, str], Node] = {}
    edges: dict[tuple[str, str, str], Edge] = {}
    for graph in graphs:
        for node in (graph.paper, *graph.nodes):
            nodes.setdefault((node.label, node.id), node)
        for edge in graph.edges:
            edges.setdefault((edge.type, edge.start, edge.end), edge)
    return nodes, edges


def graphrag(url: str, rows: Rows) -> float:
    """Neo4jWriter of neo4j-graphrag with its own settings; making its objects is not timed."""
    from neo4j_graphrag.components.kg_writer import Neo4jWriter  # noqa: PLC0415 - only where it is measured
    from neo4j_graphrag.components.types import Neo4jGraph, Neo4jNode, Neo4jRelationship  # noqa: PLC0415

    nodes, edges = rows
    graph = Neo4jGraph(
        nodes=[
            Neo4jNode(id=f"{label}/{key}", label=label, properties={"id": key, **_plain(node.properties)})
            for (label, key), node in nodes.items()
        ],
        relationships=[
            Neo4jRelationship(
                start_node_id=f"{EDGES[name].start}/{start}",
                end_node_id=f"{EDGES[name].end}/{end}",
                type=name,
                properties=_plain(edge.properties),
            )
            for (name, start, end), edge in edges.items()
        ],
    )
    with _driver(url) as driver:
        writer = Neo4jWriter(driver, neo4j_database="neo4j")
        start = perf_counter()
        done = asyncio.run(writer.run(graph))
        took = perf_counter() - start
    if done.status != "SUCCESS":
        raise click.ClickException(f"Neo4jWriter: {done.metadata}")
    return took


def merge_loop(url: str, rows: Rows) -> float:
    """What one would write by hand: uniqueness constraints, then MERGE by label and by type."""
    nodes, edges = rows
    by_label = {
        label: [{"id": key, "values": _plain(n.properties)} for (of, key), n in nodes.items() if of == label]
        for label in NODES
    }
    by_type = {
        name: [
            {"start": start, "end": end, "values": _plain(e.properties)}
            for (of, start, end), e in edges.items()
            if of == name
        ]
        for name in EDGES
    }
    with _driver(url) as driver:
        for label in NODES:
            _run(driver, f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.id IS UNIQUE")
        _run(driver, "CALL db.awaitIndexes()")
        start = perf_counter()
        for label, found in by_label.items():
            text = f"UNWIND $rows AS row MERGE (n:`{label}` {{id: row.id}}) SET n += row.values"
            _send(driver, text, found)
        for name, given in by_type.items():
            ends = f"MATCH (a:`{EDGES[name].start}` {{id: row.start}}) MATCH (b:`{EDGES[name].end}` {{id: row.end}})"
            _send(driver, f"UNWIND $rows AS row {ends} MERGE (a)-[r:`{name}`]->(b) SET r += row.values", given)
        return perf_counter() - start


def wipe(url: str) -> None:
    """Empties the database: rows, constraints, other indexes."""
    empty(url)
    with _driver(url) as driver:
        for row in driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
            _run(driver, f"DROP CONSTRAINT `{row['name']}`")
        for row in driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").records:
            _run(driver, f"DROP INDEX `{row['name']}`")


def empty(url: str) -> None:
    """Deletes relationships and nodes; constraints, and with them the server's plans, stay."""
    with _driver(url) as driver:
        _run(driver, "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS")
        _run(driver, "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")


def server(url: str) -> str:
    """Its version, as it says. Refuses a database that holds anything: it would be emptied."""
    with _driver(url) as driver:
        if driver.execute_query("MATCH (n) RETURN n LIMIT 1").records:
            raise click.ClickException(f"the database at {url} is not empty")
        return driver.get_server_info().agent


def _driver(url: str) -> Driver:
    return GraphDatabase.driver(url, auth=auth_from_environment(), telemetry_disabled=True)


def _run(driver: Driver, text: str) -> None:
    """In a transaction that the server opens: CALL IN TRANSACTIONS wants it so."""
    with driver.session(database="neo4j") as session:
        session.run(text).consume()


def _send(driver: Driver, text: str, rows: Sequence[Mapping[str, object]]) -> None:
    with driver.session(database="neo4j") as session:
        for place in range(0, len(rows), SIZE):
            session.execute_write(_write, text, rows[place : place + SIZE])


def _write(transaction: ManagedTransaction, text: str, rows: Sequence[Mapping[str, object]]) -> None:
    transaction.run(text, {"rows": rows}).consume()


def _plain(properties: Mapping[str, Value]) -> dict[str, object]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in properties.items() if v is not None}
