"""Short forms that a text defines itself, by Schwartz and Hearst.

A. S. Schwartz, M. A. Hearst: A simple algorithm for identifying abbreviation definitions in biomedical text. Pacific
Symposium on Biocomputing 8 (2003), 451-462. Reported there: 96 % precision, 82 % recall. Its limits are kept: the short
form has to stand in brackets right after the long form, or the long one right after the short; every character of the
short form has to occur in the long form in order, the first one at the start of a word. "Twice (2x)", short forms with
letters from elsewhere ("XGBoost") and definitions by "or", "i.e." or a dash are not found.
"""

import re
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc

from kg.extraction.types import Abbreviation, text_of

_BRACKETS = re.compile(r"\(([^()\n]{2,120})\)")
_SHORT = re.compile(r"(?=[^\W_])(?=.*[^\W\d_])\S+(?: \S+)?")
_WORD_BEFORE = re.compile(r"\S+$")
_SEPARATOR = re.compile(r"[,;]|\be\.g|\bi\.e")
_MARKUP = "\"'“”‘’{}$\\*`"
_TWO = re.compile(r"(?<=[A-Za-z])2(?=[A-Za-z])")
_TO = re.compile(r"\bto\b", re.IGNORECASE)
_MAX_SHORT = 10


def find_abbreviations(text: str, begin: int = 0, end: int | None = None) -> Iterator[Abbreviation]:
    """Definitions in one sentence, `text[begin:end]`; O(length) as candidates are bounded."""
    end = len(text) if end is None else end
    for match in _BRACKETS.finditer(text, begin, end):
        found = _long_then_short(text, begin, match) or _short_then_long(text, begin, match)
        if found:
            yield found


def _long_then_short(text: str, begin: int, match: re.Match[str]) -> Abbreviation | None:
    inner = _SEPARATOR.split(match[1])[0]
    start, end = _strip(text, match.start(1), match.start(1) + len(inner))
    short = text[start:end]
    if not _is_short(short):
        return None
    words = min(len(short) + 5, len(short) * 2)
    window = text[max(begin, match.start() - 30 * words) : match.start()]
    tokens = list(re.finditer(r"\S+", window))[-words:]
    if not tokens:
        return None
    offset = match.start() - len(window)
    long = _best_long_form(short, text, *_strip(text, offset + tokens[0].start(), offset + tokens[-1].end()))
    return Abbreviation(start, end, *long) if long else None


def _short_then_long(text: str, begin: int, match: re.Match[str]) -> Abbreviation | None:
    window = text[max(begin, match.start() - 2 * _MAX_SHORT) : match.start()].rstrip()
    word = _WORD_BEFORE.search(window)
    if word is None:
        return None
    offset = max(begin, match.start() - 2 * _MAX_SHORT)
    start, end = _strip(text, offset + word.start(), offset + word.end())
    short = text[start:end]
    long_start, long_end = _strip(text, *match.span(1))
    words = text[long_start:long_end].split()
    if not _is_short(short) or not 2 <= len(words) <= min(len(short) + 5, len(short) * 2):
        return None
    long = _best_long_form(short, text, long_start, long_end)
    # The bracket has to be the long form and nothing else.
    return Abbreviation(start, end, long_start, long_end) if long and long[0] == long_start else None


def _strip(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in _MARKUP):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _MARKUP):
        end -= 1
    return start, end


def _is_short(text: str) -> bool:
    """2 to 10 characters, at most two words, a letter among them, a letter or digit first, and a capital.

    The capital is our addition: without it "(see above)" and "(red)" are candidates.
    """
    return 2 <= len(text) <= _MAX_SHORT and bool(_SHORT.fullmatch(text)) and any(c.isupper() for c in text)


def _best_long_form(short: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """The long form that ends at `end`; in "text-to-image (T2I)" the 2 is "to", our addition."""
    found = _shortest_end(short, text, start, end)
    spelled = _TWO.sub("to", short)
    if found or spelled == short:
        return found
    found = _shortest_end(spelled, text, start, end)
    return found if found and _TO.search(text, *found) else None


def _shortest_end(short: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """The shortest end of `text[start:end]` that holds the short form's characters in order, from right to left."""
    at = end - 1
    for place in range(len(short) - 1, -1, -1):
        wanted = short[place].lower()
        if not wanted.isalnum():
            continue
        first = place == 0
        while at >= start and (text[at].lower() != wanted or (first and at > start and text[at - 1].isalnum())):
            at -= 1
        if at < start:
            return None
        at -= 1
    begin = at + 1
    long = text[begin:end]
    if len(long) <= len(short) or short.lower() in long.lower().split() or "(" in long:
        return None
    return begin, end


@Language.component("kg_abbreviations", requires=["doc.sents"], assigns=["doc._.abbreviations"])
def kg_abbreviations(doc: Doc) -> Doc:
    """Finds the definitions of each sentence."""
    text = text_of(doc)
    doc._.abbreviations = [
        found for sentence in doc.sents for found in find_abbreviations(text, sentence.start_char, sentence.end_char)
    ]
    return doc
