"""Annotated papers, as the trainers see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import InputError, RecordError
from kg.extraction.gazetteer import candidate_key, phrase_key
from kg.extraction.names import base_name
from kg.matching import Record
from kg.record_files import raw_records
from kg.record_json import LISTS, ROLES, from_record
from kg.records import JSON, EntityKind, Paper, Result
from kg.train.standoff import filled, papers_by_id


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """An entity as a curator put it down."""

    kind: EntityKind
    surfaces: tuple[str, ...]
    """Name and mentions."""
    role: str | None
    named: bool | None

    @property
    def keys(self) -> set[str]:
        """Keys of the candidates that mean it."""
        return {candidate_key(phrase_key(base_name(s))) for s in self.surfaces} - {""}


@dataclass(frozen=True, slots=True)
class AnnotatedPaper:
    """A paper with what a curator put down for it."""

    paper: Paper
    entities: tuple[GoldEntity, ...]
    results: tuple[Result, ...] = ()
    record: Record = field(default_factory=dict, compare=False)
    """As it was read, with the paper's words where it has offsets."""

    @property
    def text(self) -> str:
        return self.paper.text


def records_in(file: Path) -> Iterator[Record]:
    """Records of JSON Lines as they stand. Raises InputError where a line is no JSON object."""
    return (row for _, row in raw_records(file))


def read_papers(records: Path, papers: Path) -> Iterator[AnnotatedPaper]:
    """The papers that have a record, in the order of the records, which may have offsets for words (kg.train.standoff).

    Raises InputError where a record is not in the record format, or has no paper of its id.
    """
    known = papers_by_id(papers)
    for number, record in raw_records(records):
        try:
            yield _annotated(record, known)
        except RecordError as error:  # noqa: PERF203 - names the line
            raise InputError(f"{records}, line {number}: {error}") from error


def _annotated(record: dict[str, JSON], known: Mapping[str, Paper]) -> AnnotatedPaper:
    """Raises RecordError; a curator says what a record of `kg extract` may leave out."""
    paper = known.get(str(record.get("id")))
    if paper:
        record = {key: filled(value, paper.text) for key, value in record.items()}
    _, found = from_record(record)
    missing = [key for key in (*LISTS.values(), "results") if key not in record]
    if missing:
        raise RecordError(f"record: {missing[0]!r} is missing")
    if paper is None:
        raise RecordError(f"no paper has the id {found.id!r}")
    entities = (*found.methods, *found.datasets, *found.metrics, *found.tasks)
    for entity in entities:
        if entity.kind in ROLES and entity.role is None:
            raise RecordError(f"{entity.kind} {entity.name!r}: 'role' is missing")
    return AnnotatedPaper(
        paper,
        tuple(GoldEntity(e.kind, (e.name, *e.mentions), e.role, e.named) for e in entities),
        found.results,
        record,
    )
