"""Several loaders at the same time: nothing twice, none that fails, and the dump of one that ran alone."""

from __future__ import annotations

import random
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import neo4j
import neo4j_server as starter
import pytest
from graphs import paper
from loading import Loader, clean_dump, dump
from made_up import Record, records, written
from neo4j.exceptions import Neo4jError

import kg
from kg.schema import EDGES, NODES, PaperGraph
from kg.stores import Store

PAPERS = 60


def shares(loaders: int, overlap: str) -> list[list[Record]]:
    """What each loader gets, in an order of its own: all the same papers, or a part of them in several versions."""
    everything = [*records(range(PAPERS)), *records(range(0, PAPERS, 2), version=1)]
    given = []
    for number in range(loaders):
        chance = random.Random(number)
        share = everything if overlap == "same" else chance.sample(everything, 2 * len(everything) // 3)
        given.append(chance.sample(share, len(share)))
    return given


@pytest.mark.parametrize("overlap", ["same", "overlapping"])
@pytest.mark.parametrize("loaders", [2, 4])
def test_one_graph(store_url: str, tmp_path: Path, loaders: int, overlap: str) -> None:
    """On a server they run side by side; on the embedded store each waits for its turn."""
    files = [written(tmp_path / f"{n}.jsonl", share) for n, share in enumerate(shares(loaders, overlap))]
    running = [Loader(store_url, [file]) for file in files]
    for loader in running:
        assert loader.finish() == 0, loader.error
    assert dump(store_url) == clean_dump(tmp_path / "clean", files)
    with kg.open_store(store_url, read_only=True) as store:
        nodes = Counter((label, node.id) for label in NODES for node in store.nodes(label))
        edges = Counter((name, edge.start, edge.end) for name in EDGES for edge in store.edges(name))
    assert set(nodes.values()) | set(edges.values()) == {1}


@pytest.mark.neo4j
def test_a_deadlock_is_retried_and_counted(neo4j_store: Store, neo4j_server: starter.Server) -> None:
    """Somebody locks the same papers the other way round, until the server breaks a deadlock at our cost."""
    graphs = [paper(f"p{n:03}", "text") for n in range(200)]
    neo4j_store.write(graphs)
    done = threading.Event()
    against = threading.Thread(target=lock_backwards, args=(neo4j_server, [g.paper.id for g in graphs], done))
    against.start()
    try:
        rounds = (neo4j_store.write([changed(graph, turn) for graph in graphs]) for turn in range(40))
        report = next(report for report in rounds if report.retries)
    finally:
        done.set()
        against.join(60)
    assert report.written == len(graphs)


def changed(graph: PaperGraph, turn: int) -> PaperGraph:
    return replace(graph, paper=replace(graph.paper, properties={**graph.paper.properties, "fingerprint": str(turn)}))


def lock_backwards(server: starter.Server, ids: list[str], done: threading.Event) -> None:
    text = "UNWIND $ids AS id MATCH (n:Paper {id: id}) SET n.id = id"
    with neo4j.GraphDatabase.driver(server.bolt, auth=server.auth) as driver, driver.session() as session:
        while not done.is_set():
            with suppress(Neo4jError), session.begin_transaction() as transaction:  # a deadlock at their cost
                for n in range(len(ids), 0, -20):
                    transaction.run(text, ids=ids[max(0, n - 20) : n][::-1]).consume()
                transaction.rollback()
