"""Which format an input has, told by its first bytes."""

from __future__ import annotations

import json
import re

from kg.errors import FormatError
from kg.readers.arxiv import OWN_KEYS
from kg.readers.atom import NAMESPACE
from kg.readers.bibtex import looks_like_bibtex
from kg.readers.pages import looks_like_pages
from kg.readers.tables import header_delimiter

FORMATS = {
    "pages": "saved Daily Papers pages, as text",
    "jsonl": "JSON Lines: title, abstract and optional fields; also records of `kg extract --papers`",
    "json": "a JSON array of such objects",
    "csv": "a table with a header line: title, abstract and optional columns",
    "tsv": "the same, columns parted by tabs",
    "arxiv": "arXiv metadata snapshot (JSON lines)",
    "atom": "Atom XML of the arXiv API",
    "bibtex": "BibTeX with abstracts",
    "text": "plain text of one paper, its first line the title",
    "quarantine": "a quarantine file of kg, repaired or not",
}
"""Every format by name, as `--format` takes it."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def known_formats() -> str:
    """The list that error messages end with."""
    return f"known formats: {', '.join(FORMATS)} (each also as .gz or .zst)"


def detect(source: str, head: bytes) -> str:
    """The format of an input that starts with `head`. Raises FormatError where it is none of FORMATS."""
    if not head.strip():
        raise FormatError(f"{source}: empty; {known_formats()}")
    text = head.decode("utf-8-sig", "surrogateescape").lstrip()
    if text.startswith("{"):
        return _json_lines(text)
    if text.startswith("<") and NAMESPACE not in text:
        raise FormatError(f"{source}: XML or HTML, but no Atom feed; {known_formats()}")
    delimiter = header_delimiter(text.split("\n", 1)[0])
    tests = {
        "json": text.startswith("["),
        "atom": text.startswith("<"),
        "pages": looks_like_pages(text),
        "bibtex": looks_like_bibtex(text),
        "tsv": delimiter == "\t",
        "csv": delimiter is not None,
        "text": _is_text(head),
    }
    found = next((name for name, fits in tests.items() if fits), None)
    if found is None:
        raise FormatError(f"{source}: not a text in UTF-8; {known_formats()}")
    return found


def _json_lines(text: str) -> str:
    """Objects that end with their line are JSON Lines, of the kind that the first readable one shows."""
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            if {"stage", "reason", "record", "sha256"} <= set(row):
                return "quarantine"
            return "arxiv" if {"title", "abstract"} <= set(row) and OWN_KEYS & set(row) else "jsonl"
    return "json" if text.split("\n", 1)[0].strip() in ("{", "") else "jsonl"


def _is_text(head: bytes) -> bool:
    text = head.decode("utf-8", "replace").rstrip("\ufffd")  # the head may end inside a character
    return not _CONTROL.search(text) and "\ufffd" not in text
