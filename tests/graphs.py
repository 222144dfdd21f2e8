"""Small graphs by hand and by hypothesis, and a model in memory of what a store must then hold."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from hypothesis import strategies as st

from kg.records import merge_papers
from kg.schema import EDGES, NODES, PERMANENT_LABELS, Edge, Node, PaperGraph, Value
from kg.stores import Store
from kg.stores.merge import paper_node, stored_paper
from kg.stores.statements import canonical

TABLE = {
    "method:resnet": ("ResNet", ("Residual Network", "resnets")),
    "dataset:imagenet": ("ImageNet", ("ILSVRC",)),
    "metric:fid": ("FID", ("Fréchet Inception Distance",)),
}
"""Entities that a table names, with aliases; the names of all others come from the papers."""

NAMES = {
    "method:mixer": ("Mixer", "mixer", "MIXER"),
    "method:quote": ("it's", "It`s", '"its"'),
    "dataset:astral": ("\U00010000x", "\uffffx", "zx"),
    "task:parsing": ("parsing", "Parsing"),
}
LABELS = {"method": "Method", "dataset": "Dataset", "metric": "Metric", "task": "Task"}
TYPES = {
    "Method": ("PROPOSES", "COMPARES_WITH", "USES"),
    "Dataset": ("INTRODUCES", "EVALUATES_ON", "TRAINS_ON", "MENTIONS"),
    "Metric": ("USES_METRIC",),
    "Task": ("ADDRESSES",),
}


def paper(
    key: str, abstract: str, *, authors: Sequence[str] = (), fingerprint: str = "", **fields: Value
) -> PaperGraph:
    """A paper whose facts depend on key, abstract and fingerprint alone, as those of an extraction do."""
    chance = random.Random(f"{key}|{abstract}|{fingerprint}")
    nodes: dict[str, Node] = {name: Node("Author", name, {"name": name}) for name in authors}
    edges = [Edge("WROTE", name, key, {"position": place}) for place, name in enumerate(nodes, 1)]
    entities = chance.sample([*TABLE, *NAMES], chance.randrange(len(TABLE) + len(NAMES)))
    for known in entities:
        node = entity(known, chance.choice(NAMES.get(known, ("as the paper has it",))))
        nodes[known] = node
        edges.append(Edge(chance.choice(TYPES[node.label]), key, known, mention(node, chance)))
    if "metric:fid" in entities:
        for place in range(chance.randrange(3)):
            result = Node(
                "Result", f"{key}/{abstract}/{place}", {"value": chance.choice([1.8, -0.0, 1e-7]), "own": True}
            )
            nodes[result.id] = result
            edges += [Edge("REPORTS", key, result.id), Edge("MEASURES", result.id, "metric:fid", {"confidence": 0.25})]
            if "method:mixer" in entities:
                edges.append(Edge("OF_METHOD", result.id, "method:mixer", {"confidence": 1.0}))
    values = {"title": key.upper(), "abstract": abstract, "fingerprint": f"{abstract}|{fingerprint}", **fields}
    return PaperGraph(Node("Paper", key, values), tuple(nodes.values()), tuple(edges))


def entity(id: str, name: str) -> Node:
    label = LABELS[id.partition(":")[0]]
    if id not in TABLE:
        return Node(label, id, {"name": name})
    table_name, aliases = TABLE[id]
    facts: dict[str, Value] = {"higherIsBetter": False} if label == "Metric" else {}
    return Node(label, id, {"name": table_name, "aliases": aliases, **facts})


def mention(node: Node, chance: random.Random) -> dict[str, Value]:
    name = str(node.properties["name"])
    values: dict[str, Value] = {"name": name, "mentions": (name, f"{name}s"), "startChar": 0, "endChar": len(name)}
    values["confidence"] = round(chance.random(), 3)
    return values | ({"named": chance.random() < 0.5} if node.label == "Method" else {})


variants = st.builds(
    paper,
    st.sampled_from(["p1", "p2", "p3"]),
    st.sampled_from(["", "short", "a longer one", "a longer two"]),
    authors=st.lists(st.sampled_from(["Ada", "Bo", "Zoë"]), max_size=3).map(tuple),
    year=st.sampled_from([None, 2019, 2020]),
    upvotes=st.sampled_from([None, 3]),
    venue=st.sampled_from([None, "", "ICML"]),
)
"""Papers of a few keys, again and again with other texts, authors and fields."""


def batches(graphs: Sequence[PaperGraph], sizes: Iterable[int]) -> list[list[PaperGraph]]:
    """The graphs cut into batches of these sizes; the last takes the rest."""
    cut, rest = [], [*graphs]
    for size in sizes:
        cut.append(rest[:size])
        rest = rest[size:]
    return [batch for batch in (*cut, rest) if batch]


@dataclass
class Model:
    """The papers that were given, and from them all rows that a store must give."""

    given: dict[str, list[PaperGraph]] = field(default_factory=dict)

    def write(self, batch: Iterable[PaperGraph]) -> None:
        for graph in batch:
            self.given.setdefault(graph.paper.id, []).append(graph)

    def remove(self, ids: Iterable[str]) -> None:
        for key in ids:
            self.given.pop(key, None)

    def lines(self) -> list[str]:
        nodes: dict[tuple[str, str], Node] = {}
        edges: list[Edge] = []
        for graphs in self.given.values():
            merged = reduce(merge_papers, (stored_paper(graph).paper for graph in graphs))
            facts = [g for g in graphs if stored_paper(g).paper.text == merged.text][-1]
            authors = next(g for g in graphs if stored_paper(g).paper.authors == merged.authors)
            found = paper_node(replace(stored_paper(facts), paper=merged))
            nodes[found.label, found.id] = found
            edges += [e for e in facts.edges if e.type != "WROTE"] + [e for e in authors.edges if e.type == "WROTE"]
            for node in [n for n in facts.nodes if n.label != "Author"] + [
                n for n in authors.nodes if n.label == "Author"
            ]:
                other = nodes.setdefault((node.label, node.id), node)
                if str(node.properties.get("name")) < str(other.properties.get("name")):
                    nodes[node.label, node.id] = node
        used = {
            (label, key) for e in edges for label, key in ((EDGES[e.type].start, e.start), (EDGES[e.type].end, e.end))
        }
        kept = [n for key, n in nodes.items() if key in used or n.label not in PERMANENT_LABELS]
        return [*map(node_line, sorted(kept, key=_node_place)), *map(edge_line, sorted(edges, key=_edge_place))]


def lines(store: Store) -> list[str]:
    """All rows of a store as JSON, in the store's own order."""
    nodes = [node_line(node) for label in NODES for node in store.nodes(label)]
    return nodes + [edge_line(edge) for kind in EDGES for edge in store.edges(kind)]


def node_line(node: Node) -> str:
    return json.dumps([node.label, node.id, canonical(NODES[node.label].properties, node.properties)], sort_keys=True)


def edge_line(edge: Edge) -> str:
    values = canonical(EDGES[edge.type].properties, edge.properties)
    return json.dumps([edge.type, edge.start, edge.end, values], sort_keys=True)


def _node_place(node: Node) -> tuple[int, str]:
    return list(NODES).index(node.label), node.id


def _edge_place(edge: Edge) -> tuple[int, str, str]:
    return list(EDGES).index(edge.type), edge.start, edge.end
