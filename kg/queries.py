"""Asking a store the questions of cypher/: names of people, papers and entities become node ids, then the file runs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Literal, get_args

from kg.errors import NotFoundError, QueryError
from kg.questions import Parameter, Query, all_queries, load, names, near
from kg.records import KINDS, EntityKind
from kg.resolve import Resolver
from kg.stores.base import Cell, Row, Store
from kg.text import name_key, paper_key, person_name

__all__ = [
    "Parameter",
    "Query",
    "all_queries",
    "find",
    "find_author",
    "find_entity",
    "find_paper",
    "load",
    "names",
    "run",
]

NodeKind = Literal["method", "dataset", "metric", "task", "paper", "author"]

EVERYTHING = 1_000_000_000
"""A LIMIT that lets every row through."""


def run(store: Store, query: Query, parameters: Mapping[str, Cell] | None = None) -> list[Row]:
    """The rows of a question, with exactly its columns, in its order.

    Parameters may be text ("2", "yes") and names ("mscoco"); those left out have the header's example.
    Raises QueryError for a parameter that does not fit, NotFoundError for a name that the store does not know.
    """
    values = query.values(parameters or {})
    for parameter in query.parameters:
        name = values[parameter.name]
        if parameter.is_node and isinstance(name, str) and name:
            values[parameter.name] = _node_id(store, parameter.type, name)
    return _ask(store, query, values)


def find(store: Store, name: str, kind: NodeKind | None = None) -> Row:
    """What has that name: an entity, else a paper, else an author, unless the kind is given; its id, kind and the rest.

    Raises NotFoundError, with near names, where there is nothing.
    """
    match kind:
        case "paper":
            return find_paper(store, name)
        case "author":
            return find_author(store, name)
        case None:
            return _find_anything(store, name)
    return find_entity(store, name, kind)


def find_entity(store: Store, name: str, kind: EntityKind | None = None) -> Row:
    """The entity of that id, name or alias: id, kind, name, aliases, unit, higherIsBetter, papers (how many name it).

    In this order: the id itself; the ids that the alias table gives the name, in any spelling; a name or alias in the
    store, in any case. Where several fit, the one in most papers, then the least id.
    Raises NotFoundError, with near names, where none does.
    """
    kinds = KINDS if kind is None else (kind,)
    ids: list[Cell] = [name, *(_resolver().entity_id(kind, name) for kind in kinds)]
    for question, values in (("entities", {"ids": ids}), ("entities_named", {"name": name})):
        for row in _ask(store, load(question), values):
            if (found := kind_of(row)) in kinds:
                return {"id": row["id"], "kind": found} | row
    raise NotFoundError(f"no {kind or 'entity'} is called {name!r}{_near_entities(store, name, kind)}")


def find_paper(store: Store, name: str) -> Row:
    """The paper of that id or title: id, kind and the other columns of the question "paper".

    Raises NotFoundError, with titles that hold these words, where there is none.
    """
    for key in dict.fromkeys((name, paper_key(name))):
        for row in _ask(store, load("paper"), {"paper": key}):
            return {"id": row["id"], "kind": "paper"} | row
    rows = _ask(store, load("papers_titled"), {"words": name, "limit": 3})
    titles = [str(row["title"]) for row in rows]
    hint = f"did you mean {' | '.join(titles)}?" if titles else "`kg query papers_titled` looks for words of titles"
    raise NotFoundError(f"no paper is called {name!r}; {hint}")


def find_author(store: Store, name: str) -> Row:
    """The author of that name, in any case: id, kind, name, papers. Raises NotFoundError, with near names."""
    rows = _ask(store, load("authors_named"), {"name": person_name(name)})
    if not rows:
        known = [str(row["name"]) for row in _ask(store, load("authors"), {"limit": EVERYTHING})]
        raise NotFoundError(f"no author is called {name!r}{near(name, known, '`kg query authors` lists them')}")
    row = next((row for row in rows if row["id"] == person_name(name)), rows[0])
    return {"id": row["id"], "kind": "author"} | row


def kind_of(row: Row) -> EntityKind:
    """The kind that an entity's id begins with ("metric:fid")."""
    prefix = str(row["id"]).partition(":")[0]
    return next(kind for kind in KINDS if kind == prefix)


@cache
def _resolver() -> Resolver:
    return Resolver()


def _node_id(store: Store, type: str, name: str) -> Cell:
    if type == "entity":
        return find_entity(store, name)["id"]
    return find(store, name, next(kind for kind in get_args(NodeKind) if kind == type))["id"]


def _find_anything(store: Store, name: str) -> Row:
    try:
        return find_entity(store, name)
    except NotFoundError as no_entity:
        for look in (find_paper, find_author):
            with suppress(NotFoundError):
                return look(store, name)
        raise NotFoundError(str(no_entity).replace("no entity", "no entity, paper or author", 1)) from no_entity


def _near_entities(store: Store, name: str, kind: EntityKind | None) -> str:
    rows = _ask(store, load("commonest"), {"kind": kind or "", "limit": EVERYTHING})
    spellings: dict[str, str] = {}
    for row in rows:
        aliases = row["aliases"] if isinstance(row["aliases"], list) else []
        for spelling in (row["name"], *aliases):
            spellings.setdefault(name_key(str(spelling)), str(spelling))
    return near(name, spellings.values(), f"`kg query commonest{f' --param kind={kind}' if kind else ''}` lists them")


def _ask(store: Store, query: Query, values: Mapping[str, Cell]) -> list[Row]:
    rows = store.read(query.text, values)
    for row in rows:
        if tuple(row) != query.columns:
            raise QueryError(
                f"{query.name}.cypher returns {', '.join(row)}, its header says {', '.join(query.columns)}"
            )
        for column, decimals in query.decimals.items():
            if isinstance(value := row[column], float):
                row[column] = round(value, decimals)
    return rows
