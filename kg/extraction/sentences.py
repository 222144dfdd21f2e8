"""Sentence borders: the title is one sentence, then a full stop, "!" or "?" before what looks like a new start."""

import re
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.types import text_of

_ABBREVIATED = re.compile(
    r"e\.g|i\.e|eg|ie|etc|al|vs|cf|figs?|eqs?|sec|tab|refs?|resp|approx|ca|nos?|dr|prof|st|w\.r\.t|a\.k\.a|inc|jr"
)
_END = re.compile(r"""[.!?](?:['"”’)\]}]|\$(?!\w))*(?=\s|[A-Z][a-z]*[\s,-])|\n\s*\n""")
_WORD_BEFORE = re.compile(r"[\w.]+$")
_NEXT = re.compile(r"""\s*(['"“‘(\[{$\\]*)(.)""", re.DOTALL)
_LONGEST = 1000
_BEFORE = 24
"""Characters looked at before a full stop: no abbreviation is longer."""


def sentence_starts(text: str) -> list[int]:
    """Offsets where a sentence begins, 0 first; O(length). The first line break ends the title.

    A stop glued to the next word ("tasks.In this") ends a sentence, one in "e.g. X", "3.5" or "et al." does not; before
    a lower-case word only "!" and "?" do not end either.
    """
    starts = {0}
    title, newline, _ = text.partition("\n")
    if newline:
        starts.add(len(title) + 1)
    starts.update(_first_visible(text, end) for end in _ends(text, len(title) + 1))
    return list(_cut(text, sorted(s for s in starts if s < len(text))))


def _cut(text: str, starts: list[int]) -> Iterator[int]:
    """Borders at blanks inside what is too long for a sentence, so that work on a sentence stays bounded."""
    for start, end in pairwise([*starts, len(text)]):
        border = start
        yield border
        while end - border > _LONGEST:
            blank = text.rfind(" ", border + 1, border + _LONGEST)
            border = blank + 1 if blank > 0 else border + _LONGEST
            yield border


def _ends(text: str, begin: int) -> list[int]:
    found = []
    for match in _END.finditer(text, begin):
        stop, end = match.start(), match.end()
        if text[stop] == "\n":
            found.append(end)
            continue
        after = _NEXT.match(text, end)
        if after is None or after[2].islower():
            continue
        if text[stop] == "." and _is_abbreviation(
            text[max(begin, stop - _BEFORE) : stop], glued=not text[end].isspace()
        ):
            continue
        found.append(end)
    return found


def _is_abbreviation(before: str, *, glued: bool) -> bool:
    word = _WORD_BEFORE.search(before)
    if word is None:
        return False
    last = word[0].lower().strip(".")
    # Glued: "tasks.In" starts a sentence, "U.S" and "v2.X" do not.
    return (
        bool(_ABBREVIATED.fullmatch(last))
        or (len(last) == 1 and last.isalpha())
        or (glued and not word[0][-2:].islower())
    )


def _first_visible(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


@Language.component("kg_sentences", assigns=["token.is_sent_start", "doc.sents"])
def kg_sentences(doc: Doc) -> Doc:
    """Marks sentence starts; a border inside a token or white space moves to the next word. O(n)."""
    borders = deque(sentence_starts(text_of(doc)))
    marks = []
    for token in doc:
        starts = bool(borders) and token.idx >= borders[0] and not (token.i and token.is_space)
        while starts and borders and borders[0] <= token.idx:
            borders.popleft()
        marks.append(1 if starts else -1)
    # Setting token.is_sent_start would look at the whole Doc for every token.
    column = np.array(marks, dtype=np.int64).astype(np.uint64).reshape(-1, 1)  # as the C field, -1 wrapped round
    return doc.from_array(["SENT_START"], column)  # type: ignore[arg-type]
