"""corrections.yaml as typed entries: its syntax, checked with file and line; what entries do is in corrections.py."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

import yaml

from kg.errors import CorrectionsError
from kg.records import KINDS, EntityKind
from kg.text import has_surrogate

T = TypeVar("T")
Scalar = None | bool | float | str


@dataclass(frozen=True, slots=True)
class Where:
    """Place of an entry."""

    file: str
    line: int

    def error(self, message: str) -> CorrectionsError:
        return CorrectionsError(f"{self.file}:{self.line}: {message}")


@dataclass(frozen=True, slots=True)
class ResultPick:
    """One result by id, or all results of a paper with this metric and value (and data set and method, if given)."""

    id: str | None = None
    paper: str = ""
    metric: str = ""
    value: float = 0.0
    dataset: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    where: Where
    kind: EntityKind
    names: tuple[str, ...]
    into: str


@dataclass(frozen=True, slots=True)
class Rename:
    where: Where
    kind: EntityKind
    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Split:
    where: Where
    kind: EntityKind
    name: str
    paper: str
    into: str


@dataclass(frozen=True, slots=True)
class RejectEntity:
    where: Where
    kind: EntityKind
    name: str
    paper: str | None


@dataclass(frozen=True, slots=True)
class RejectResult:
    where: Where
    pick: ResultPick


@dataclass(frozen=True, slots=True)
class SetResult:
    where: Where
    pick: ResultPick
    field: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class SetMetric:
    where: Where
    metric: str
    field: str
    value: Scalar


Entry = Merge | Rename | Split | RejectEntity | RejectResult | SetResult | SetMetric


def meaning(entry: Entry) -> str:
    """The entry without its place: two files with the same entries in any order say the same."""
    values = (getattr(entry, f.name) for f in fields(entry) if f.name != "where")
    return f"{type(entry).__name__}{tuple(values)!r}"


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Entries in the order of the file. Raises CorrectionsError naming file and line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CorrectionsError(f"cannot read corrections from {path}: {error}") from error
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise Where(path.name, line).error(f"not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise Where(path.name, 1).error(f"not YAML: {' '.join(str(error).split())}") from error
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise _where(path.name, root).error("corrections are a list; begin each entry with '- '")
    return tuple(entry for node in root.value for entry in _entries(path.name, node))


def _where(file: str, node: yaml.Node) -> Where:
    return Where(file, node.start_mark.line + 1)


def _entries(file: str, node: yaml.Node) -> Iterable[Entry]:
    where = _where(file, node)
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
        raise where.error(f"an entry is one of {', '.join(ACTIONS)} with its fields; see docs/corrections.md")
    (action, body) = node.value[0]
    if action.value not in ACTIONS:
        raise where.error(f"unknown action {action.value!r}; known: {', '.join(ACTIONS)}")
    return ACTIONS[action.value](_Fields(file, body, action.value))


class _Fields:
    """Typed access to the fields of one entry; what is wrong is said with the line where it stands."""

    def __init__(self, file: str, node: yaml.Node, name: str) -> None:
        self.file, self.name, self.where = file, name, _where(file, node)
        if not isinstance(node, yaml.MappingNode):
            raise self.where.error(f"{name} needs fields, as in {EXAMPLES[name]}")
        self.nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _where(file, key).error(f"a field of {name} must be a word")
            if key.value in self.nodes:
                raise _where(file, key).error(f"{key.value!r} stands twice in this {name}")
            self.nodes[key.value] = value

    def only(self, *known: str) -> None:
        for key, node in self.nodes.items():
            if key not in known:
                raise self.at(node).error(f"unknown field {key!r} of {self.name}; known: {', '.join(known)}")

    def at(self, node: yaml.Node) -> Where:
        return _where(self.file, node)

    def node(self, key: str) -> yaml.Node:
        if key not in self.nodes:
            raise self.where.error(f"{self.name} needs {key!r}, as in {EXAMPLES[self.name]}")
        return self.nodes[key]

    def text(self, key: str) -> str:
        return self._text(key, self.node(key))

    def optional(self, key: str) -> str | None:
        return self.text(key) if key in self.nodes else None

    def _text(self, key: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:str":
            raise self.at(node).error(f"{key!r} must be text; put it in quotes")
        value = str(node.value).strip()
        if not value or "\0" in value or has_surrogate(value):
            raise self.at(node).error(f"{key!r} must be text that is not empty, without NUL and lone surrogates")
        return value

    def kind(self) -> EntityKind:
        return self.choice("kind", {kind: kind for kind in KINDS})

    def choice(self, key: str, choices: dict[str, T]) -> T:
        node = self.node(key)
        if not isinstance(node, yaml.ScalarNode) or node.value not in choices:
            raise self.at(node).error(f"{key!r} must be one of {', '.join(choices)}, in quotes where it is a sign")
        return choices[str(node.value)]

    def texts(self, key: str) -> tuple[str, ...]:
        node = self.node(key)
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.at(node).error(f"{key!r} must be a list of names, as in {EXAMPLES[self.name]}")
        return tuple(self._text(key, item) for item in node.value)

    def number(self, key: str) -> float:
        node = self.node(key)
        try:
            value = float(node.value) if isinstance(node, yaml.ScalarNode) and node.style is None else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.at(node).error(f"{key!r} must be a number")
        return value

    def nullable(self, key: str, read: Callable[[str], T]) -> T | None:
        return None if self.node(key).tag == "tag:yaml.org,2002:null" else read(key)

    def flag(self, key: str) -> bool:
        node = self.node(key)
        if node.tag != "tag:yaml.org,2002:bool" or node.value.lower() not in {"true", "false"}:
            raise self.at(node).error(f"{key!r} must be true or false")
        return bool(node.value.lower() == "true")

    def pick(self) -> ResultPick:
        node = self.node("result")
        if isinstance(node, yaml.ScalarNode):
            return ResultPick(id=self.text("result"))
        inner = _Fields(self.file, node, "result")
        inner.only("paper", "metric", "value", "dataset", "method")
        return ResultPick(
            paper=inner.text("paper"),
            metric=inner.text("metric"),
            value=inner.number("value"),
            dataset=inner.optional("dataset"),
            method=inner.optional("method"),
        )


def _merge(given: _Fields) -> list[Entry]:
    given.only("kind", "names", "into")
    return [Merge(given.where, given.kind(), given.texts("names"), given.text("into"))]


def _rename(given: _Fields) -> list[Entry]:
    given.only("kind", "name", "to")
    return [Rename(given.where, given.kind(), given.text("name"), given.text("to"))]


def _split(given: _Fields) -> list[Entry]:
    given.only("kind", "name", "paper", "as")
    return [Split(given.where, given.kind(), given.text("name"), given.text("paper"), given.text("as"))]


def _reject(given: _Fields) -> list[Entry]:
    if "result" in given.nodes:
        given.only("result")
        return [RejectResult(given.where, given.pick())]
    given.only("kind", "name", "paper", "result")
    return [RejectEntity(given.where, given.kind(), given.text("name"), given.optional("paper"))]


def _set(given: _Fields) -> list[Entry]:
    if "result" in given.nodes:
        given.only("result", *RESULT_FIELDS)
        pick = given.pick()
        return [SetResult(given.where, pick, f, RESULT_FIELDS[f](given, f)) for f in _set_fields(given, RESULT_FIELDS)]
    if not {"metric", *METRIC_FIELDS}.issuperset(given.nodes):
        given.only("metric", *METRIC_FIELDS, "result")
    metric = given.text("metric")
    return [SetMetric(given.where, metric, f, METRIC_FIELDS[f](given, f)) for f in _set_fields(given, METRIC_FIELDS)]


def _set_fields(given: _Fields, known: Iterable[str]) -> list[str]:
    wanted = [field for field in given.nodes if field in set(known)]
    if not wanted:
        raise given.where.error(f"set changes nothing; give at least one of {', '.join(known)}")
    return wanted


def _bound(given: _Fields, key: str) -> str:
    return given.choice(key, {sign: sign for sign in ("=", "~", ">", "<", "<=")})


def _nullable_text(given: _Fields, key: str) -> str | None:
    return given.nullable(key, given.text)


RESULT_FIELDS: dict[str, Callable[[_Fields, str], Scalar]] = {
    "metric": _Fields.text,
    "value": _Fields.number,
    "unit": lambda given, key: given.nullable(key, given.text) or "",
    "kind": lambda given, key: given.choice(key, {k: k for k in ("absolute", "change", "ratio")}),
    "direction": lambda given, key: given.nullable(key, lambda k: given.choice(k, {"up": "up", "down": "down"})),
    "bound": _bound,
    "setting": _nullable_text,
    "own": _Fields.flag,
    "method": _nullable_text,
    "dataset": _nullable_text,
    "baseline": _nullable_text,
    "task": _nullable_text,
}
METRIC_FIELDS: dict[str, Callable[[_Fields, str], Scalar]] = {
    "higherIsBetter": lambda given, key: given.nullable(key, given.flag),
    "unit": _nullable_text,
}
ACTIONS: dict[str, Callable[[_Fields], list[Entry]]] = {
    "merge": _merge,
    "rename": _rename,
    "split": _split,
    "reject": _reject,
    "set": _set,
}
EXAMPLES = {
    "merge": "merge: {kind: dataset, names: [COCO captions, MS COCO Captions], into: COCO Captions}",
    "rename": "rename: {kind: method, name: sd, to: Stable Diffusion}",
    "split": "split: {kind: method, name: VAR, paper: Title of the paper, as: vector autoregression}",
    "reject": "reject: {kind: metric, name: performance}",
    "set": "set: {metric: NFE, higherIsBetter: false}",
    "result": "result: {paper: Title of the paper, metric: FID, value: 1.8}",
}
