"""Files of records, one JSON object a line, with a digest that tells whether a record was edited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from kg.errors import InputError, RecordError
from kg.quarantine import parse_rejected
from kg.readers.open import lines, open_input
from kg.record_json import dumps, from_record, to_record
from kg.records import JSON, Extraction, OnReject, Paper, Rejected
from kg.text import has_surrogate

DIGEST = "digest"


def record_line(extraction: Extraction, paper: Paper) -> str:
    """A record with its paper, as `read_records` takes it back."""
    return dumps({**to_record(extraction, paper), DIGEST: _digest(extraction)})


def read_records(
    sources: Sequence[str | Path], *, on_reject: OnReject | None = None
) -> Iterator[tuple[Paper, Extraction]]:
    """Papers with extractions from JSON Lines files, .gz and .zst too, or "-".

    An extraction that was edited since the extractor made it (its digest differs or is missing) gets a signature of
    its own, so that the graph takes it for new. A line that is no record goes to `on_reject`; without one RecordError
    is raised. The lines of a quarantine file stand for the records they hold.
    """
    for source in sources:
        with open_input(source) as opened:
            for number, line in lines(opened):
                if not line.strip():
                    continue
                again = _from_quarantine(line)
                try:
                    yield parse_record(again.record if again else line)
                except RecordError as error:
                    if on_reject is None:
                        raise RecordError(f"{source}, line {number}: {error}") from error
                    place = (again.source, again.line) if again else (str(source), number)
                    on_reject(Rejected(*place, "read", str(error), again.record if again else line))


def _from_quarantine(line: str) -> Rejected | None:
    """A line of a quarantine file, whose record is tried again; None for any other line."""
    if '"record"' not in line or '"stage"' not in line:  # far faster than parsing every line twice
        return None
    try:
        return parse_rejected(line)
    except RecordError:
        return None


def raw_records(source: str | Path) -> Iterator[tuple[int, dict[str, JSON]]]:
    """Records as they stand in a file of JSON Lines, with their line numbers: scoring takes more than the graph would.

    Raises InputError where a line is no JSON object.
    """
    with open_input(source) as opened:
        for number, line in lines(opened):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError(f"{source}, line {number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise InputError(f"{source}, line {number}: a record is a JSON object")
            yield number, row


def parse_record(line: str) -> tuple[Paper, Extraction]:
    """Raises RecordError where the line is no record, or one without the paper's text."""
    try:
        row: JSON = json.loads(line)
    except RecursionError as error:
        raise RecordError("not a record: JSON nested too deeply") from error
    except ValueError as error:
        raise RecordError(f"not JSON: {error}") from error
    for name in ("title", "abstract"):  # the key of a paper is a hash of its text where it has no title
        if isinstance(row, dict) and isinstance(text := row.get(name), str) and has_surrogate(text):
            raise RecordError(f"{name} holds a lone surrogate, which UTF-8 cannot carry; repair the file's encoding")
    paper, extraction = from_record(row)
    if paper is None:
        raise RecordError("the record has no title and no abstract; make it with `kg extract --papers`")
    digest = _digest(extraction)
    if not isinstance(row, dict) or row.get(DIGEST) != digest:
        extraction = replace(extraction, extractor=f"{extraction.extractor}+{digest}")
    return paper, extraction


def _digest(extraction: Extraction) -> str:
    """Of the facts alone."""
    facts = dumps(to_record(replace(extraction, id="", extractor="")))
    return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:16]
