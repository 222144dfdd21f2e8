"""The questions of cypher/: one file a question, with a header that says what goes in and what comes out.

    // Which papers report a metric?            the question; Neo4j Browser takes it for the favourite's title
    // $metric: metric = "metric:fid"           a parameter: name, type, default as JSON
    // $own: bool? = null, only own results     "?": may be empty (null, ""); after a comma, what it means
    // columns: paper, title, percent.1,        the columns in order; ".1": a float, rounded to one decimal
    //   year                                   more columns
    // Anything else is a note.

Types: string, int, float, bool, string[]; a choice, as in up|down; and metric, dataset, method, task, entity (any of
these four), paper, author, where Cypher gets the node's id and people may write a name.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from pathlib import Path

from rapidfuzz import fuzz, process

from kg.errors import QueryError
from kg.schema import INT64
from kg.stores.base import Cell
from kg.text import fold

PLAIN = ("string", "int", "float", "bool", "string[]")
NODE_TYPES = ("method", "dataset", "metric", "task", "entity", "paper", "author")

_PARAMETER = re.compile(r"\$(\w+): ([\w|]+(?:\[\])?)(\?)? = (.+)")
_COLUMN = re.compile(r"(\w+)(?:\.(\d+))?")
_BOOLS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question wants to know before it can be asked."""

    name: str
    type: str
    optional: bool
    default: Cell
    """An example: every question runs as it is."""
    about: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The words allowed, where the type is a choice; else ()."""
        return tuple(self.type.split("|")) if "|" in self.type else ()

    @property
    def is_node(self) -> bool:
        return self.type in NODE_TYPES

    @property
    def empty(self) -> Cell:
        """What Cypher gets for "any": Ladybug takes null for a bool, so it stands for bool parameters alone."""
        return None if self.type == "bool" else ""


@dataclass(frozen=True, slots=True)
class Query:
    """One file of cypher/."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    decimals: Mapping[str, int]
    """Columns whose floats are rounded, and to how many decimals."""
    text: str
    """The whole file."""

    def values(self, given: Mapping[str, Cell]) -> dict[str, Cell]:
        """A value of the declared type for every parameter; defaults where none is given.

        Text is converted ("2" to a number, "yes" to a bool, "a,b" to a list); names of nodes stay as they are.
        Raises QueryError for an unknown parameter or a value that does not fit.
        """
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                having = f"it has {', '.join(known)}" if known else "it has none"
                raise QueryError(f"query {self.name} has no parameter {name!r}{near(name, known, having)}")
        return {
            p.name: convert(p, given[p.name], f"query {self.name}") if p.name in given else p.default
            for p in self.parameters
        }


def names() -> list[str]:
    """Names of all questions, sorted."""
    return sorted(path.stem for path in _folder().glob("*.cypher"))


def load(name: str) -> Query:
    """The question of that name. Raises QueryError where there is none, offering near names."""
    known = names()
    if name not in known:
        raise QueryError(f"no query is called {name!r}{near(name, known, '`kg queries` lists them')}")
    return _load(name)


def all_queries() -> list[Query]:
    """Every question, by name."""
    return [load(name) for name in names()]


@cache
def _load(name: str) -> Query:
    return parse(name, (_folder() / f"{name}.cypher").read_text(encoding="utf-8"))


