"""Saved Daily Papers pages: what a browser gives as the text of a page that lists papers.

Three layouts occur: title and abstract line after line, the same with blank lines between, and with lines below each
entry that count authors and give a date ("• 7 authors", "·", "Dec 9, 2025 12"). Where those lines are missing nothing
marks the start of an entry, so titles are told from paragraphs by their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kg.errors import LimitError
from kg.readers.fields import Collector
from kg.readers.open import MAX_RECORD, Input, lines
from kg.records import JSON, OnReject, Paper

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAY = re.compile(rf"(?P<date>{_MONTH} \d{{1,2}}(?:, \d{{4}})?)(?:\s+(?P<votes>\d+))?")
_AUTHORS = re.compile(r"[•·]?\s*\d+ authors?")
_NEWSLETTER = re.compile(r"Get trending papers in your email inbox\b.{0,20}")
_BYLINE = re.compile(r"by\s*AK and the research community")
_HEADER = (_NEWSLETTER, re.compile("Subscribe"), re.compile("Daily Papers"), _BYLINE)

_LONGEST_TITLE = 300
_LINK = re.compile(r"https?://|www\.|\b(?:github|gitlab)\.(?:com|io)/")
_BULLET = re.compile(r"[-•*]\s|\(\w{1,3}\)\s|\d+[.)]\s")
_CLAUSE_END = re.compile(r"[.:;,…][\"'”’)\]]*$")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")

Line = tuple[int, str]


def looks_like_pages(head: str) -> bool:
    """Whether the start of a text is that of a saved page."""
    first = [line.strip() for line in head.splitlines()]
    if any(_NEWSLETTER.fullmatch(line) or _BYLINE.fullmatch(line) for line in first[:30]):
        return True
    return any(_AUTHORS.fullmatch(a) and b == "·" for a, b in pairwise(first))


def read_pages(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """The entries of a page (or of several, one after the other) in its order, repeated ones too.

    Papers have no id; their source is the file's name. Paragraphs of an abstract are joined by a line break.
    """
    collector = Collector(source.name, on_reject)
    for page in _pages(source):
        for entry in _entries(_without_header(page)):
            row: dict[str, JSON] = {"title": entry.title, "abstract": "\n".join(entry.paragraphs)}
            row |= {"date": entry.date, "upvotes": entry.votes}
            paper = collector.row(entry.line, {key: value for key, value in row.items() if value is not None})
            if paper is not None:
                yield paper


def _pages(source: Input) -> Iterator[list[Line]]:
    """The lines of each page, stripped, none empty; a page starts at the newsletter line or the "new" before it."""
    page: list[Line] = []
    size = 0
    for number, line in lines(source):
        text = line.strip()
        if _NEWSLETTER.fullmatch(text) and any(not _is_header(t) and t != "new" for _, t in page):
            start = len(page) - (page[-1][1] == "new")
            yield page[:start]
            page, size = page[start:], 0
        if text:
            page.append((number, text))
            size += len(text)
        if size > MAX_RECORD:
            raise LimitError(f"{source.name}, line {number}: a page longer than {MAX_RECORD // 2**20} MiB")
    yield page


def _is_header(line: str) -> bool:
    return any(pattern.fullmatch(line) for pattern in _HEADER)


def _without_header(page: list[Line]) -> list[Line]:
    """The lines after the head: "new", newsletter, "Subscribe" (or what it is glued to), headings, the day."""
    at = 0
    seen: set[str] = set()
    while at < len(page):
        line = page[at][1]
        opens = line == "new" and not seen and at + 1 < len(page) and _is_header(page[at + 1][1])
        if not opens and (line in seen or not _is_header(line)):
            break
        seen.add(line)
        at += 1
    rest = page[at:]
    if rest and seen - {"new"} and _DAY.fullmatch(rest[0][1]):
        return rest[1:]
    if rest and any(map(_NEWSLETTER.fullmatch, seen)) and "Subscribe" not in seen:
        number, line = rest[0]
        return [(number, line.removeprefix("Subscribe").lstrip()), *rest[1:]]
    return rest


@dataclass(slots=True)
class _Entry:
    line: int
    title: str
    paragraphs: list[str] = field(default_factory=list)
    date: str | None = None
    votes: int | None = None


def _entries(page: list[Line]) -> Iterator[_Entry]:
    """The entries of a page: where it has closing lines these alone part them, else the form of a title does."""
    if any(_is_closing(page, at) for at in range(len(page))):
        yield from _closed_entries(page)
        return
    entry: _Entry | None = None
    for number, line in page:
        if entry is not None and not _is_title(line):
            entry.paragraphs.append(line)
            continue
        if entry is not None:
            yield entry
        entry = _Entry(number, line)
    if entry is not None:
        yield entry


def _closed_entries(page: list[Line]) -> Iterator[_Entry]:
    """Title, paragraphs, closing lines. Votes stand below the date, or above the title if they do so at the start."""
    votes_first = _is_vote(page, 0)
    entry: _Entry | None = None
    votes: int | None = None
    between = True
    for at, (number, line) in enumerate(page):
        if entry is not None and _is_closing(page, at):
            between = True
        elif between and entry is not None and entry.date is None and (day := _DAY.fullmatch(line)):
            entry.date = day["date"]
            entry.votes = int(day["votes"]) if day["votes"] and not votes_first else entry.votes
        elif between and votes_first and _is_vote(page, at):
            votes = int(line)
        elif between and entry is not None and entry.votes is None and _is_vote(page, at):
            entry.votes = int(line)
        elif between or entry is None:
            if entry is not None:
                yield entry
            entry, votes, between = _Entry(number, line, votes=votes), None, False
        else:
            entry.paragraphs.append(line)
    if entry is not None:
        yield entry


def _is_closing(page: list[Line], at: int) -> bool:
    """A line that counts authors, or the point between it and the date."""
    line, following = (page[n][1] if n < len(page) else "" for n in (at, at + 1))
    return line == "·" or bool(_AUTHORS.fullmatch(line) and (line[0] in "•·" or following == "·"))


def _is_vote(page: list[Line], at: int) -> bool:
    """A bare number that is not the title of the paragraph below it."""
    if not page[at][1].isdecimal():
        return False
    following = page[at + 1][1] if at + 1 < len(page) else ""
    return _is_title(following) and not _is_closing(page, at + 1)


def _is_title(line: str) -> bool:
    """Short, no link, no list item, and not ending like a clause unless Its Words Are Capitalised."""
    if len(line) > _LONGEST_TITLE or _LINK.search(line) or _BULLET.match(line):
        return False
    words = _LONG_WORD.findall(line)
    capitalised = sum(word[0].isupper() for word in words)
    return not _CLAUSE_END.search(line) or (line.endswith(".") and len(words) > 1 and capitalised >= 0.7 * len(words))
