"""The schema refuses rows that break it, and its page is up to date."""

from pathlib import Path

import pytest

from kg.cli.schema_page import markdown
from kg.errors import SchemaError
from kg.schema import Edge, Node, PaperGraph, check_edge, check_graph, check_node

PAPER = Node("Paper", "p", {"title": "T", "year": 2024})


def test_schema_page_is_up_to_date() -> None:
    page = Path(__file__).parents[1] / "docs" / "schema.md"
    assert page.read_text("utf-8") == markdown(), "run: python -m kg.cli.schema_page > docs/schema.md"


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Node("Thing", "x"), "unknown label 'Thing'; known: Paper, Author"),
        (Node("Paper", ""), "Paper id must be a string that is not empty, not ''"),
        (Node("Paper", "p", {"colour": "red"}), "Paper 'p' has no property 'colour'; known: title"),
        (Node("Paper", "p", {"year": "2024"}), "Paper 'p': year must be int, not str '2024'"),
        (Node("Paper", "p", {"year": True}), "year must be int, not bool 'True'"),
        (Node("Paper", "p", {"year": 2**63}), "year must fit 64 bits, not 9223372036854775808"),
        (Node("Result", "r", {"value": float("nan")}), "value must be finite, not nan"),
        (Node("Result", "r", {"value": 1}), "value must be float, not int '1'"),
        (Node("Paper", "p", {"title": "a\0b"}), "title holds a NUL or a lone surrogate"),
        (Node("Method", "m", {"aliases": ("ok", "\ud800")}), "aliases holds a NUL or a lone surrogate"),
    ],
)
def test_node_that_breaks_the_schema(node: Node, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        check_node(node)
    assert message in str(caught.value)


def test_edge_of_an_unknown_type() -> None:
    with pytest.raises(SchemaError, match="unknown relationship type 'LIKES'; known: WROTE, PROPOSES"):
        check_edge(Edge("LIKES", "a", "b"))


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (PaperGraph(PAPER, (PAPER,)), "Paper 'p' stands twice in paper 'p'"),
        (PaperGraph(Node("Author", "a")), "a PaperGraph starts at a Paper, not at Author"),
        (PaperGraph(PAPER, (), (Edge("REPORTS", "p", "r"),)), "REPORTS refers to Result 'r', which paper 'p' lacks"),
    ],
)
def test_graph_that_breaks_the_schema(graph: PaperGraph, message: str) -> None:
    with pytest.raises(SchemaError) as caught:
        check_graph(graph)
    assert str(caught.value) == message


def test_null_is_allowed_anywhere_but_in_a_key() -> None:
    check_graph(PaperGraph(Node("Paper", "p", {"year": None}), (Node("Author", "a"),), (Edge("WROTE", "a", "p"),)))
