"""The arXiv metadata snapshot: JSON lines with id, title, abstract, authors_parsed, versions and more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.errors import RecordError
from kg.readers.fields import paper_from
from kg.readers.jsonl import read_objects
from kg.readers.latex import accents
from kg.readers.open import Input
from kg.records import JSON, OnReject, Paper
from kg.text import squeeze

OWN_KEYS = {"authors_parsed", "versions", "update_date", "journal-ref"}
"""Keys that tell a snapshot from other JSON lines."""

_PARAGRAPH = re.compile(r"\n[ \t]+|\n\s*\n")
_VERSION = re.compile(r"v\d+$")
_AFFILIATION = re.compile(r"\s*\([^()]*\)")


def read_arxiv(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """A paper a line. The date is that of the first version, else of the last update."""
    return read_objects(source, on_reject, _paper)


def unwrap(text: str) -> str:
    """arXiv's hard-wrapped text as one line a paragraph: an indented line starts a paragraph there."""
    return "\n".join(p for p in map(squeeze, _PARAGRAPH.split(text.strip())) if p)


def fields_of(arxiv_id: str) -> dict[str, JSON]:
    """id, arxiv and url of an arXiv identifier, without its version."""
    bare = _VERSION.sub("", arxiv_id)
    return {"id": bare, "arxiv": bare, "url": f"https://arxiv.org/abs/{bare}"} if bare else {}


def _paper(obj: Mapping[str, JSON], source: str) -> Paper:
    row = dict(obj)
    match obj.get("id"):
        case str(arxiv_id):
            row |= fields_of(arxiv_id.strip())
        case other if other is not None:
            raise RecordError(f"id is {other!r}, not an arXiv identifier in quotes")
    if isinstance(abstract := obj.get("abstract"), str):
        row["abstract"] = unwrap(abstract)
    row["authors"] = _authors(obj)
    row["venue"] = obj.get("journal-ref")
    row["date"] = _date(obj)
    return paper_from(row, source)


def _date(obj: Mapping[str, JSON]) -> JSON:
    match obj.get("versions"):
        case [{"created": str(created)}, *_]:
            return created
    return obj.get("update_date")


def _authors(obj: Mapping[str, JSON]) -> JSON:
    """Names from the parsed list (last, first, suffix), else the author line without affiliations."""
    parsed = obj.get("authors_parsed")
    if parsed is None:
        line = obj.get("authors")
        return accents(_AFFILIATION.sub("", squeeze(line))) if isinstance(line, str) else line
    names: list[JSON] = []
    for name in parsed if isinstance(parsed, list) else [parsed]:
        match name:
            case [str(last), str(first), *rest]:
                suffix = [part for part in rest if isinstance(part, str)][:1]
                names.append(accents(squeeze(" ".join([first, last, *suffix]))))
            case _:
                raise RecordError("authors_parsed is not a list of [last, first, suffix]")
    return names
