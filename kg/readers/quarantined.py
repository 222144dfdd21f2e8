"""Quarantine files: each record is read again by the reader that its text asks for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

from kg.errors import FormatError, LimitError, RecordError
from kg.quarantine import parse_rejected
from kg.readers.fields import Collector
from kg.readers.open import HEAD, Input, lines
from kg.records import OnReject, Paper, Rejected

ReadInput = Callable[[Input, OnReject], Iterator[Paper]]


def read_quarantined(source: Input, on_reject: OnReject, read_input: ReadInput) -> Iterator[Paper]:
    """The papers of repaired records, with their first source; what is still broken keeps its first place."""
    collector = Collector(source.name, on_reject)
    for number, line in lines(source):
        if line.strip():
            try:
                rejected = parse_rejected(line)
            except RecordError as error:
                collector.reject(number, str(error), line)
                continue
            yield from _again(rejected, on_reject, read_input)


def _again(rejected: Rejected, on_reject: OnReject, read_input: ReadInput) -> Iterator[Paper]:
    def still(again: Rejected) -> None:
        on_reject(replace(again, source=rejected.source, line=rejected.line))

    data = rejected.record.encode("utf-8", "surrogateescape" if _escaped(rejected.record) else "surrogatepass")
    try:
        yield from read_input(Input(rejected.source, data[:HEAD], io.BytesIO(data)), still)
    except (FormatError, LimitError) as error:
        on_reject(replace(rejected, stage="read", reason=str(error)))


def _escaped(text: str) -> bool:
    """Whether every surrogate stands for a byte that was not UTF-8."""
    return all("\udc80" <= c <= "\udcff" for c in text if "\ud800" <= c <= "\udfff")
