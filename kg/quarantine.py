"""The quarantine file: one JSON line a record that could not be used, with its place, stage and reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal

from typing_extensions import Self

from kg.errors import InputError, RecordError
from kg.records import Rejected

_STAGES: dict[str, Literal["read", "extract", "resolve", "write"]]
_STAGES = {"read": "read", "extract": "extract", "resolve": "resolve", "write": "write"}


class Quarantine:
    """Appends rejected records to a file, which is made when the first one comes; counts them by stage and reason.

    An instance is an OnReject handler. Every line is out of the process when the call returns, in one write in append
    mode, so that several processes may share the file.

    >>> with Quarantine("quarantine.jsonl") as quarantine:  # doctest: +SKIP
    ...     papers = list(read("papers.jsonl", on_reject=quarantine))
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.counts: Counter[tuple[str, str]] = Counter()
        self._file: BinaryIO | None = None

    def __call__(self, rejected: Rejected) -> None:
        """Raises InputError where the file cannot be written."""
        try:
            if self._file is None:
                self._file = self._open()
            self._file.write(rejected.to_json().encode("ascii") + b"\n")
        except OSError as error:
            raise InputError(f"cannot write the quarantine file {self.path}: {error.strerror}") from error
        self.counts[rejected.stage, rejected.reason] += 1

    @property
    def total(self) -> int:
        """How many records this instance took."""
        return self.counts.total()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> BinaryIO:
        cut = self.path.exists() and not _ends_with_newline(self.path)
        file = self.path.open("ab", buffering=0)
        if cut:  # a process was killed inside a line: keep the next one apart
            file.write(b"\n")
        return file


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 1))
        return file.read() in (b"", b"\n")


def read_quarantine(path: str | Path) -> Iterator[Rejected]:
    """The records of a quarantine file in order. Raises InputError with the line for anything else."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    try:
                        yield parse_rejected(line)
                    except RecordError as error:
                        raise InputError(f"{path}, line {number}: {error}") from error
    except OSError as error:
        raise InputError(f"cannot read the quarantine file {path}: {error.strerror}") from error


def parse_rejected(line: str) -> Rejected:
    """One line of a quarantine file. Its sha256 is that of the record before any repair and is not compared.

    Raises RecordError where the line is no such object.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not JSON: {error}") from error
    match row:
        case {"source": str(source), "line": int() | None as at, "stage": str(stage), "reason": str(reason)} if (
            isinstance(record := row.get("record"), str) and stage in _STAGES
        ):
            return Rejected(source, at, _STAGES[stage], reason, record)
    raise RecordError("not a quarantine line: it needs source, line, stage, reason and record")
