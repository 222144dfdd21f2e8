"""Cypher texts for Neo4j alone, built from kg/schema.py: where one statement can do what both stores would in many.

Rows come as `$rows`, each a list: the key, then the schema's properties in its order. Matches name their index: on a
small database the planner would scan a label, and keep that plan while the database grows.
"""

from collections.abc import Iterable
from functools import cache

from kg.schema import EDGES, NODES
from kg.stores.statements import FACT_TYPES


def _match(variable: str, label: str, key: str) -> str:
    return f"MATCH ({variable}:`{label}` {{`id`: {key}}}) USING INDEX SEEK {variable}:`{label}`(`id`)"


READ_PAPERS = (
    f"UNWIND $ids AS id {_match('n', 'Paper', 'id')} WHERE n.`fingerprint` IS NOT NULL RETURN n.`id` AS `id`"
    + "".join(f", n.`{name}` AS `{name}`" for name in NODES["Paper"].properties)
    + ", COLLECT { MATCH (a:`Author`)-[r:`WROTE`]->(n) RETURN a.`id` ORDER BY r.`position`, a.`id` } AS `authors`"
)
"""Papers that were written, with their authors in order; one that was only locked has no fingerprint."""

LOCK_PAPERS = (
    "UNWIND $ids AS id MERGE (n:`Paper` {`id`: id}) SET n.`id` = id "
    "WITH n WHERE n.`fingerprint` IS NOT NULL RETURN n.`id` AS `id`"
)
"""Makes papers where they are missing, locks them in this order and says which were written before.

MERGE alone takes no lock on a node that exists. The value set is a constant: with `n.x = n.x` the right side would be
read before the lock is held.
"""

LOCK_KNOWN_PAPERS = f"UNWIND $ids AS id {_match('n', 'Paper', 'id')} SET n.`id` = id"

PUT_PAPERS = f"UNWIND $rows AS row {_match('n', 'Paper', 'row[0]')} SET n += row[1]"

DELETE_FACTS = (
    f"MATCH (p:`Paper`)-[r:{'|'.join(f'`{name}`' for name in FACT_TYPES)}]->() "
    "USING INDEX SEEK p:`Paper`(`id`) WHERE p.`id` IN $ids DELETE r"
)


@cache
def lock_entities(label: str) -> str:
    """Makes entities where they are missing and locks, in this order, those whose names come from papers."""
    return f"UNWIND $ids AS id MERGE (n:`{label}` {{`id`: id}}) WITH n, id WHERE n.`aliases` IS NULL SET n.`id` = id"


@cache
def forget_names(label: str) -> str:
    """Rows [entity, names that went with their papers]: where it has one of these it takes the least that is left."""
    return (
        f"UNWIND $rows AS row {_match('n', label, 'row[0]')} WHERE n.`aliases` IS NULL AND n.`name` IN row[1] "
        f"CALL (n) {{ OPTIONAL MATCH (:`Paper`)-[r:{'|'.join(f'`{name}`' for name in paper_types(label))}]->(n) "
        "RETURN min(r.`name`) AS `name` } SET n.`name` = `name`"
    )


@cache
def put_nodes(label: str, *, settled: bool) -> str:
    """Merge authors or entities of one label in, and make their relationships with the papers `$ids`.

    Rows are those of `node_row` and one list of relationships for each of `paper_types`. What merging means is
    said by `merge.merge_permanent`. Rows that are `settled` (authors, and entities that a table names) leave a node
    as it is, and without a lock, where it has their values. Others always lock it, since a paper that goes may take
    its name with it; SET locks before it reads a property that it also sets.
    """
    names = list(NODES[label].properties)
    given = [f"n.`{name}` = row[{place}]" for place, name in enumerate(names, 1)]
    unnamed = "n.`aliases` IS NULL AND row[2] IS NULL AND " if "aliases" in names else ""
    least = f"CASE WHEN {unnamed}(row[1] IS NULL OR n.`name` < row[1]) THEN n.`name` ELSE row[1] END"
    merged = ", ".join([f"n.`name` = {least}", *given[1:]])
    if settled:
        same = (
            f"coalesce({pair}, n.`{name}` IS NULL AND row[{place}] IS NULL)"
            for place, (name, pair) in enumerate(zip(names, given, strict=True), 1)
        )
        update = f"FOREACH (_ IN CASE WHEN {' AND '.join(same)} THEN [] ELSE [0] END | SET {merged})"
    else:
        update = f"ON MATCH SET {merged}"
    made = (
        f"FOREACH (e IN row[{place}] | FOREACH (p IN [papers[e[0]]] | {_creation(name)}))"
        for place, name in enumerate(paper_types(label), len(names) + 1)
    )
    return (
        f"CALL () {{ UNWIND range(0, size($ids) - 1) AS i {_match('p', 'Paper', '$ids[i]')} "
        "WITH i, p ORDER BY i RETURN collect(p) AS papers } "
        f"UNWIND $rows AS row MERGE (n:`{label}` {{`id`: row[0]}}) ON CREATE SET {', '.join(given)} "
        f"{update} {' '.join(made)}"
    )


def _creation(type: str) -> str:
    start, end = ("p", "n") if EDGES[type].start == "Paper" else ("n", "p")
    return f"CREATE ({start})-[:`{type}` {{{_columns(EDGES[type].properties, 'e', 1)}}}]->({end})"


@cache
def paper_types(label: str) -> tuple[str, ...]:
    """Relationships between papers and authors or entities of a label, in the schema's order."""
    return tuple(name for name, kind in EDGES.items() if {kind.start, kind.end} == {"Paper", label})


@cache
def create_nodes(label: str) -> str:
    columns = _columns(NODES[label].properties, "row", 1)
    return f"UNWIND $rows AS row CREATE (n:`{label}` {{`id`: row[0], {columns}}})"


@cache
def create_edges(type: str) -> str:
    """Rows [start, end, properties]; returns how many were made."""
    kind = EDGES[type]
    return (
        f"UNWIND $rows AS row {_match('a', kind.start, 'row[0]')} {_match('b', kind.end, 'row[1]')} "
        f"CREATE (a)-[:`{type}` {{{_columns(kind.properties, 'row', 2)}}}]->(b) RETURN count(*) AS `made`"
    )


def _columns(names: Iterable[str], row: str, first: int) -> str:
    return ", ".join(f"`{name}`: {row}[{place}]" for place, name in enumerate(names, first))
