"""Writing and removing in Neo4j, beside other loaders: few statements a transaction, and none that waits for another.

Papers are locked first, entities next, all in sorted order; the server merges what the loader does not know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.errors import StoreBusy
from kg.schema import EDGES, ENTITY_LABELS, NODES, Edge, Node, PaperGraph, Type, Value
from kg.stores import neo4j_statements as texts
from kg.stores import statements
from kg.stores.base import Cell, StoredPaper, WriteReport
from kg.stores.load import Run
from kg.stores.merge import Plan, paper_of, plan


@dataclass(frozen=True, slots=True)
class Step:
    """One statement; `made` is how many relationships it must say that it made, None where it says nothing."""

    text: str
    parameters: dict[str, Cell]
    made: int | None = None


class Batch:
    """Papers, and what writing them means where none is stored: may be asked for while another batch is sent."""

    def __init__(self, graphs: Sequence[PaperGraph]) -> None:
        self.graphs = graphs

    @cached_property
    def plan(self) -> Plan:
        return plan(self.graphs, {})

    @cached_property
    def steps(self) -> Sequence[Step]:
        return [*_steps(self.plan)]


def read_papers(run: Run, ids: Sequence[str]) -> dict[str, StoredPaper]:
    """Those of the papers that were written."""
    rows = run(texts.READ_PAPERS, {"ids": [*ids]}) if ids else []
    return {str(row["id"]): paper_of(str(row["id"]), row, _strings(row["authors"])) for row in rows}


def write(run: Run, batch: Batch) -> WriteReport:
    """Merge the batch in. What turns out to be unchanged is neither locked nor written."""
    stored = read_papers(run, sorted({graph.paper.id for graph in batch.graphs}))
    made = plan(batch.graphs, stored) if stored else batch.plan
    changed = {paper.id for paper in made.papers}
    if not changed:
        return made.report
    known = [str(row["id"]) for row in run(texts.LOCK_PAPERS, {"ids": [*sorted(changed)]})]
    if not known and not stored:
        _send(run, batch.steps)
        return made.report
    settled = WriteReport(unchanged=sum(graph.paper.id not in changed for graph in batch.graphs))
    made = plan([graph for graph in batch.graphs if graph.paper.id in changed], read_papers(run, sorted(known)))
    _delete_facts(run, made)
    _send(run, _steps(made))
    return made.report + settled


def remove(run: Run, ids: Sequence[str]) -> int:
    """Delete papers with what they state; entities keep only the names that other papers give."""
    keys: dict[str, Cell] = {"ids": [*ids]}
    run(texts.LOCK_KNOWN_PAPERS, keys)
    known = sorted(read_papers(run, ids))
    _delete_facts(run, Plan(rewritten=known, reauthored=known))
    run(statements.DELETE_PAPERS, {"ids": [*known]})
    return len(known)


def _strings(value: Cell) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _delete_facts(run: Run, made: Plan) -> None:
    """Delete what the plan replaces, and from entities the names that only these papers gave."""
    rewritten: dict[str, Cell] = {"ids": [*made.rewritten]}
    if made.rewritten:
        given = {label: _names_given(run, label, made.rewritten) for label in ENTITY_LABELS}
        for label, names in given.items():
            if keys := sorted({*names, *made.permanent[label]}):
                run(texts.lock_entities(label), {"ids": [*keys]})
        run(statements.DELETE_RESULTS, rewritten)
        run(texts.DELETE_FACTS, rewritten)
        for label, names in given.items():
            if rows := [*_lost(names, made.permanent[label])]:
                run(texts.forget_names(label), {"rows": rows})
    if made.reauthored:
        run(statements.DELETE_AUTHORSHIPS, {"ids": [*made.reauthored]})


def _names_given(run: Run, label: str, papers: Sequence[str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for row in run(statements.names_given(label), {"ids": [*papers]}):
        names[str(row["id"])].add(str(row["name"]))
    return names


def _lost(given: Mapping[str, set[str]], incoming: Mapping[str, Node]) -> Iterator[Cell]:
    """Rows [entity, names that it may have to give up]: those that do not come again."""
    for key, names in sorted(given.items()):
        again = incoming[key].properties.get("name") if key in incoming else None
        if lost := sorted(names - {again}):
            yield [key, [*lost]]


def _send(run: Run, steps: Iterable[Step]) -> None:
    """Raises StoreBusy where an end of a relationship is gone: another process deleted it meanwhile."""
    for step in steps:
        rows = run(step.text, step.parameters)
        if step.made is not None and rows[0]["made"] != step.made:
            raise StoreBusy(f"{rows[0]['made']} of {step.made} relationships were made: nodes were deleted meanwhile")


def _steps(made: Plan) -> Iterator[Step]:
    """What the plan adds, sorted; papers are locked, and what goes is gone."""
    papers = sorted(made.papers, key=lambda paper: paper.id)
    places = {paper.id: place for place, paper in enumerate(papers)}
    rows: list[Cell] = [[paper.id, _map(paper)] for paper in papers]
    if rows:
        yield Step(texts.PUT_PAPERS, {"rows": rows})
    for label, nodes in made.permanent.items():
        edges = _by_entity(made, label, places)
        for settled in (True, False):
            keys = sorted(key for key, node in nodes.items() if _is_settled(node) == settled)
            if keys:
                rows = [[*_node_row(nodes[key]), *(of_type.get(key, []) for of_type in edges)] for key in keys]
                yield Step(texts.put_nodes(label, settled=settled), {"ids": [*places], "rows": rows})
    if made.results:
        results = sorted(made.results, key=lambda result: result.id)
        yield Step(texts.create_nodes("Result"), {"rows": [_node_row(result) for result in results]})
    for name, of_pair in made.edges.items():
        if of_pair and "Result" in {EDGES[name].start, EDGES[name].end}:
            rows = [_edge_row(of_pair[pair]) for pair in sorted(of_pair)]
            yield Step(texts.create_edges(name), {"rows": rows}, len(rows))


def _is_settled(node: Node) -> bool:
    """Whether no other paper can give the node other values: an author, or an entity that a table names."""
    return node.label == "Author" or bool(node.properties.get("aliases"))


def _by_entity(made: Plan, label: str, places: Mapping[str, int]) -> list[dict[str, list[Cell]]]:
    """For each type between papers and this label its rows [place of the paper, properties], by entity or author."""
    found = []
    for name in texts.paper_types(label):
        of_type: dict[str, list[Cell]] = defaultdict(list)
        types, from_paper = EDGES[name].properties, EDGES[name].start == "Paper"
        for (start, end), edge in made.edges[name].items():
            paper, key = (start, end) if from_paper else (end, start)
            of_type[key].append([places[paper], *_values(types, edge.properties)])
        found.append(of_type)
    return found


def _map(node: Node) -> Cell:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in node.properties.items()}


def _node_row(node: Node) -> list[Cell]:
    return [node.id, *_values(NODES[node.label].properties, node.properties)]


def _edge_row(edge: Edge) -> list[Cell]:
    return [edge.start, edge.end, *_values(EDGES[edge.type].properties, edge.properties)]


def _values(types: Mapping[str, Type], properties: Mapping[str, Value]) -> list[Cell]:
    return [list(v) if isinstance(v := properties.get(name), tuple) else v for name in types]
