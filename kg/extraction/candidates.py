"""Candidates: every span that may be an entity, those of one key together, with what speaks for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.extraction import names
from kg.extraction.gazetteer import Gazetteer, Key, Word, case_of, entity_key, is_whole, words
from kg.extraction.types import Abbreviation


@dataclass(slots=True)
class Candidate:
    """Spans of one key in one paper; single words shaped like a name are apart from those that are not."""

    id: str
    """The entity key."""
    key: Key
    """Words of the first span."""
    spans: dict[tuple[int, int], None] = field(default_factory=dict)
    """In text order once all are found."""
    sources: set[str] = field(default_factory=set)
    long_form: str = ""
    """Of a short form that the paper defines: the last word of what it stands for."""
    defined: bool = False
    """It is the long form of one."""


def find_candidates(text: str, gazetteer: Gazetteer, abbreviations: list[Abbreviation]) -> list[Candidate]:
    """All candidates of a text by their first span. O(length)."""
    found = words(text)
    starts, ends = [w.start for w in found], [w.end for w in found]

    def key_of(start: int, end: int) -> Key:
        return tuple(w.key for w in found[bisect_left(starts, start) : bisect_right(ends, end)])

    by_id: dict[tuple[str, bool], Candidate] = {}
    for start, end, source in _spans(text, found, gazetteer, abbreviations):
        key = key_of(start, end)
        if not any(word.isalpha() for word in key):
            continue
        name = entity_key(key)
        # "GLUE" is not "glue": a single word is judged apart where it is shaped like a name.
        group = (name, len(key) == 1 and case_of(text[start:end]) == "shaped")
        candidate = by_id.get(group) or by_id.setdefault(group, Candidate(name, key))
        candidate.spans[start, end] = None
        candidate.sources.add(source)
    for candidate in by_id.values():
        candidate.spans = dict.fromkeys(sorted(candidate.spans))
    for a in abbreviations:
        short, long = key_of(a.short_start, a.short_end), key_of(a.long_start, a.long_end)
        for shaped in (True, False):
            if (known := by_id.get((entity_key(short), shaped))) and long:
                known.long_form = long[-1]
            if known := by_id.get((entity_key(long), shaped)):
                known.defined = True
    return sorted(by_id.values(), key=lambda c: (*next(iter(c.spans)), c.id))


def _spans(
    text: str, found: list[Word], gazetteer: Gazetteer, abbreviations: list[Abbreviation]
) -> Iterator[tuple[int, int, str]]:
    for first, last in gazetteer.find(text, found):
        yield found[first].start, found[last].end, "gazetteer"
    for first, last in names.terms(text, found, gazetteer):
        start, end = found[first].start, found[last].end
        if is_whole(text, start, end):
            yield start, end, "term"
    for start, end in names.shaped_words(text):
        yield start, end, "shape"
    for start, end in names.capitalised_phrases(text):
        yield start, end, "capitals"
    if prefix := names.title_prefix(text):
        yield *prefix, "title"
    for a in abbreviations:
        yield a.short_start, a.short_end, "short"
        yield a.long_start, a.long_end, "long"
