"""Word runs that read as a term though no table has them: by the word that ends them, or the one that opens them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.extraction.gazetteer import Gazetteer, Word, joined
from kg.extraction.names import STOP

_NOUN = re.compile(r"(?:tion|sion|ment|ing|ity|ness|ance|ence|sis|er|or|ism|ncy|acy|graphy|logy)$")
"""Endings of words that name a doing, a thing that does it, or a property."""
_PROPERTY = re.compile(r"(?:ness|[a-z]{3}ity|ency|acy)$")
_COUNTS = frozenset(
    """number amount time size rate percentage proportion fraction share cost loss error count length""".split()  # noqa: SIM905
)
_LINKS = frozenset(("of", "for", "to", "with", "from", "about"))
_ARTICLES = frozenset(("the", "a", "an"))
_INNER = frozenset("'’/")
"""What parts two words of one term besides a blank or a hyphen."""
_MAX_UNITS = 4
"""Words of a term, those that hyphens join counted once."""
_MAX_WORDS = 8


class _Runs:
    """A text's words with how far a run of content words goes on from each."""

    def __init__(self, text: str, found: Sequence[Word]) -> None:
        self.low = [text[w.start : w.end].lower() for w in found]
        self.fresh = [False] * len(found)
        """Whether a blank parts a word from the one before."""
        self.reach = list(range(-1, len(found) - 1))
        """Last word of the run; the word before for one that is no content word."""
        self.near = [False] * len(found)
        """Whether a word and the next may be in one term."""
        for i in range(len(found) - 1, -1, -1):
            word = found[i]
            self.fresh[i] = i == 0 or text[word.start - 1].isspace()
            self.near[i] = i + 1 < len(found) and (
                joined(text, word, found[i + 1]) or text[word.end : found[i + 1].start] in _INNER
            )
            if self.low[i] not in STOP or _in_compound(text, word):
                self.reach[i] = max(i, self.reach[i + 1]) if self.near[i] else i

    def after(self, i: int) -> int | None:
        """Last word of the run that follows a word, an article left out; None where none follows or it is too long."""
        if i + 2 < len(self.low) and self.near[i] and self.low[i + 1] in _ARTICLES:
            i += 1
        if i + 1 >= len(self.low) or not self.near[i] or self.reach[i + 1] <= i:
            return None
        last = self.reach[i + 1]
        return last if 1 + sum(self.fresh[i + 2 : last + 1]) <= _MAX_UNITS else None


def _in_compound(text: str, word: Word) -> bool:
    """Whether a function word is a part of "few-shot", "graph-based" or "sim-to-real"; "state-of-the-art" is none."""
    return word.key != "art" and (text[word.end : word.end + 1] == "-" or text[word.start - 1 : word.start] == "-")


def terms(text: str, found: Sequence[Word], gazetteer: Gazetteer) -> Iterator[tuple[int, int, str]]:
    """First word, last word and kind of run. O(words), as runs are bounded.

    "term" ends with a head such as "segmentation", or with a noun by its ending; every length from 2 words up. "pair"
    is a term with one more first word ("image and video synthesis"). "gerund" is a doing and all of what it is done to
    ("restoring old photos"). "of" is a measure or a doing, and all of what it is of ("number of edits"). "property" is
    one word such as "faithfulness", unless it is an ordinary one.
    """
    runs = _Runs(text, found)
    for last, word in enumerate(found):
        if runs.reach[last] < last:
            continue
        if word.key in gazetteer.heads or _NOUN.search(word.key):
            for first in _firsts(runs, last):
                yield first, last, "term"
                if first >= 2 and runs.low[first - 1] in ("and", "or") and _follow(runs, first - 2):
                    yield first - 2, last, "pair"
        if _PROPERTY.search(word.key) and not ((entry := gazetteer[word.key,]) and entry.ordinary):
            yield last, last, "property"
        if runs.low[last].endswith("ing") and (end := runs.after(last)) is not None:
            yield last, end, "gerund"
        if _measures(runs, last, word) and (end := runs.after(last + 1)) is not None:
            yield last, end, "of"


def _measures(runs: _Runs, i: int, word: Word) -> bool:
    """Whether a word opens "number of", "time for" or "restoration of"."""
    if not runs.near[i]:
        return False
    link = runs.low[i + 1]
    return link in _LINKS if word.key in _COUNTS else link == "of" and _NOUN.search(word.key) is not None


def _follow(runs: _Runs, i: int) -> bool:
    """Whether a word is a content word, and nothing parts it from the next two."""
    return runs.reach[i] >= i and runs.near[i] and runs.near[i + 1]


def _firsts(runs: _Runs, last: int) -> Iterator[int]:
    units = 1
    for first in range(last - 1, max(-1, last - _MAX_WORDS), -1):
        units += runs.fresh[first + 1]
        if runs.reach[first] < last or units > _MAX_UNITS:
            return
        yield first
