"""CSV and TSV with a header line: title, abstract and optional columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from kg.errors import FormatError, LimitError
from kg.readers.fields import Collector
from kg.readers.open import MAX_RECORD, Input, lines
from kg.records import JSON, OnReject, Paper


def header_delimiter(line: str) -> str | None:
    """The delimiter that makes the line a header with a column "title" or "abstract"; None where none does."""
    for delimiter in ("\t", ",", ";"):
        names = [name.strip().strip('"').lower() for name in line.removeprefix("\ufeff").split(delimiter)]
        if len(names) > 1 and {"title", "abstract"} & set(names):
            return delimiter
    return None


def read_csv(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper a row; quoted fields may hold line breaks. Columns are parted by commas or semicolons."""
    return _read(source, on_reject, None)


def read_tsv(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper a row, columns parted by tabs."""
    return _read(source, on_reject, "\t")


def _read(source: Input, on_reject: OnReject, delimiter: str | None) -> Iterator[Paper]:
    """Raises FormatError where the first line is no header with a title or abstract column."""
    collector = Collector(source.name, on_reject)
    tape = _Tape(source)
    first = source.head.split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
    found = header_delimiter(first)
    if found is None:
        raise FormatError(f"{source.name}: no column 'title' or 'abstract' in its first line: {first[:80]}")
    csv.field_size_limit(2 * MAX_RECORD)  # the module's own limit is 128 KiB; rows are bounded below
    rows = csv.reader(tape, delimiter=delimiter or found, strict=True)
    try:
        header = next(rows)
    except csv.Error as error:
        raise FormatError(f"{source.name}: its first line is no header: {error}") from error
    while True:
        tape.cut()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            collector.reject(tape.start, f"broken row: {error}", tape.text())
            continue
        if not cells:
            continue
        if len(cells) > len(header):
            reason = f"{len(cells)} cells under {len(header)} columns"
            collector.reject(tape.start, reason, tape.text())
            continue
        row: dict[str, JSON] = dict(zip(header, cells, strict=False))
        paper = collector.row(tape.start, row)
        if paper is not None:
            yield paper


class _Tape:
    """The lines handed to the csv module, which keeps neither the place nor the text of a row."""

    def __init__(self, source: Input) -> None:
        self.name = source.name
        self.lines = lines(source)
        self.taken: list[str] = []
        self.size = 0
        self.number = 0
        self.start = 1

    def __iter__(self) -> _Tape:
        return self

    def __next__(self) -> str:
        self.number, line = next(self.lines)
        self.taken.append(line)
        self.size += len(line)
        if self.size > MAX_RECORD:
            raise LimitError(f"{self.name}, line {self.start}: a row longer than {MAX_RECORD // 2**20} MiB")
        return line + "\n"

    def cut(self) -> None:
        """A new row starts with the next line."""
        self.taken.clear()
        self.size = 0
        self.start = self.number + 1

    def text(self) -> str:
        return "\n".join(self.taken)
