"""Bulk load checks by columns: what it refuses, and in which words, is what `check_graph` says row by row."""

from dataclasses import replace
from pathlib import Path

import pytest
from graphs import paper

from kg.errors import SchemaError
from kg.schema import Edge, Node, PaperGraph, Value, check_graph
from kg.stores import open_store


def with_paper(**values: Value) -> PaperGraph:
    return PaperGraph(Node("Paper", "bad", {"title": "Bad", **values}))


def with_node(node: Node, *edges: Edge) -> PaperGraph:
    return PaperGraph(Node("Paper", "bad", {"title": "Bad"}), (node,), edges)


def with_result(value: Value) -> PaperGraph:
    return with_node(Node("Result", "bad/1", {"value": value}), Edge("REPORTS", "bad", "bad/1"))


def with_mention(**values: Value) -> PaperGraph:
    return with_node(Node("Task", "task:x", {"name": "x"}), Edge("ADDRESSES", "bad", "task:x", values))


BAD = {
    "a number for a text": with_paper(venue=7),
    "a truth for a number": with_paper(year=True),
    "a whole number for a real one": with_result(1),
    "not a number": with_result(float("nan")),
    "infinity": with_result(float("-inf")),
    "more than 64 bits": with_paper(upvotes=2**63),
    "less than 64 bits": with_paper(upvotes=-(2**63) - 1),
    "NUL": with_paper(abstract="a\0b"),
    "a lone surrogate": with_paper(abstract="a\ud800"),
    "an unknown property": with_paper(colour="red"),
    "a list of numbers": with_mention(mentions=(1, 2)),  # type: ignore[arg-type]
    "a list with a gap": with_mention(mentions=("a", None)),  # type: ignore[arg-type]
    "NUL in a list": with_mention(mentions=("a\0",)),
    "a surrogate in a list": with_mention(mentions=("\udfff",)),
    "a text for a list": with_mention(mentions="ab"),
    "an empty id": with_node(Node("Author", "")),
    "an id that is none": with_node(Node("Author", 7)),  # type: ignore[arg-type]
    "an id that is a list": with_node(Node("Author", ["a"])),  # type: ignore[arg-type]
    "a long id": with_node(Node("Result", "x" * 2001)),
    "NUL in an id": with_node(Node("Author", "a\0")),
    "an unknown label": with_node(Node("Colour", "red")),
    "an unknown type": with_node(Node("Author", "Ada"), Edge("LIKES", "Ada", "bad")),
    "an end that is not there": with_node(Node("Author", "Ada"), Edge("WROTE", "Bo", "bad")),
    "a node twice": replace(with_paper(), nodes=(Node("Author", "Ada"), Node("Author", "Ada"))),
    "no paper": PaperGraph(Node("Author", "Ada")),
    "a number for an author's name": with_node(Node("Author", "Ada", {"name": 7})),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_row_stops_a_bulk_load(bad: PaperGraph, tmp_path: Path) -> None:
    with pytest.raises(SchemaError) as one_by_one:
        check_graph(bad)
    with open_store(tmp_path / "papers.lbug") as store:
        store.ensure_schema()
        with pytest.raises(SchemaError) as at_once:
            store.bulk_load(iter([paper("p", "text", authors=("Ada", "Bo")), bad]))
        assert str(at_once.value) == str(one_by_one.value)
        assert list(store.nodes("Paper")) == []


def test_a_bad_value_is_seen_where_merging_would_drop_it(tmp_path: Path) -> None:
    graphs = [
        PaperGraph(Node("Paper", key, {"title": key}), (Node("Task", "task:x", {"name": name}),), ())
        for key, name in (("p", "x"), ("q", "a\0"))
    ]
    with open_store(tmp_path / "papers.lbug") as store:
        store.ensure_schema()
        with pytest.raises(SchemaError, match=r"Task 'task:x': name holds a NUL"):
            store.bulk_load(iter(graphs))
