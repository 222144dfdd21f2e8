"""The DDL of both stores, generated from kg/schema.py; `kg schema` prints it."""

from typing import Literal

from kg.schema import EDGES, NODES, Type

Dialect = Literal["neo4j", "ladybug"]

META = "KgMeta"
"""The label of one node that says whose graph this is, and its schema version."""

_LADYBUG_TYPES: dict[Type, str] = {
    "string": "STRING",
    "int": "INT64",
    "float": "DOUBLE",
    "bool": "BOOL",
    "string[]": "STRING[]",
}


def ddl(dialect: Dialect) -> str:
    """All statements as one text, each ended by a semicolon."""
    return "".join(f"{statement};\n" for statement in ddl_statements(dialect))


def ddl_statements(dialect: Dialect) -> tuple[str, ...]:
    """Ladybug's make an empty database ours, in one transaction. Neo4j's may be run again at any time."""
    return _neo4j() if dialect == "neo4j" else _ladybug()


def _ladybug() -> tuple[str, ...]:
    nodes = {node.label: dict(node.properties) for node in NODES.values()} | {META: {"version": "int"}}
    tables = [
        f"CREATE NODE TABLE `{label}` (`id` STRING PRIMARY KEY{''.join(_columns(properties))})"
        for label, properties in nodes.items()
    ]
    relationships = [
        f"CREATE REL TABLE `{e.type}` (FROM `{e.start}` TO `{e.end}`{''.join(_columns(dict(e.properties)))})"
        for e in EDGES.values()
    ]
    return (*tables, *relationships, "CREATE MACRO type(x) AS label(x)")


def _columns(properties: dict[str, Type]) -> list[str]:
    return [f", `{name}` {_LADYBUG_TYPES[kind]}" for name, kind in properties.items()]


def _neo4j() -> tuple[str, ...]:
    """Keys are uniqueness constraints (Community has no others). Names are declared, else queries warn about them."""
    labels = [*NODES, META]
    kinds = [kind.properties for kind in NODES.values()] + [kind.properties for kind in EDGES.values()]
    properties = {"id", "version", *(name for kind in kinds for name in kind)}
    return (
        *(
            f"CREATE CONSTRAINT `kg_{label}_id` IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.`id` IS UNIQUE"
            for label in labels
        ),
        *(f"CALL db.createLabel('{label}')" for label in labels),
        *(f"CALL db.createRelationshipType('{name}')" for name in EDGES),
        *(f"CALL db.createProperty('{name}')" for name in sorted(properties)),
    )
