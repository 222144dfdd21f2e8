"""Opening an input: plain, gzip or Zstandard by content, under caps on size and compression ratio."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from kg.errors import FormatError, InputError, LimitError

MAX_RECORD = 16 * 2**20
"""Bytes of one decompressed record; of a line where the format has lines."""
MAX_RATIO = 200
"""Decompressed to compressed bytes, once more than `MAX_RECORD` have come out. Text reaches 4, dull JSON 50."""
MAX_WINDOW = 64 * 2**20
"""Memory a Zstandard frame may ask for; level 19 needs 8 MiB."""
HEAD = 64 * 2**10
"""Bytes looked at to tell the format."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_OTHER = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip", b"%PDF": "PDF"}


class _Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Input:
    """An open input: `stream` starts at the first byte, `head` is what a look ahead shows."""

    name: str
    """File name without folder and without .gz or .zst; "stdin" for "-"."""
    head: bytes
    stream: BinaryIO


class _Counted(io.RawIOBase):
    """Counts what is read; ends where the file ended when it was opened, for it may be the one we append to."""

    def __init__(self, inner: _Reads, size: int | None) -> None:
        self.inner = inner
        self.left = size
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        size = len(buffer) if self.left is None else min(len(buffer), self.left - self.count)
        data = self.inner.read(size) if size > 0 else b""
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class _Capped(io.RawIOBase):
    """The decompressed bytes; translates the codec's errors and stops a bomb."""

    def __init__(self, name: str, inner: _Reads, compressed: _Counted) -> None:
        self.name = name
        self.inner = inner
        self.compressed = compressed
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        try:
            data = self.inner.read(len(buffer))
        except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile) as error:
            raise FormatError(f"{self.name}: the compressed data is damaged or cut off ({error})") from error
        buffer[: len(data)] = data
        self.count += len(data)
        if self.count > max(MAX_RECORD, MAX_RATIO * self.compressed.count):
            raise LimitError(
                f"{self.name}: grows more than {MAX_RATIO} times when decompressed; unpack it first if you trust it"
            )
        return len(data)


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(raw, HEAD)


@contextmanager
def open_input(source: str | Path) -> Iterator[Input]:
    """Open a file, or standard input for "-".

    Raises
    ------
    InputError
        It cannot be opened.
    FormatError
        The compressed data is damaged, or of a kind that is not read here.
    LimitError
        Later, from `stream`: the ratio passes its cap.
    """
    with ExitStack() as stack:
        if source == "-":
            name, raw, size = "stdin", sys.stdin.buffer, None
        else:
            path = Path(source)
            try:
                raw = stack.enter_context(path.open("rb"))
            except OSError as error:
                raise InputError(f"cannot read {path}: {error.strerror}") from error
            name = path.name.removesuffix(".gz").removesuffix(".zst")
            size = os.fstat(raw.fileno()).st_size if path.is_file() else None
        counted = _Counted(raw, size)
        packed = _buffered(counted)
        magic = packed.peek(8)[:8]
        for start, kind in _OTHER.items():
            if magic.startswith(start):
                raise FormatError(f"{source}: {kind} is not read; give plain text, .gz or .zst")
        stream = packed
        if magic.startswith(_GZIP):
            inner = stack.enter_context(gzip.GzipFile(fileobj=packed))
            stream = _buffered(_Capped(str(source), inner, counted))
        elif magic.startswith(_ZSTD):
            decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
            reader = stack.enter_context(decompressor.stream_reader(packed, read_across_frames=True))
            stream = _buffered(_Capped(str(source), reader, counted))
        yield Input(name, stream.peek(HEAD)[:HEAD], stream)


def lines(source: Input) -> Iterator[tuple[int, str]]:
    """Line numbers from 1 and lines without their ends and without a byte order mark, empty ones too.

    Bytes that are not UTF-8 come as lone surrogates, which no record may hold. Raises LimitError for a
    line over the cap.
    """
    number = 0
    while line := source.stream.readline(MAX_RECORD + 1):
        number += 1
        if len(line) > MAX_RECORD:
            raise LimitError(f"{source.name}, line {number}: longer than {MAX_RECORD // 2**20} MiB")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        yield number, line.decode("utf-8", "surrogateescape").rstrip("\r\n")


def whole(source: Input) -> str:
    """All of the text, for formats of one record. Raises LimitError where it passes the cap of a record."""
    data = source.stream.read(MAX_RECORD + 1)
    if len(data) > MAX_RECORD:
        raise LimitError(f"{source.name}: longer than {MAX_RECORD // 2**20} MiB, which is no single text")
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n")
