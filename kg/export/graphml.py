"""GraphML through networkx: directed, with parallel relationships; the whole graph is held in memory."""

from __future__ import annotations

import json
import re
from pathlib import Path

import networkx as nx

from kg.export.files import replacing
from kg.schema import EDGES, NODES, Edge, Node, Value
from kg.stores.base import Store

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 document can hold, not even escaped."""


def write(store: Store, path: Path) -> None:
    """Write `to_networkx(store)`; characters that XML cannot hold become U+FFFD."""
    with replacing(path) as beside:
        nx.write_graphml_xml(to_networkx(store), beside)


def to_networkx(store: Store) -> nx.MultiDiGraph[str]:
    """The graph with nodes "Label/id" and numbered relationships.

    `label` and `type` stand among the attributes, lists as JSON arrays, nulls are left out.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for label in NODES:
        for node in store.nodes(label):
            graph.add_node(f"{label}/{xml_text(node.id)}", label=label, **_attributes(node))
    for kind in EDGES.values():
        for edge in store.edges(kind.type):
            start, end = f"{kind.start}/{xml_text(edge.start)}", f"{kind.end}/{xml_text(edge.end)}"
            number = graph.add_edge(start, end, str(graph.number_of_edges()))
            graph.edges[start, end, number].update(type=kind.type, **_attributes(edge))
    return graph


def _attributes(row: Node | Edge) -> dict[str, bool | int | float | str]:
    return {name: _plain(value) for name, value in row.properties.items() if value is not None and value != ()}


def _plain(value: Value) -> bool | int | float | str:
    if isinstance(value, (bool, int, float)):
        return value
    return xml_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def xml_text(text: str) -> str:
    """The text with U+FFFD for what no XML document can hold."""
    return _NOT_XML.sub("\ufffd", text)
