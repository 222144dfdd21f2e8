"""Candidates: every span that may be an entity, those of one key together, with what speaks for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.extraction import names
from kg.extraction.gazetteer import Gazetteer, Key, Word, candidate_key, case_of, is_whole, words
from kg.extraction.terms import terms
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
    twins: list[Candidate] = field(default_factory=list, repr=False)
    """Of a short form its long form, and the other way round."""


def find_candidates(text: str, gazetteer: Gazetteer, abbreviations: list[Abbreviation]) -> list[Candidate]:
    """All candidates of a text by their first span; none runs from the title into the abstract. O(length)."""
    found = words(text)
    title = text.find("\n")
    starts, ends, keys = [w.start for w in found], [w.end for w in found], [w.key for w in found]

    def key_of(start: int, end: int) -> Key:
        end = start + len(names.base_name(text[start:end]))
        return tuple(keys[bisect_left(starts, start) : bisect_right(ends, end)])

    by_id: dict[tuple[str, bool], Candidate] = {}
    for start, end, source in _spans(text, found, gazetteer, abbreviations):
        key = key_of(start, end)
        if start < title < end or not any(word.isalpha() for word in key):
            continue
        name = candidate_key(key)
        # "GLUE" is not "glue": a single word is judged apart where it is shaped like a name.
        group = (name, len(key) == 1 and case_of(text[start:end]) == "shaped")
        candidate = by_id.get(group) or by_id.setdefault(group, Candidate(name, key))
        candidate.spans[start, end] = None
        candidate.sources.add(source)
    for candidate in by_id.values():
        candidate.spans = dict.fromkeys(_outermost(candidate.spans))
    for a in abbreviations:
        short, long = key_of(a.short_start, a.short_end), key_of(a.long_start, a.long_end)
        shorts, longs = ([c for s in (True, False) if (c := by_id.get((candidate_key(k), s)))] for k in (short, long))
        for one in shorts:
            one.long_form = long[-1] if long else ""
            one.twins += longs
        for one in longs:
            one.defined = True
            one.twins += shorts
    return sorted(by_id.values(), key=lambda c: (*next(iter(c.spans)), c.id))


def _outermost(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """By start, without those inside another: "FooSet" of "FooSet 256x256". O(n log n)."""
    reached = -1
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > reached:
            reached = end
            yield start, end


def _spans(
    text: str, found: list[Word], gazetteer: Gazetteer, abbreviations: list[Abbreviation]
) -> Iterator[tuple[int, int, str]]:
    for first, last in gazetteer.find(text, found):
        yield found[first].start, names.bare_end(text, found, first, last), "gazetteer"
    for first, last, source in terms(text, found, gazetteer):
        start, end = found[first].start, names.bare_end(text, found, first, last)
        if is_whole(text, start, end):
            yield start, end, source
    for start, end in names.shaped_words(text):
        yield start, end, "shape"
    for start, end in names.capitalised_phrases(text):
        yield start, end, "capitals"
    if prefix := names.title_prefix(text):
        yield *prefix, "title"
    for a in abbreviations:
        yield a.short_start, a.short_end, "short"
        yield a.long_start, a.long_end, "long"
