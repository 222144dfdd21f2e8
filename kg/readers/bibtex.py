"""BibTeX with abstracts, entry by entry.

The parsers on PyPI hold the whole file and give up an entry, or a file, at an "@word" or a missing comma inside it;
the grammar that is needed here is small.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from functools import partial

from kg.errors import LimitError, RecordError
from kg.readers.fields import Collector, paper_from
from kg.readers.latex import plain
from kg.readers.open import MAX_RECORD, Input, lines
from kg.records import JSON, OnReject, Paper
from kg.text import squeeze

_START = re.compile(r"\s*@\s*(?P<type>[A-Za-z]+)\s*\{")
_HEAD = re.compile(r"\s*@\s*[A-Za-z]+\s*\{\s*(?P<key>[^\s,{}=\"]*)\s*,")
_NAME = re.compile(r"[\s,]*(?P<name>[A-Za-z][\w:.+/-]*)\s*=\s*")
_WORD = re.compile(r"[^\s,{}\"#=]+")
_JOIN = re.compile(r"\s*#\s*")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_AND = re.compile(r"\s+and\s+(?![^{]*\})")
"""Parts names, but not within braces."""

_MACROS = {name[:3].lower(): name for name in calendar.month_name[1:]}


def looks_like_bibtex(head: str) -> bool:
    """Whether an entry starts at a line before any other text than comments."""
    for line in head.splitlines():
        if line.strip() and not line.lstrip().startswith("%"):
            return bool(_START.match(line))
    return False


def read_bibtex(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper an entry, its id the citation key. Text between entries, @comment and @preamble are skipped."""
    collector = Collector(source.name, on_reject)
    macros = dict(_MACROS)
    for number, block in _blocks(source):
        kind = _START.match(block)
        word = kind["type"].lower() if kind else ""
        if word in ("comment", "preamble"):
            continue
        if word == "string":
            try:
                macros |= dict(_fields(block, block.index("{") + 1, macros))
            except RecordError as error:
                collector.reject(number, str(error), block)
            continue
        paper = collector.take(number, block, partial(_paper, block, macros, source.name))
        if paper is not None:
            yield paper


def _blocks(source: Input) -> Iterator[tuple[int, str]]:
    """Entries as text with their first line. One whose braces never close ends where a line starts the next entry."""
    block: list[str] = []
    start = depth = size = 0
    for number, line in lines(source):
        if _START.match(line) and (not block or _HEAD.match(line)):
            if block:
                yield start, "\n".join(block)
            block, start, depth, size = [], number, 0, 0
        elif not block:
            continue
        block.append(line)
        size += len(line)
        if size > MAX_RECORD:
            raise LimitError(f"{source.name}, line {start}: an entry longer than {MAX_RECORD // 2**20} MiB")
        depth += sum({"{": 1, "}": -1}.get(token, 0) for token in _BRACES.findall(line))
        if depth <= 0:
            yield start, "\n".join(block)
            block = []
    if block:
        yield start, "\n".join(block)


def _paper(block: str, macros: dict[str, str], source: str) -> Paper:
    head = _HEAD.match(block)
    if head is None:
        raise RecordError("broken BibTeX entry: no citation key before the first comma")
    fields = {name: squeeze(value) for name, value in _fields(block, head.end(), macros)}
    year = re.search(r"\b[12]\d{3}\b", fields.get("year", ""))
    row: dict[str, JSON] = {"id": head["key"], "authors": _people(fields.get("author", ""))}
    row |= {name: plain(fields.get(name, "")) for name in ("title", "abstract", "date")}
    row |= {name: fields.get(name) for name in ("doi", "url")}
    row["venue"] = plain(fields.get("journal") or fields.get("journaltitle") or fields.get("booktitle") or "")
    row["year"] = year.group() if year else None
    if (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower() == "arxiv":
        row["arxiv"] = fields.get("eprint")
    return paper_from(row, source)


def _fields(block: str, at: int, macros: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Names in lower case and values of `name = value # value, ...`; raises RecordError where the text is none."""
    while block[at:].strip(", \t\n") not in ("", "}"):
        name = _NAME.match(block, at)
        if name is None:
            raise RecordError(f"broken BibTeX entry: no field at {squeeze(block[at : at + 40])!r}")
        value, at = _value(block, name.end(), macros)
        while join := _JOIN.match(block, at):
            more, at = _value(block, join.end(), macros)
            value += more
        yield name["name"].lower(), value


def _value(block: str, at: int, macros: dict[str, str]) -> tuple[str, int]:
    """A braced or quoted text, a number or a macro, and where it ends."""
    opener = block[at : at + 1]
    if opener not in ("{", '"'):
        word = _WORD.match(block, at)
        if word is None:
            raise RecordError(f"broken BibTeX entry: no value at {squeeze(block[at : at + 40])!r}")
        return macros.get(word.group().lower(), word.group()), word.end()
    depth = 0
    for token in re.compile(r"\\.|[{}\"]", re.DOTALL).finditer(block, at + 1):
        char = token.group()
        if depth == 0 and char == ("}" if opener == "{" else '"'):
            return block[at + 1 : token.start()], token.end()
        depth += {"{": 1, "}": -1}.get(char, 0)
    raise RecordError(f"broken BibTeX entry: no end of the value at {squeeze(block[at : at + 40])!r}")


def _people(text: str) -> list[JSON]:
    names: list[JSON] = []
    for written in _AND.split(text):
        parts = [part.strip() for part in plain(written).split(",")]
        if parts == ["others"]:
            continue
        names.append(f"{parts[2]} {parts[0]} {parts[1]}" if len(parts) == 3 else ", ".join(parts))
    return names
