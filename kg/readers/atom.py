"""Atom XML as the arXiv API returns it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse, tostring

from kg.errors import FormatError, LimitError
from kg.readers.arxiv import fields_of, unwrap
from kg.readers.fields import Collector, paper_from
from kg.readers.open import Input
from kg.records import JSON, OnReject, Paper

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://www.w3.org/2005/Atom"
_ATOM = f"{{{NAMESPACE}}}"
MAX_ENTRY, MAX_ELEMENTS = 4 * 2**20, 200_000
"""Bytes and elements of one entry, which takes far more room in memory; an author has two or three elements."""
_ARXIV = "{http://arxiv.org/schemas/atom}"


def read_atom(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper an entry, in flat memory; the place of a rejected one is its ordinal.

    Raises FormatError for broken XML and for XML with entities or a DTD, which a feed has no use for.
    """
    collector = Collector(source.name, on_reject)
    budget = _Budget(source)
    ordinal = elements = 0
    try:
        root = None
        for event, element in iterparse(budget, events=("start", "end"), forbid_dtd=True):
            if root is None:
                root = element
            elements += event == "start"
            if elements > MAX_ELEMENTS:
                raise LimitError(f"{source.name}: an entry of more than {MAX_ELEMENTS} elements")
            if event == "end" and element.tag == f"{_ATOM}entry":
                ordinal += 1
                raw = tostring(element, "unicode")
                paper = collector.take(ordinal, raw, partial(_paper, element, source.name))
                if paper is not None:
                    yield paper
                root.clear()
                budget.left = MAX_ENTRY
                elements = 0
    except ParseError as error:
        raise FormatError(f"{source.name}: broken XML after entry {ordinal}: {error}") from error
    except DefusedXmlException as error:
        raise FormatError(f"{source.name}: XML with a DTD or entities is refused: {type(error).__name__}") from error


class _Budget:
    """The stream, cut off where one entry takes more bytes than a record may."""

    def __init__(self, source: Input) -> None:
        self.source = source
        self.left = MAX_ENTRY

    def read(self, size: int = -1, /) -> bytes:
        if self.left < 0:
            raise LimitError(f"{self.source.name}: an entry longer than {MAX_ENTRY // 2**20} MiB")
        data = self.source.stream.read(size)
        self.left -= len(data)
        return data


def _paper(entry: Element, source: str) -> Paper:
    def text(tag: str) -> str:
        return (entry.findtext(tag) or "").strip()

    row: dict[str, JSON] = {"id": text(f"{_ATOM}id")}
    prefix, found, arxiv_id = text(f"{_ATOM}id").partition("arxiv.org/abs/")
    if found and prefix.startswith("http"):
        row |= fields_of(arxiv_id)
    else:
        link = entry.find(f"{_ATOM}link")
        row["url"] = None if link is None else link.get("href")
    row |= {
        "title": text(f"{_ATOM}title"),
        "abstract": unwrap(text(f"{_ATOM}summary")),
        "authors": [name.text.strip() for name in entry.iterfind(f"{_ATOM}author/{_ATOM}name") if name.text],
        "date": text(f"{_ATOM}published"),
        "doi": text(f"{_ARXIV}doi"),
        "venue": text(f"{_ARXIV}journal_ref"),
    }
    return paper_from(row, source)
