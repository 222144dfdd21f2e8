"""Readers: papers from files, folders and standard input, whatever their format.

>>> for paper in merge_repeats(read("pages/monday.txt")):  # doctest: +SKIP
...     print(paper.title)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from kg.errors import InputError, RecordError
from kg.readers.arxiv import read_arxiv
from kg.readers.atom import read_atom
from kg.readers.bibtex import read_bibtex
from kg.readers.detect import FORMATS, detect, known_formats
from kg.readers.json_values import read_json
from kg.readers.jsonl import read_jsonl
from kg.readers.open import Input, open_input
from kg.readers.pages import read_pages
from kg.readers.plain import read_text
from kg.readers.quarantined import read_quarantined
from kg.readers.tables import read_csv, read_tsv
from kg.records import OnReject, Paper, Rejected, merge_papers

__all__ = ["FORMATS", "files", "merge_repeats", "read", "read_all"]

_READERS: Mapping[str, Callable[[Input, OnReject], Iterator[Paper]]] = {
    "pages": read_pages,
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": read_csv,
    "tsv": read_tsv,
    "arxiv": read_arxiv,
    "atom": read_atom,
    "bibtex": read_bibtex,
    "text": read_text,
}


def read(source: str | Path, *, format: str | None = None, on_reject: OnReject | None = None) -> Iterator[Paper]:
    """The papers of a file, a folder or standard input ("-"), in its order, one at a time.

    A folder gives its files sorted by path, those in sub-folders too, hidden ones not. The format is told by content
    unless given (a name of FORMATS). A record that cannot be used goes to `on_reject` and the rest is read.

    Raises
    ------
    InputError
        The source is not there, cannot be read, or is an empty folder; `format` is not a known one.
    FormatError
        A file is nothing known, empty, or damaged; papers before the damage have been given.
    LimitError
        A record, or what a file decompresses to, passes its cap.
    RecordError
        A record cannot be used and there is no `on_reject`.
    """
    if format is not None and format not in FORMATS:
        raise InputError(f"unknown format {format!r}; {known_formats()}")
    handler = _raise if on_reject is None else on_reject
    for file in files(source):
        with open_input(file) as opened:
            yield from _read_input(opened, handler, format)


def read_all(
    sources: Iterable[str | Path], *, format: str | None = None, on_reject: OnReject | None = None
) -> Iterator[Paper]:
    """The papers of all sources, one source after the other. Raises as `read` does."""
    for source in sources:
        yield from read(source, format=format, on_reject=on_reject)


def merge_repeats(papers: Iterable[Paper]) -> Iterator[Paper]:
    """Papers without an id of their own that are the same (by key) as one, at the place of the first.

    Papers with an id pass as they are. They stream until one without an id comes; from there on all input is held, for
    a repeat may stand at its end.
    """
    held: list[Paper] = []
    places: dict[str, int] = {}
    for paper in papers:
        if paper.id:
            if places:
                held.append(paper)
            else:
                yield paper
        elif paper.key in places:
            at = places[paper.key]
            held[at] = merge_papers(held[at], paper)
        else:
            places[paper.key] = len(held)
            held.append(paper)
    yield from held


def _read_input(source: Input, on_reject: OnReject, format: str | None = None) -> Iterator[Paper]:
    chosen = format or detect(source.name, source.head)
    if chosen == "quarantine":
        return read_quarantined(source, on_reject, _read_input)
    return _READERS[chosen](source, on_reject)


def files(source: str | Path) -> Iterator[str | Path]:
    """The files that `read` opens, in its order. Raises InputError for an empty folder."""
    if source == "-" or not Path(source).is_dir():
        yield source
        return
    folder = Path(source)
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not found:
        raise InputError(f"no files in the folder {folder}")
    yield from found


def _raise(rejected: Rejected) -> None:
    place = "" if rejected.line is None else f", line or record {rejected.line}"
    raise RecordError(f"{rejected.source}{place}: {rejected.reason}")
