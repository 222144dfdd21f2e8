"""What stands around a number: sentences as short token lists, in which a number or a mention is one token."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from kg.extraction.types import Mention, Number, text_of

_WORD = re.compile(r"\\?[A-Za-z]+(?:[-'’][A-Za-z]+)*|\d[\d.,]*|[^\sA-Za-z\d${}\\_]")
_LATEX = re.compile(r"\\(?:text|math|bf|it|em|sim|approx|times|rm|sc)\w*")


@dataclass(frozen=True, slots=True)
class Token:
    """`form` is the lower-case word, "#" with the unit class for a number ("+#%"), "<kind>" for a mention."""

    start: int
    end: int
    form: str
    number: Number | None = None
    mention: Mention | None = None


@dataclass(slots=True)
class Sentence:
    """One sentence of a Doc; `place` is its rank and `count` the number of sentences, the title being 0."""

    start: int
    end: int
    place: int
    count: int
    tokens: list[Token]
    numbers: list[int] = field(default_factory=list)
    """Positions of its numbers in `tokens`."""
    mentions: list[int] = field(default_factory=list)
    """Positions of its mentions in `tokens`."""

    def at(self, start: int) -> int:
        """Position of the token that covers or precedes an offset."""
        return max(0, bisect_right(self.tokens, start, key=lambda t: t.start) - 1)

    @property
    def respectively(self) -> bool:
        """Whether it says that its lists go together member by member."""
        return any(token.form == "respectively" for token in self.tokens)

    def position(self, number: Number) -> int:
        """Position of one of its numbers. Raises ValueError for another's."""
        for i in self.numbers:
            if self.tokens[i].start == number.start:
                return i
        raise ValueError(f"no number at {number.start}")

    def number(self, at: int) -> Number:
        """The number at one of the positions in `numbers`. Raises ValueError for another position."""
        number = self.tokens[at].number
        if number is None:
            raise ValueError(f"token {at} is no number")
        return number

    def forms(self, start: int, end: int) -> list[str]:
        """Forms of tokens[start:end]; what lies outside the sentence is "^"."""
        return [self.tokens[i].form if 0 <= i < len(self.tokens) else "^" for i in range(start, end)]


def unit_class(unit: str) -> str:
    """One of "%", "x", "points", "" and "u" for every unit of measure."""
    return unit if unit in {"%", "x", "points", ""} else "u"


def sentences(doc: Doc) -> list[Sentence]:
    """The sentences of a Doc that hold text, with numbers and mentions as tokens. O(n).

    Words are tokens only where the sentence has a number: nobody asks for the others.
    """
    text = text_of(doc)
    spans = [(s.start_char, s.end_char) for s in doc.sents]
    numbers: Sequence[Number] = doc._.numbers
    mentions: Sequence[Mention] = doc._.mentions
    found, n, m = [], 0, 0
    for place, (start, end) in enumerate(spans):
        inside: list[Token] = []
        while n < len(numbers) and numbers[n].start < end:
            number = numbers[n]
            sign = "+" if text[number.start] == "+" else ""
            inside.append(Token(number.start, number.end, f"{sign}#{unit_class(number.unit)}", number=number))
            n += 1
        while m < len(mentions) and mentions[m].start < end:
            mention = mentions[m]
            inside.append(Token(mention.start, mention.end, f"<{mention.kind}>", mention=mention))
            m += 1
        found.append(_sentence(text, (start, end), (place, len(spans)), inside))
    return found


def _sentence(text: str, span: tuple[int, int], rank: tuple[int, int], inside: list[Token]) -> Sentence:
    start, end = span
    inside.sort(key=lambda t: (t.start, t.number is None))
    numeric = any(t.number is not None for t in inside)
    tokens: list[Token] = []
    at = start
    for token in inside:
        if token.number is not None and token.start < at and tokens[-1].mention is not None:
            continue  # "COCO 2017": part of a name
        tokens.extend(_words(text, at, token.start) if numeric else ())
        tokens.append(token)
        at = max(at, token.end)
    tokens.extend(_words(text, at, end) if numeric else ())
    tokens.sort(key=lambda t: t.start)
    sentence = Sentence(start, end, *rank, tokens)
    sentence.numbers = [i for i, t in enumerate(tokens) if t.number is not None]
    sentence.mentions = [i for i, t in enumerate(tokens) if t.mention is not None]
    return sentence


def _words(text: str, start: int, end: int) -> list[Token]:
    return [
        Token(m.start(), m.end(), m.group().lower())
        for m in _WORD.finditer(text, start, max(start, end))
        if not _LATEX.fullmatch(m.group())
    ]
