"""Every Cypher text that the stores send, built from kg/schema.py alone: no value ever becomes part of a text.

The texts run on both stores. Rows come as `$rows`; `typed` puts a row of dummies first, from which Ladybug takes the
types; its id "" is no key, so that no statement acts on it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from kg.schema import EDGES, NODES, PERMANENT_LABELS, Edge, Node, Type, Value
from kg.stores.base import Cell, Row
from kg.stores.ddl import META

_DUMMIES: dict[Type, Cell] = {"string": "", "int": 2**62, "float": 0.5, "bool": False, "string[]": [""]}

FACT_TYPES: tuple[str, ...] = tuple(t.type for t in EDGES.values() if t.start == "Paper" and t.end in PERMANENT_LABELS)
"""Relationships from a Paper to an entity, deleted with the paper's facts; each has `name`."""


def _typed(types: Mapping[str, Type], rows: Sequence[Row]) -> list[Cell]:
    return [{name: _DUMMIES[kind] for name, kind in types.items()}, *rows]


def node_of(label: str, row: Mapping[str, Cell]) -> Node:
    """The node of a row of `all_nodes` or `nodes_by_id`."""
    return Node(label, str(row["id"]), canonical(NODES[label].properties, row))


def edge_of(type: str, row: Mapping[str, Cell]) -> Edge:
    """The relationship of a row of `all_edges`."""
    return Edge(type, str(row["startId"]), str(row["endId"]), canonical(EDGES[type].properties, row))


def canonical(types: Mapping[str, Type], values: Mapping[str, Cell] | Mapping[str, Value]) -> dict[str, Value]:
    """Values brought to the schema's types: no null, no empty list, lists sorted and without repetition."""
    found: dict[str, Value] = {}
    for name, kind in types.items():
        value = values.get(name)
        if isinstance(value, (list, tuple)):
            value = tuple(sorted({str(v) for v in value}))
        if value is None or value == ():
            continue
        found[name] = float(value) if kind == "float" and isinstance(value, int) else value  # type: ignore[assignment]
    return found


def merge_nodes(label: str, file: Path) -> str:
    settings = ", ".join(f"n.`{name}` = `{name}`" for name in NODES[label].properties)
    return f"LOAD FROM {_quoted(file)} MERGE (n:`{label}` {{`id`: `id`}}) SET {settings}"


def create_nodes(label: str, file: Path) -> str:
    columns = ", ".join(f"`{name}`: `{name}`" for name in ("id", *NODES[label].properties))
    return f"LOAD FROM {_quoted(file)} CREATE (n:`{label}` {{{columns}}})"


def create_edges(type: str, file: Path) -> str:
    kind = EDGES[type]
    columns = ", ".join(f"`{name}`: `{name}`" for name in kind.properties)
    return (
        f"LOAD FROM {_quoted(file)} MATCH (a:`{kind.start}` {{`id`: `startId`}}) "
        f"MATCH (b:`{kind.end}` {{`id`: `endId`}}) CREATE (a)-[r:`{type}` {{{columns}}}]->(b) "
        "RETURN count(*) AS `made`"
    )


@cache
def nodes_by_id(label: str) -> str:
    """By UNWIND: Ladybug scans the table for `n.id IN $ids`, and asks the index here."""
    columns = _returned("n", NODES[label].properties)
    return f"UNWIND $ids AS id MATCH (n:`{label}` {{`id`: id}}) RETURN n.`id` AS `id`{columns}"


AUTHORS_OF = (
    "UNWIND $ids AS id MATCH (p:`Paper` {`id`: id})<-[r:`WROTE`]-(a:`Author`) "
    "RETURN p.`id` AS `paper`, a.`id` AS `author` ORDER BY p.`id`, r.`position`, a.`id`"
)
"""By UNWIND: with `p.id IN $ids` Ladybug reads every relationship, and a lookup grows with the store."""


@cache
def names_given(label: str) -> str:
    """What these papers call entities that no table names."""
    return (
        f"MATCH (p:`Paper`)-[r:{_types_into(label)}]->(e:`{label}`) WHERE p.`id` IN $ids AND e.`aliases` IS NULL "
        "RETURN DISTINCT e.`id` AS `id`, r.`name` AS `name`"
    )


@cache
def least_names(label: str) -> str:
    """The least name that any paper gives, by entity."""
    return (
        f"MATCH (p:`Paper`)-[r:{_types_into(label)}]->(e:`{label}`) WHERE e.`id` IN $ids "
        "RETURN e.`id` AS `id`, min(r.`name`) AS `name`"
    )


@cache
def wrong_names(label: str) -> str:
    """Entities that no table names and whose name is not the least that papers give, with that one."""
    return (
        f"MATCH (p:`Paper`)-[r:{_types_into(label)}]->(e:`{label}`) WHERE e.`aliases` IS NULL "
        "WITH e.`id` AS `id`, e.`name` AS `old`, min(r.`name`) AS `name` "
        "WHERE `old` IS NULL OR `old` <> `name` RETURN `id`, `name` ORDER BY `id`"
    )


