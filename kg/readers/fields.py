"""From loosely typed fields to a Paper: what every structured format shares."""

from __future__ import annotations

import calendar
import datetime
import json
import re
from collections.abc import Callable, Mapping

from kg.errors import RecordError
from kg.records import JSON, OnReject, Paper, Rejected
from kg.text import has_surrogate, person_name

_OTHER_NAMES = {
    "abstract": ("summary",),
    "authors": ("author",),
    "date": ("published", "publication_date"),
    "year": ("publication_year",),
    "arxiv": ("arxiv_id",),
    "url": ("link",),
    "venue": ("journal", "booktitle", "conference"),
}
"""Further column names for a field, in order of preference."""

_LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_MONTHS = [name.lower() for name in calendar.month_abbr[1:]]
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?P<n>[A-Z][a-z]{2,8})\.? (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})\b"),
    re.compile(r"(?:[A-Z][a-z]{2}, )?(?P<d>\d{1,2}) (?P<n>[A-Z][a-z]{2,8})\.?,? (?P<y>\d{4})\b"),
)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|2[01])\d\d(?!\d)")


def paper_from(row: Mapping[str, JSON], source: str) -> Paper:
    """The paper of a JSON object or table row; names of fields in any case, null and "" alike missing.

    Line breaks in the title become blanks; title and abstract lose blanks at their ends and are otherwise untouched.
    A date in words that cannot be read is dropped; one without a year is none.

    Raises
    ------
    RecordError
        Neither title nor abstract, a field of the wrong type, a NUL character or a lone surrogate (which is also what
        bytes that are no UTF-8 were read as).
    """
    fields = {key.strip().lower(): value for key, value in row.items() if value is not None and value != ""}

    def get(name: str) -> JSON:
        return next((fields[n] for n in (name, *_OTHER_NAMES.get(name, ())) if n in fields), None)

    def text(name: str) -> str:
        value = get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise RecordError(f"{name} is {_shown(value)}, not text")
        return value.strip()

    date, date_year = parse_date(text("date"))
    year = _whole(get("year"), "year")
    paper = Paper(
        title=_LINE_BREAK.sub(" ", text("title")),
        abstract=text("abstract"),
        id=_id(get("id")),
        authors=_authors(get("authors")),
        year=date_year if year is None else year,
        date=date,
        doi=_DOI.sub("", text("doi")) or None,
        arxiv=text("arxiv") or None,
        url=text("url") or None,
        source=text("source") or source,
        venue=text("venue") or None,
        upvotes=_whole(get("upvotes"), "upvotes"),
    )
    return checked(paper)


def checked(paper: Paper) -> Paper:
    """The paper itself. Raises RecordError where no store could hold it."""
    if not paper.title and not paper.abstract:
        raise RecordError("neither title nor abstract")
    for name in Paper.__slots__:
        value = getattr(paper, name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and "\0" in text:
                raise RecordError(f"{name} holds a NUL character")
            if isinstance(text, str) and has_surrogate(text):
                raise RecordError(f"{name} holds a lone surrogate or bytes that are not UTF-8")
    return paper


class Collector:
    """Makes papers of one input; what makes none goes to `on_reject` with its place."""

    def __init__(self, source: str, on_reject: OnReject) -> None:
        self.source = source
        self.on_reject = on_reject

    def take(self, line: int | None, raw: str, make: Callable[[], Paper]) -> Paper | None:
        """What `make` returns; None after its RecordError has been handed on with the raw record."""
        try:
            return make()
        except RecordError as error:
            self.reject(line, str(error), raw)
            return None

    def row(self, line: int | None, row: Mapping[str, JSON], raw: str | None = None) -> Paper | None:
        """The paper of a row; `raw` defaults to the row as JSON, which is read again from a quarantine file."""
        return self.take(line, json.dumps(row) if raw is None else raw, lambda: paper_from(row, self.source))

    def reject(self, line: int | None, reason: str, raw: str) -> None:
        self.on_reject(Rejected(self.source, line, "read", reason, raw))


def parse_date(text: str) -> tuple[str | None, int | None]:
    """ISO date and year of "2023-05-22T10:00:00Z", "May 22, 2023" or "Mon, 22 May 2023 10:00:00 GMT".

    A month or year alone gives the year only, as does a day that does not exist; "May 22" gives nothing.
    """
    for pattern in _DATES:
        if match := pattern.match(text):
            parts = match.groupdict()
            name = (parts.get("n") or "").lower()[:3]
            if name and name not in _MONTHS:
                continue
            month = _MONTHS.index(name) + 1 if name else int(parts["m"])
            try:
                day = datetime.date(int(parts["y"]), month, int(parts["d"]))
            except ValueError:
                break
            return day.isoformat(), day.year
    year = _YEAR.search(text)
    return None, int(year.group()) if year else None


def split_authors(text: str) -> list[str]:
    """Names of an author line, parted by ";", by " and " (BibTeX) or by commas, unless these part last from first.

    >>> split_authors("Lee, Ann and Chen, Bo"), split_authors("Ann Lee, Bo Chen, and Cy Diaz")
    (['Lee, Ann', 'Chen, Bo'], ['Ann Lee', 'Bo Chen', 'Cy Diaz'])
    """
    if ";" in text:
        return text.split(";")
    names: list[str] = []
    for part in re.split(r"(?:,\s*|\s+)(?:and|&)\s+|\s+and$", text):
        pieces = [piece.strip() for piece in part.split(",")]
        last_first = len(pieces) == 2 and (" " not in pieces[0] or " " not in pieces[1])
        names += [part] if last_first else pieces
    return names


def _authors(value: JSON) -> tuple[str, ...]:
    names: list[str] = []
    match value:
        case None:
            pass
        case str():
            names = split_authors(value)
        case list():
            for item in value:
                match item:
                    case str(name) | {"name": str(name)}:
                        names.append(name)
                    case _:
                        raise RecordError(f"authors holds {_shown(item)}, not a name")
        case _:
            raise RecordError(f"authors is {_shown(value)}, neither text nor a list")
    return tuple(name for name in map(person_name, names) if name)


def _whole(value: JSON, name: str) -> int | None:
    """A whole number, also as text or as "2021.0", which tables write where a column has gaps."""
    if value is None:
        return None
    if not isinstance(value, bool):
        try:
            number = float(value) if isinstance(value, (int, float, str)) else None
        except (ValueError, OverflowError):
            number = None
        if number is not None and number.is_integer() and 0 <= number < 2**31:
            return int(number)
    raise RecordError(f"{name} is {_shown(value)}, not a whole number")


def _id(value: JSON) -> str:
    if value is None or isinstance(value, str):
        return (value or "").strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise RecordError(f"id is {_shown(value)}, neither text nor a whole number")


def _shown(value: JSON) -> str:
    shown = json.dumps(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
