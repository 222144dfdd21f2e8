"""What a batch does to what is stored: pure planning, the same for every store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from kg.records import Paper, merge_papers
from kg.schema import EDGES, NODES, PERMANENT_LABELS, Edge, Node, PaperGraph, Value
from kg.stores.base import StoredPaper, WriteReport
from kg.stores.statements import canonical

_PAPER_FIELDS = tuple(f.name for f in fields(Paper) if f.name in NODES["Paper"].properties)


@dataclass(slots=True)
class Plan:
    """Rows to write, by label or type; every one stands once."""

    papers: list[Node] = field(default_factory=list)
    """New, or with another value somewhere."""
    rewritten: list[str] = field(default_factory=list)
    """Stored papers whose facts go first."""
    reauthored: list[str] = field(default_factory=list)
    """Stored papers whose WROTE relationships go first."""
    permanent: dict[str, dict[str, Node]] = field(default_factory=lambda: {label: {} for label in PERMANENT_LABELS})
    results: list[Node] = field(default_factory=list)
    edges: dict[str, dict[tuple[str, str], Edge]] = field(default_factory=lambda: {kind: {} for kind in EDGES})
    report: WriteReport = field(default_factory=WriteReport)


def plan(batch: Sequence[PaperGraph], stored: Mapping[str, StoredPaper]) -> Plan:
    """What writing the batch onto the stored papers means. Papers that `stored` lacks are new.

    Every graph counts once: written where its text wins with another text or fingerprint, merged where another field
    of the paper changes, else unchanged.
    """
    by_key: dict[str, list[PaperGraph]] = defaultdict(list)
    for graph in batch:
        by_key[graph.paper.id].append(graph)
    made = Plan()
    for key in sorted(by_key):
        _plan_paper(made, stored.get(key), by_key[key])
    return made


def _plan_paper(made: Plan, before: StoredPaper | None, graphs: Iterable[PaperGraph]) -> None:
    now = before
    facts: PaperGraph | None = None
    authorship: PaperGraph | None = None
    for graph in graphs:
        given = stored_paper(graph)
        merged = given if now is None else _merged(now, given)
        if now is None or (merged.paper.text, merged.fingerprint) != (now.paper.text, now.fingerprint):
            facts = graph
            made.report += WriteReport(written=1)
        else:
            made.report += WriteReport(merged=1) if merged != now else WriteReport(unchanged=1)
        if now is None or merged.paper.authors != now.paper.authors:
            authorship = graph
        now = merged
    if now is None or now == before:
        return
    made.papers.append(paper_node(now))
    if facts is not None:
        _add_facts(made, facts)
    if authorship is not None:
        _add_authorship(made, authorship)
    if before is not None:
        made.rewritten += [now.paper.id] if facts is not None else []
        made.reauthored += [now.paper.id] if authorship is not None else []


def _merged(stored: StoredPaper, given: StoredPaper) -> StoredPaper:
    paper = merge_papers(stored.paper, given.paper)
    return StoredPaper(paper, given.fingerprint if paper.text == given.paper.text else stored.fingerprint)


def _add_facts(made: Plan, graph: PaperGraph) -> None:
    made.results += (_plain(node) for node in graph.nodes if node.label == "Result")
    for node in graph.nodes:
        if node.label not in {"Author", "Result"}:
            add_permanent(made.permanent[node.label], _plain(node))
    _add_edges(made, (edge for edge in graph.edges if edge.type != "WROTE"))


def _add_authorship(made: Plan, graph: PaperGraph) -> None:
    for node in graph.nodes:
        if node.label == "Author":
            add_permanent(made.permanent["Author"], _plain(node))
    _add_edges(made, (edge for edge in graph.edges if edge.type == "WROTE"))


def _add_edges(made: Plan, edges: Iterable[Edge]) -> None:
    """One relationship a pair and type: of several (a name twice in a list of authors) the first one stays."""
    for edge in edges:
        plain = Edge(edge.type, edge.start, edge.end, canonical(EDGES[edge.type].properties, edge.properties))
        made.edges[edge.type].setdefault((edge.start, edge.end), plain)


def add_permanent(known: dict[str, Node], node: Node) -> None:
    known[node.id] = merge_permanent(known[node.id], node) if node.id in known else node


def merge_permanent(stored: Node, given: Node) -> Node:
    """An entity or author from two sources.

    An entity with aliases is one of the table's: the given values are the table's and win. Of the names that papers
    give the least one stays, whatever the order.
    """
    values: dict[str, Value] = dict(given.properties)
    if not (stored.properties.get("aliases") or given.properties.get("aliases")):
        names = [str(n.properties["name"]) for n in (stored, given) if n.properties.get("name") is not None]
        values |= {"name": min(names)} if names else {}
    return Node(given.label, given.id, values)


def _plain(node: Node) -> Node:
    return Node(node.label, node.id, canonical(NODES[node.label].properties, node.properties))


def stored_paper(graph: PaperGraph) -> StoredPaper:
    """The paper of a graph, with its authors (an author's id is the name) by position."""
    places: dict[str, int] = {}
    for edge in graph.edges:
        if edge.type == "WROTE":
            places.setdefault(edge.start, _position(edge))
    authors = tuple(sorted(places, key=lambda author: (places[author], author)))
    return paper_of(graph.paper.id, graph.paper.properties, authors)


def _position(edge: Edge) -> int:
    position = edge.properties.get("position")
    return position if isinstance(position, int) else 0


def paper_of(key: str, values: Mapping[str, object], authors: tuple[str, ...]) -> StoredPaper:
    """From the properties of a Paper node; without title or abstract they are empty."""
    given = {name: value for name in _PAPER_FIELDS if (value := values.get(name)) is not None}
    paper = Paper(**{"title": "", "abstract": "", **given, "id": key, "authors": authors})  # type: ignore[arg-type]
    return StoredPaper(paper, str(values.get("fingerprint") or ""))


def paper_node(stored: StoredPaper) -> Node:
    """The Paper node; the fingerprint is there even where it is empty, and marks a paper that was written."""
    values = {name: getattr(stored.paper, name) for name in _PAPER_FIELDS} | {"fingerprint": stored.fingerprint}
    return Node("Paper", stored.paper.id, canonical(NODES["Paper"].properties, values))