@cache
def set_names(label: str) -> str:
    return f"UNWIND $rows AS row MATCH (n:`{label}` {{`id`: row.`id`}}) SET n.`name` = row.`name`"


def name_rows(names: Mapping[str, str]) -> list[Cell]:
    """Rows for `set_names`."""
    return _typed({"id": "string", "name": "string"}, [{"id": key, "name": name} for key, name in names.items()])


DELETE_RESULTS = "MATCH (p:`Paper`)-[:`REPORTS`]->(r:`Result`) WHERE p.`id` IN $ids DETACH DELETE r"
DELETE_AUTHORSHIPS = "MATCH (:`Author`)-[r:`WROTE`]->(p:`Paper`) WHERE p.`id` IN $ids DELETE r"
DELETE_PAPERS = "MATCH (p:`Paper`) WHERE p.`id` IN $ids DETACH DELETE p"


@cache
def delete_facts(label: str) -> str:
    """Relationships from papers to entities of one label."""
    return f"MATCH (p:`Paper`)-[r:{_types_into(label)}]->(:`{label}`) WHERE p.`id` IN $ids DELETE r"


def _types_into(label: str) -> str:
    return "|".join(f"`{name}`" for name in FACT_TYPES if EDGES[name].end == label)


@cache
def orphans(label: str) -> str:
    """Ids of nodes without any relationship, of ours or of others."""
    return f"MATCH (n:`{label}`) WHERE NOT EXISTS {{ MATCH (n)--() }} RETURN n.`id` AS `id` LIMIT $limit"


@cache
def delete_nodes(label: str) -> str:
    """Without DETACH: fails where somebody linked to the node meanwhile."""
    return f"MATCH (n:`{label}`) WHERE n.`id` IN $ids DELETE n"


@cache
def all_nodes(label: str) -> str:
    return f"{_nodes(label)} ORDER BY n.`id`"


def _nodes(label: str) -> str:
    columns = _returned("n", NODES[label].properties)
    return f"MATCH (n:`{label}`){_where_used(label)} RETURN n.`id` AS `id`{columns}"


@cache
def used_ids(label: str) -> str:
    """Ids of the nodes that `all_nodes` gives, in its order."""
    return f"MATCH (n:`{label}`){_where_used(label)} RETURN n.`id` AS `id` ORDER BY n.`id`"


def _where_used(label: str) -> str:
    if label not in PERMANENT_LABELS:
        return ""
    types = "|".join(f"`{t.type}`" for t in EDGES.values() if label in {t.start, t.end})
    return f" WHERE EXISTS {{ MATCH (n)-[:{types}]-() }}"


@cache
def all_edges(type: str) -> str:
    return f"MATCH {_edge(type)}{_BY_ENDS}"


@cache
def edges_from(type: str) -> str:
    """Those of `all_edges`, in its order, that start at the nodes `$ids`."""
    return f"UNWIND $ids AS id MATCH (a:`{EDGES[type].start}` {{`id`: id}}) MATCH {_edge(type)}{_BY_ENDS}"


_BY_ENDS = " ORDER BY a.`id`, b.`id`"


def _edge(type: str, start: str = "startId", end: str = "endId") -> str:
    kind = EDGES[type]
    return (
        f"(a:`{kind.start}`)-[r:`{type}`]->(b:`{kind.end}`) RETURN a.`id` AS `{start}`, b.`id` AS `{end}`"
        f"{_returned('r', kind.properties)}"
    )


def _returned(variable: str, names: Mapping[str, Type]) -> str:
    return "".join(f", {variable}.`{name}` AS `{name}`" for name in names)


@cache
def any_node(label: str) -> str:
    return f"MATCH (n:`{label}`) RETURN n.`id` AS `id` LIMIT 1"


SHOW_CONSTRAINTS = (
    "SHOW CONSTRAINTS YIELD entityType, type, labelsOrTypes, properties "
    "WHERE entityType = 'NODE' AND properties = ['id'] AND (type CONTAINS 'UNIQUE' OR type CONTAINS 'KEY') "
    "RETURN labelsOrTypes[0] AS `label`"
)
"""Neo4j: labels whose `id` is unique."""
OWNERLESS_INDEXES = (
    "SHOW INDEXES YIELD name, owningConstraint WHERE name STARTS WITH 'kg_' AND owningConstraint IS NULL RETURN name"
)
"""Neo4j: what a server that was killed while it made our constraints leaves in their way."""
READ_META = f"MATCH (n:`{META}`) RETURN n.`version` AS `version`"
WRITE_META = f"MERGE (n:`{META}` {{`id`: 'kg'}}) SET n.`version` = $version"


def copy_from(table: str, file: Path) -> str:
    return f"COPY `{table}` FROM {_quoted(file)}"


def copy_to(table: str, file: Path) -> str:
    """The rows of `all_nodes` or `all_edges` in any order: they stream."""
    rows = _nodes(table) if table in NODES else f"MATCH {_edge(table, 'from', 'to')}"
    return f"COPY ({rows}) TO {_quoted(file)}"


def _quoted(file: Path) -> str:
    """The path of a Parquet file of ours: LOAD and COPY, both Ladybug's, take no parameter."""
    path = str(file).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{path}'"
