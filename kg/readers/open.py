"""Opening an input: plain, gzip or Zstandard by content, under caps on size and compression ratio."""

from __future__ import annotations

import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from kg.errors import FormatError, InputError, LimitError

MAX_RECORD = 16 * 2**20
"""Bytes of one decompressed record; of a line where the format has lines."""
MAX_RATIO = 200
"""Decompressed to compressed bytes, once more than `SUSPECT` have come out. Text reaches 4, dull JSON 50."""
SUSPECT = 256 * 2**10
MAX_WINDOW = 64 * 2**20
"""Memory a Zstandard frame may ask for; level 19 needs 8 MiB."""
HEAD = 64 * 2**10
"""Bytes looked at to tell the format."""

_PIECE = 512
"""Compressed bytes unpacked at once: they give 16 MiB at most (Zstandard has blocks of 128 KiB in 4 bytes)."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_OTHER = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip", b"%PDF": "PDF"}


class _Codec(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def _gzip() -> _Codec:
    return zlib.decompressobj(wbits=31)


def _zstd() -> _Codec:
    return zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).decompressobj()


@dataclass(frozen=True, slots=True)
class Input:
    """An open input: `stream` starts at the first byte, `head` is what a look ahead shows."""

    name: str
    """File name without folder and without .gz or .zst; "stdin" for "-"."""
    head: bytes
    stream: BinaryIO


class _Bounded(io.RawIOBase):
    """A file as long as it was when opened: it may be the one that this run appends to."""

    def __init__(self, inner: BinaryIO, size: int | None) -> None:
        self.inner = inner
        self.left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        size = len(buffer) if self.left is None else min(len(buffer), self.left)
        data = self.inner.read(size)
        buffer[: len(data)] = data
        if self.left is not None:
            self.left -= len(data)
        return len(data)


class _Unpacked(io.RawIOBase):
    """The decompressed bytes of all members or frames; notes a cut end and stops a bomb."""

    def __init__(self, name: str, packed: io.BufferedReader, make: Callable[[], _Codec]) -> None:
        self.name = name
        self.packed = packed
        self.make = make
        self.codec: _Codec | None = None
        self.held = b""
        self.taken = self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer) and (self.held or self._more()):
            part = self.held[: len(buffer) - filled]
            buffer[filled : filled + len(part)] = part
            self.held = self.held[len(part) :]
            filled += len(part)
        return filled

    def _more(self) -> bool:
        """Unpack until something comes out; False at the end."""
        while not self.held:
            piece = self.packed.read(_PIECE)
            if not piece and self.codec is not None:
                raise FormatError(f"{self.name}: the compressed data is cut off")
            if not piece:
                return False
            try:
                self.held = self._unpack(piece)
            except (zlib.error, zstandard.ZstdError) as error:
                raise FormatError(f"{self.name}: the compressed data is damaged ({error})") from error
            self.taken += len(piece)
            self.given += len(self.held)
            if self.given > max(SUSPECT, MAX_RATIO * self.taken):
                raise LimitError(
                    f"{self.name}: grows more than {MAX_RATIO} times when decompressed; unpack it first if you trust it"
                )
        return True

    def _unpack(self, piece: bytes) -> bytes:
        parts = []
        while piece:
            if self.codec is None:
                piece = piece.lstrip(b"\0")  # some writers pad with zeros
                self.codec = self.make() if piece else None
            if self.codec is None:
                break
            parts.append(self.codec.decompress(piece))
            piece = b""
            if self.codec.eof:
                piece, self.codec = self.codec.unused_data, None
        return b"".join(parts)


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
        stream = _buffered(_Bounded(raw, size))
        magic = stream.peek(8)[:8]
        for start, kind in _OTHER.items():
            if magic.startswith(start):
                raise FormatError(f"{source}: {kind} is not read; give plain text, .gz or .zst")
        for start, codec in ((_GZIP, _gzip), (_ZSTD, _zstd)):
            if magic.startswith(start):
                stream = _buffered(_Unpacked(str(source), stream, codec))
                break
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
