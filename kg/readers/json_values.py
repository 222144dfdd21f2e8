"""A JSON array of objects, or objects one after the other over any number of lines, read piece by piece.

The standard decoder does it: the streaming parsers at hand replace lone surrogates silently, and stop at one bad byte.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from functools import partial

from kg.errors import FormatError, LimitError
from kg.readers.fields import Collector, paper_from
from kg.readers.jsonl import as_object
from kg.readers.open import HEAD, MAX_RECORD, Input
from kg.records import JSON, OnReject, Paper

_BLANKS = re.compile(r"[\s\ufeff]*")
_SEPARATORS = re.compile(r"[\s\ufeff,]*")


def read_json(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper an object; the place of a rejected one is its ordinal.

    Raises FormatError where the JSON breaks off or is no JSON: the next object cannot be found again.
    """
    collector = Collector(source.name, on_reject)
    for ordinal, (raw, value) in enumerate(_values(source), 1):
        paper = collector.take(ordinal, raw, partial(_paper, value, source.name))
        if paper is not None:
            yield paper


def _paper(value: JSON, name: str) -> Paper:
    return paper_from(as_object(value), name)


def _values(source: Input) -> Iterator[tuple[str, JSON]]:
    """The members of the top array with their text, or the values one after the other; holds one value and a block."""
    buffer = _Buffer(source)
    in_array = buffer.next(_BLANKS) == "["
    buffer.at += in_array
    count = 0
    while char := buffer.next(_SEPARATORS):
        if in_array and char == "]":
            buffer.at += 1
            if buffer.next(_BLANKS):
                raise FormatError(f"{source.name}: more text after the end of the JSON array")
            return
        try:
            value = buffer.value()
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).split(": line")[0]
            raise FormatError(f"{source.name}: the JSON breaks after record {count}: {reason}") from error
        yield value
        count += 1
    if in_array:
        raise FormatError(f"{source.name}: the JSON array breaks off after record {count}")


class _Buffer:
    """Text not yet used; grows by doubling, so that a long value is not decoded again and again."""

    def __init__(self, source: Input) -> None:
        self.source = source
        self.decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self.text = ""
        self.at = 0

    def next(self, skipped: re.Pattern[str]) -> str:
        """The character after what is skipped; "" at the end."""
        while True:
            match = skipped.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def value(self) -> tuple[str, JSON]:
        """The JSON value that starts here, with its text. Raises ValueError or RecursionError where none does."""
        while True:
            try:
                value, end = json.JSONDecoder().raw_decode(self.text, self.at)
            except ValueError:
                if not self._more():
                    raise
                continue
            length = end - self.at
            if end < len(self.text) or not self._more():  # a number may go on in the next block
                raw = self.text[self.at : self.at + length]
                self.at += length
                return raw, value

    def _more(self) -> bool:
        """Read on; False at the end. Raises LimitError where what is held passes the cap of a record."""
        held = self.text[self.at :]
        if len(held) > MAX_RECORD:
            raise LimitError(f"{self.source.name}: a JSON value longer than {MAX_RECORD // 2**20} MiB")
        block = self.source.stream.read(max(HEAD, len(held)))
        self.text = held + self.decode(block, not block)
        self.at = 0
        return bool(block)
