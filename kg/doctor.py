"""Whether a stored graph keeps its promises: what any loader, ours or another, must leave behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import SchemaError
from kg.schema import EDGES, ENTITY_LABELS, NODES, Edge, Node, check_edge, check_node
from kg.stores.base import Store
from kg.text import paper_key, person_name

_ONE_EACH = ("MEASURES", "ON_DATASET", "OF_METHOD", "AGAINST", "FOR_TASK")
_ROLES = (("PROPOSES", "COMPARES_WITH", "USES"), ("INTRODUCES", "EVALUATES_ON", "TRAINS_ON", "MENTIONS"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault."""

    check: str
    where: str
    """"Label/id" of a node, or "TYPE from -> to"."""
    what: str


def examine(store: Store) -> list[Finding]:
    """Every fault, by check. Holds texts and ids in memory, about 2 KB a paper; O(nodes + relationships)."""
    examination = _Examination()
    found = [Finding("constraint", what, "is not there; any `kg load` makes it") for what in store.lacks()]
    for label in NODES:
        for node in store.nodes(label):
            found += examination.node(node)
    for name in EDGES:
        for edge in store.edges(name):
            found += examination.edge(edge)
    found += examination.rest()
    return sorted(found, key=lambda f: (f.check, f.where, f.what))


class _Examination:
    """What has to be remembered from row to row."""

    def __init__(self) -> None:
        self.ids: dict[str, set[str]] = {label: set() for label in NODES}
        self.texts: dict[str, str] = {}
        self.results: dict[str, Node] = {}
        self.links: dict[str, Counter[str]] = {name: Counter() for name in ("REPORTS", *_ONE_EACH)}
        self.roles: dict[tuple[str, str], str] = {}

    def node(self, node: Node) -> Iterator[Finding]:
        where = f"{node.label}/{node.id}"
        try:
            check_node(node)
        except SchemaError as error:
            yield Finding("schema", where, str(error))
        if node.id in self.ids[node.label]:
            yield Finding("duplicate", where, "stands more than once")
        self.ids[node.label].add(node.id)
        values = node.properties
        if node.label == "Paper":
            title, abstract = str(values.get("title") or ""), str(values.get("abstract") or "")
            self.texts[node.id] = f"{title}\n{abstract}"
            if "fingerprint" not in values:
                yield Finding("half-written", where, "was begun and never written; load it again")
            if node.id != paper_key(title, abstract):
                yield Finding("id", where, "is not the normal form of the title")
        elif node.label == "Author" and node.id != person_name(str(values.get("name") or "")):
            yield Finding("id", where, "is not the name in normal form")
        elif node.label == "Result":
            self.results[node.id] = node
        elif node.label in ENTITY_LABELS and not node.id.startswith(f"{node.label.lower()}:"):
            yield Finding("id", where, f"does not begin with {node.label.lower()}:")

    def edge(self, edge: Edge) -> Iterator[Finding]:
        kind = EDGES[edge.type]
        where = f"{edge.type} {edge.start} -> {edge.end}"
        try:
            check_edge(edge)
        except SchemaError as error:
            yield Finding("schema", where, str(error))
        for label, key in ((kind.start, edge.start), (kind.end, edge.end)):
            if key not in self.ids[label]:
                yield Finding("dangling", where, f"there is no {label} {key}")
        if edge.type in self.links:
            self.links[edge.type][edge.end if edge.type == "REPORTS" else edge.start] += 1
        if edge.type == "REPORTS" and edge.start in self.texts and edge.end in self.results:
            yield from self._evidence(self.texts[edge.start], self.results[edge.end])
        if "mentions" in kind.properties and edge.start in self.texts:
            yield from self._mention(where, edge)
        for roles in _ROLES:
            if edge.type in roles and (other := self.roles.setdefault((edge.start, edge.end), edge.type)) != edge.type:
                yield Finding("role", where, f"the paper has it as {other} too; one role a pair")

    def rest(self) -> Iterator[Finding]:
        for key in self.results:
            if self.links["REPORTS"][key] != 1:
                yield Finding("result", f"Result/{key}", f"has {self.links['REPORTS'][key]} papers instead of one")
            if not self.links["MEASURES"][key]:
                yield Finding("result", f"Result/{key}", "has no metric")
            for name in _ONE_EACH:
                if self.links[name][key] > 1:
                    yield Finding(
                        "result", f"Result/{key}", f"has {self.links[name][key]} {name}, at most one is right"
                    )

    def _evidence(self, text: str, result: Node) -> Iterator[Finding]:
        start, end, evidence = (result.properties.get(name) for name in ("startChar", "endChar", "evidence"))
        if not isinstance(start, int) or not isinstance(end, int) or not evidence or text[start:end] != evidence:
            yield Finding("evidence", f"Result/{result.id}", f"the text at {start}:{end} is not its evidence")

    def _mention(self, where: str, edge: Edge) -> Iterator[Finding]:
        start, end, mentions = (edge.properties.get(name) for name in ("startChar", "endChar", "mentions"))
        if not isinstance(start, int) or not isinstance(end, int) or not isinstance(mentions, tuple):
            yield Finding("mention", where, "has no offsets or no list of mentions")
        elif self.texts[edge.start][start:end] not in mentions:
            yield Finding("mention", where, f"the text at {start}:{end} is none of its mentions")