def _folder() -> Path:
    """cypher/ of an installed package, else of the checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "cypher", here.parent / "cypher"):
        if folder.is_dir():
            return folder
    raise QueryError(f"the questions are missing: no folder cypher/ in or beside {here}; install kg again")


def parse(name: str, text: str) -> Query:
    """A question from the text of its file. Raises QueryError where the header is broken, naming the line."""
    header = list(takewhile(lambda line: line.startswith("//"), text.splitlines()))
    if not header or not re.match("// [^$]", header[0]):
        raise QueryError(f"{name}.cypher, line 1: must be the question, as in `// Which papers report a metric?`")
    parameters: list[Parameter] = []
    columns = ""
    for number, line in enumerate(header, start=1):
        if line.startswith("// $"):
            parameters.append(_parameter(line[3:], f"{name}.cypher, line {number}"))
        elif line.startswith("// columns: "):
            columns = line.removeprefix("// columns: ")
        elif line.startswith("//  ") and columns:
            columns += line[2:]
    found = [match for column in columns.split(",") if (match := _COLUMN.fullmatch(column.strip()))]
    if len(found) != columns.count(",") + 1:
        raise QueryError(f"{name}.cypher: the header needs a line such as `// columns: paper, title`")
    return Query(
        name,
        header[0][3:],
        tuple(parameters),
        tuple(match[1] for match in found),
        {match[1]: int(match[2]) for match in found if match[2]},
        text,
    )


def _parameter(line: str, place: str) -> Parameter:
    match = _PARAMETER.fullmatch(line)
    if match is None:
        raise QueryError(f'{place}: a parameter is written as `$metric: metric = "metric:fid"`, not {line!r}')
    name, kind, optional, rest = match.groups()
    if "|" not in kind and kind not in PLAIN + NODE_TYPES:
        known = f"known: {', '.join(PLAIN + NODE_TYPES)}, or a choice such as up|down"
        raise QueryError(f"{place}: unknown type {kind!r}{near(kind, PLAIN + NODE_TYPES, known)}")
    try:
        default, end = json.JSONDecoder().raw_decode(rest)
    except ValueError as error:
        raise QueryError(f"{place}: the default of ${name} is not JSON: {rest!r}") from error
    parameter = Parameter(name, kind, optional is not None, default, rest[end:].removeprefix(", "))
    return replace(parameter, default=convert(parameter, default, place))


def convert(parameter: Parameter, value: Cell, place: str) -> Cell:
    """The value as the parameter's type, from text where need be. Raises QueryError where it does not fit."""
    if value is None or value == "":
        if not parameter.optional:
            raise QueryError(f"{place}: ${parameter.name} is missing; it must be {_wanted(parameter)}")
        return parameter.empty
    plain = value.strip() if isinstance(value, str) else value
    if (converted := _converted(parameter, plain)) is None:
        raise QueryError(f"{place}: ${parameter.name} must be {_wanted(parameter)}, not {value!r}")
    return converted


def _converted(parameter: Parameter, value: Cell) -> Cell:
    """The value as the parameter's type; None where it does not fit."""
    match parameter.type:
        case "bool":
            return value if isinstance(value, bool) else _BOOLS.get(str(value).casefold())
        case "int":
            return _number(int, value)
        case "float":
            return _number(float, value)
        case "string[]":
            parts: Cell = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
            return parts if isinstance(parts, list) and all(isinstance(part, str) for part in parts) else None
    return value if isinstance(value, str) and value in (parameter.choices or {value}) else None


def _number(kind: type[int] | type[float], value: Cell) -> int | float | None:
    """The number, if both stores can hold it and nothing is lost, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = kind(value)
    except (ValueError, OverflowError):
        return None
    if isinstance(value, float) and number != value:
        return None
    fits = math.isfinite(number) if isinstance(number, float) else number in INT64
    return number if fits else None


def _wanted(parameter: Parameter) -> str:
    article = {"int": "a whole number", "float": "a number", "bool": "true or false", "string": "text"}
    article |= {"string[]": "a list of texts", "author": "an author", "entity": "an entity"}
    wanted = " or ".join(parameter.choices) or article.get(parameter.type, f"a {parameter.type}")
    return f"{wanted} (or empty)" if parameter.optional else wanted


def near(word: str, known: Iterable[str], otherwise: str) -> str:
    """ "; did you mean A, B?" with up to three known words that resemble the word; else "; " and the other hint."""
    found = process.extract(word, list(known), scorer=fuzz.WRatio, processor=fold, limit=3, score_cutoff=75)
    return f"; did you mean {', '.join(name for name, _, _ in found)}?" if found else f"; {otherwise}"


_INTRODUCTION = """# Questions

Ask one with `kg query NAME --param name=value`, or paste its file from `cypher/` into Neo4j Browser after setting its
parameters (`:param metric => "metric:fid"`). Where Browser needs the id of a node, `kg query` takes a name or alias in
any case too. Every parameter has an example as its default.

This page is made by `python -m kg.questions > docs/queries.md`."""


def markdown() -> str:
    """docs/queries.md: every question with its parameters and columns."""
    lines = [_INTRODUCTION, "", "| question | name |", "|---|---|"]
    lines += [f"| {query.question} | [{query.name}](#{query.name}) |" for query in all_queries()]
    for query in all_queries():
        lines += ["", f"## {query.name}", "", query.question, ""]
        for p in query.parameters:
            kind = p.type.replace("|", " or ") + (", may be empty" if p.optional else "")
            about = f"; {p.about}" if p.about else ""
            lines.append(f"- `{p.name}` ({kind}), default `{json.dumps(p.default)}`{about}")
        lines.append(f"- gives: {', '.join(query.columns)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
