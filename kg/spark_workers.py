"""What kg.spark runs in Spark's Python workers: streams of Arrow batches in, streams of them out.

Driver and workers name these functions by module, so that the wheel on each machine is what runs, and what is cached
here is loaded once in the life of a worker process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, reduce
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from kg import readers
from kg.build import resolve_error
from kg.cuts import Cuts
from kg.errors import InputError, RecordError
from kg.readers.fields import paper_from
from kg.record_files import parse_record, record_line
from kg.record_json import dumps, from_record, paper_to_json
from kg.records import JSON, OnReject, Paper, Rejected, merge_papers
from kg.resolve import Resolver
from kg.schema import EDGES, NODES, Edge, Node, PaperGraph, Type
from kg.stores.base import Row
from kg.stores.merge import Plan, plan

if TYPE_CHECKING:
    from kg.extraction import Extractor

CHUNK = 500
"""Rows, or papers where a paper has many, that are handed back at once."""

QUARANTINE, DROPPED = "quarantine", "dropped"
"""Tables beside the graph's: rejected records, and counts of facts that a check or the precision left out."""

ENDS: dict[str, Type] = {"startId": "string", "endId": "string"}
PAPERS: dict[str, Type] = {"key": "string", "paper": "string", "rejected": "string"}
"""Columns of papers on their way to extraction: either key and JSON, or a quarantine line."""
RECORDS: dict[str, Type] = {"key": "string", "record": "string", "rejected": "string"}
"""Columns of records, which are lines of `kg extract --papers`."""
ROWS: dict[str, Type] = {"table": "string", "rejected": "string", "dropped": "int", "id": "string", **ENDS}
"""Columns of all tables of the graph in one."""
for _properties in (*(n.properties for n in NODES.values()), *(e.properties for e in EDGES.values())):
    ROWS |= _properties

_ARROW = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "string[]": pa.list_(pa.string()),
}
Stage = Callable[[OnReject], Iterator[Row]]
"""Rows of a step, which hands what it rejects to the function given."""


@cache
def extractor(model: Path | None) -> Extractor:
    """Loaded once in the life of a worker process."""
    from kg.extraction import Extractor  # noqa: PLC0415 - spaCy takes seconds, and driver and resolving do without it

    return Extractor(model)


@cache
def _resolver(corrections: Path | None) -> Resolver:
    return Resolver(corrections)


def read(batches: Iterable[pa.RecordBatch], format: str | None) -> Iterator[pa.RecordBatch]:
    for row in _rows(batches):
        yield from _batches(_with_rejected(_of_file(str(row["file"]), format)), PAPERS)


def from_table(batches: Iterable[pa.RecordBatch], source: str) -> Iterator[pa.RecordBatch]:
    def papers(reject: OnReject) -> Iterator[Row]:
        for row in _rows(batches):
            raw = json.dumps(row, default=str)  # dates among others
            try:
                yield _paper_row(paper_from(json.loads(raw), source))
            except RecordError as error:
                reject(Rejected(source, None, "read", str(error), raw))

    return _batches(_with_rejected(papers), PAPERS)


def _of_file(file: str, format: str | None) -> Stage:
    def papers(reject: OnReject) -> Iterator[Row]:
        try:
            yield from map(_paper_row, readers.read(file, format=format, on_reject=reject))
        except InputError as error:
            reject(Rejected(Path(file).name, None, "read", str(error), ""))

    return papers


def _paper_row(paper: Paper) -> Row:
    return {"key": paper.key, "paper": dumps(paper_to_json(paper))}


def extract(batches: Iterable[pa.RecordBatch], model: Path | None) -> Iterator[pa.RecordBatch]:
    """Rows come sorted by key: repeats of a paper stand together, rejected ones have none."""
    rejected: list[Row] = []

    def merged() -> Iterator[Paper]:
        for key, same in groupby(_rows(batches), itemgetter("key")):
            if key is None:
                rejected.extend({"rejected": row["rejected"]} for row in same)
            else:
                yield reduce(merge_papers, (_paper(str(row["paper"])) for row in same))

    def records(reject: OnReject) -> Iterator[Row]:
        # The place within a task says nothing to anybody.
        for paper, extraction in extractor(model).pipe(merged(), lambda found: reject(replace(found, line=None))):
            yield {"key": paper.key, "record": record_line(extraction, paper)}
        yield from rejected

    return _batches(_with_rejected(records), RECORDS)


def _paper(text: str) -> Paper:
    paper, _ = from_record(json.loads(text))
    if paper is None:
        raise RecordError(f"no paper: {text[:60]}")
    return paper


def resolve(batches: Iterable[pa.RecordBatch], corrections: Path | None, cuts: Cuts) -> Iterator[pa.RecordBatch]:
    resolver = _resolver(corrections)
    pending = _rows(batches)
    while chunk := list(islice(pending, CHUNK)):
        found = [_resolved(str(row["record"]), resolver, cuts) for row in chunk if row["record"] is not None]
        good = [one for one in found if not isinstance(one, Rejected)]
        bad = [one.to_json() for one in found if isinstance(one, Rejected)]
        bad += [str(row["rejected"]) for row in chunk if row["rejected"] is not None]
        yield from _batches(_graph_rows(plan([graph for graph, _ in good], {})), ROWS)
        yield _batch([{"table": DROPPED, "dropped": sum(dropped for _, dropped in good)}], ROWS)
        yield _batch([{"table": QUARANTINE, "rejected": line} for line in bad], ROWS)


def _resolved(line: str, resolver: Resolver, cuts: Cuts) -> tuple[PaperGraph, int] | Rejected:
    """The paper's rows, and how many facts were left out."""
    try:
        paper, extraction = parse_record(line)
    except RecordError as error:
        return Rejected("records", None, "read", str(error), line)
    kept, under = cuts(extraction)
    try:
        resolved = resolver.graph(paper, kept, options=cuts.options)
    except RecordError as error:
        return resolve_error(error, paper, extraction)
    return resolved.graph, under + len(resolved.dropped)


def _graph_rows(made: Plan) -> Iterator[Row]:
    permanent = (node for nodes in made.permanent.values() for node in nodes.values())
    for node in (*made.papers, *made.results, *permanent):
        yield {"table": node.label, "id": node.id, **_cells(node)}
    for name, edges in made.edges.items():
        for edge in edges.values():
            yield {"table": name, "startId": edge.start, "endId": edge.end, **_cells(edge)}


def _cells(row: Node | Edge) -> Row:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in row.properties.items()}


def _with_rejected(stage: Stage) -> Iterator[Row]:
    """The stage's rows and, among them, its quarantine lines."""
    held: list[Rejected] = []
    for row in stage(held.append):
        yield from map(_rejected_row, held)
        held.clear()
        yield row
    yield from map(_rejected_row, held)


def _rejected_row(rejected: Rejected) -> Row:
    return {"rejected": rejected.to_json()}


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, JSON]]:
    for batch in batches:
        yield from batch.to_pylist()


def _batches(rows: Iterable[Row], types: Mapping[str, Type]) -> Iterator[pa.RecordBatch]:
    pending = iter(rows)
    while chunk := list(islice(pending, CHUNK)):
        yield _batch(chunk, types)


def _batch(rows: Sequence[Row], types: Mapping[str, Type]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, pa.schema([(name, _ARROW[kind]) for name, kind in types.items()]))
