"""Where Cypher texts come from: kg/schema.py alone, in three modules; and the DDL made from it."""

import ast
import re
from pathlib import Path

import pytest

import kg
from kg.schema import EDGES, NODES
from kg.stores import neo4j_statements, statements
from kg.stores.ddl import ddl

PACKAGE = Path(kg.__file__).parent
BUILDERS = {"stores/statements.py", "stores/neo4j_statements.py", "stores/ddl.py"}
CYPHER = re.compile(r"\b(MATCH|MERGE|UNWIND|CREATE|DELETE|REMOVE|RETURN|SET|CALL|COPY)\b")


def composed_queries(source: str) -> list[int]:
    """Lines where an f-string, `%`, `+` or `.format` makes a text with a Cypher keyword."""
    found = []
    for node in ast.walk(ast.parse(source)):
        parts: list[ast.AST] = []
        if isinstance(node, ast.JoinedStr):
            parts = [*node.values] if any(isinstance(v, ast.FormattedValue) for v in node.values) else []
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mod, ast.Add)):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            parts = [node.func.value]
        texts = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]
        if any(len(CYPHER.findall(text)) > 1 or re.search(r"\b(MATCH|MERGE|UNWIND|CREATE) ", text) for text in texts):
            found.append(getattr(node, "lineno", 0))
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_query_is_composed_outside_the_builders(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix() not in BUILDERS:
        assert composed_queries(path.read_text("utf-8")) == []


def test_the_lint_sees_composed_queries() -> None:
    bad = 'd = "UNWIND {}".format(x)\n'
    bad += 'a = f"MATCH (n:{label})"\nb = "MATCH (n) RETURN n." + name\nc = "MERGE (n:%s)" % x\n'
    assert composed_queries(bad) == [1, 2, 3, 4]
    assert composed_queries('f"{where} holds no kg graph; choose another"\n"MATCH (n) RETURN n"\n') == []


def test_a_name_outside_the_schema_makes_no_text() -> None:
    wrong = "Paper`) DETACH DELETE (n"
    for build in (
        statements.all_nodes,
        statements.all_edges,
        neo4j_statements.create_nodes,
        neo4j_statements.create_edges,
    ):
        with pytest.raises(KeyError):
            build(wrong)
    for build_from in (statements.create_nodes, statements.merge_nodes, statements.create_edges):
        with pytest.raises(KeyError):
            build_from(wrong, Path("rows.parquet"))


def test_ddl_of_ladybug() -> None:
    lines = ddl("ladybug").splitlines()
    assert lines[0] == (
        "CREATE NODE TABLE `Paper` (`id` STRING PRIMARY KEY, `title` STRING, `abstract` STRING, `year` INT64, "
        "`date` STRING, `doi` STRING, `arxiv` STRING, `url` STRING, `source` STRING, `venue` STRING, `upvotes` INT64, "
        "`fingerprint` STRING);"
    )
    assert "CREATE NODE TABLE `KgMeta` (`id` STRING PRIMARY KEY, `version` INT64);" in lines
    assert "CREATE REL TABLE `WROTE` (FROM `Author` TO `Paper`, `position` INT64);" in lines
    assert lines[-1] == "CREATE MACRO type(x) AS label(x);"
    assert len(lines) == len(NODES) + len(EDGES) + 2


def test_ddl_of_neo4j() -> None:
    lines = ddl("neo4j").splitlines()
    assert lines[0] == "CREATE CONSTRAINT `kg_Paper_id` IF NOT EXISTS FOR (n:`Paper`) REQUIRE n.`id` IS UNIQUE;"
    for wanted in ("CALL db.createLabel('KgMeta');", "CALL db.createRelationshipType('WROTE');"):
        assert wanted in lines
    assert "CALL db.createProperty('higherIsBetter');" in lines
    assert len(lines) == len(set(lines))
