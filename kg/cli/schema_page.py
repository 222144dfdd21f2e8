"""docs/schema.md, made from kg/schema.py: `python -m kg.cli.schema_page > docs/schema.md`."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from kg.schema import EDGES, NODES, VERSION, Type
from kg.stores.ddl import ddl

_INTRODUCTION = f"""# The graph

Schema version {VERSION}, kept in a `KgMeta` node. Every node has the string key `id`. Offsets count code points in
title + line feed + abstract; `evidence` is that text from `startChar` to `endChar` and holds the characters that were
read. Between a paper and an entity only the first relationship type that holds is kept, in the order of the table.

This page is made by `python -m kg.cli.schema_page > docs/schema.md`."""

_IDENTITY = """## Identity

No id is random, and none depends on a clock or on the order of the input.

- Paper: the normal form of its title, so that one paper from two sources is one node.
- Method, Dataset, Metric, Task: kind and the entry of the alias table (`metric:fid`), else kind and the normal form of
  the name. An acronym that its paper spells out against the table is an entity of its own, `acronym (expansion)`.
- Author: the name. Result: a hash of paper and content.
- Fields of one paper from several inputs are merged, nulls losing: title and abstract together from the longer
  abstract, date and year the least, upvotes the greatest, authors the longer list, of others the greater string."""


def markdown() -> str:
    """Tables of nodes and relationships, how they are known, and the DDL of both stores."""
    lines = [_INTRODUCTION, "", "## Nodes", "", "| label | what | properties |", "|---|---|---|"]
    lines += [f"| {n.label} | {n.about} | {_properties(n.properties)} |" for n in NODES.values()]
    lines += ["", "## Relationships", "", "| type | from | to | what | properties |", "|---|---|---|---|---|"]
    lines += [f"| {e.type} | {e.start} | {e.end} | {e.about} | {_properties(e.properties)} |" for e in EDGES.values()]
    lines += ["", _IDENTITY]
    for dialect, title in (("neo4j", "Neo4j"), ("ladybug", "Ladybug")):
        lines += ["", f"## DDL of {title}", "", "```cypher", ddl(dialect).rstrip(), "```"]  # type: ignore[arg-type]
    return "\n".join(lines) + "\n"


def _properties(types: Mapping[str, Type]) -> str:
    return ", ".join(f"{name} ({kind})" for name, kind in types.items())


if __name__ == "__main__":
    sys.stdout.write(markdown())
