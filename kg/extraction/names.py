"""Spans that look like names though no table has them, by their shape or their place; and what is no part of a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kg.extraction.gazetteer import Word

_WORD = re.compile(r"[^\W_]+(?:[-–.+@*/&^][^\W_]+)*\+*")
_SHAPE = re.compile(r"[a-zα-ω][A-Z]|[A-Z][A-Z]|[A-Z].*\d|\d.*[A-Z]|\b[A-Z]-[A-Z]|[a-zA-Z]\d|\w\+$|[A-Z][*&^]|@\d")
_TAIL = re.compile(r"[-–](?:[a-z]{3,}\b|to\b|as\b).*|[./](?=[A-Z][a-z]+$).*")
"""What hangs on a name by a hyphen ("-based"), or is the next sentence without a blank."""
_VARIANT = (
    r"(?:alpha|beta|gamma|delta|epsilon|sigma|lambda|tiny|mini|small|base|medium|large|huge|turbo|instruct|chat|lite)\b"
)
_LONG_TAIL = re.compile(rf"[-–](?!{_VARIANT})(?:[a-z]{{3,}}\b|to\b|as\b).*|[./](?=[A-Z][a-z]+$).*")
"""The same, but for what names a variant: "Foo-base"."""
_PARTS = re.compile(r"[^/]+")
_CAPITALISED = re.compile(
    r"(?<![\w+-])[A-Z][\w+-]{0,60}[^\W_](?:\s(?:[A-Z][\w+-]*|\d{1,4}(?:\s?[x×]\s?\d{1,4})?|(?:of|for|and|in|with|from|by|to|via|on|the)(?=\s[A-Z])))*"
)
_INITIAL = re.compile(r"[A-Z][a-z]{2,}")
_SENTENCE_END = frozenset(".!?:")
_PREFIX = re.compile(r"\s*([^:\n]{2,60}?)\s*(?:[:：]\s|\s[–—-]\s)")
_MAX_PREFIX_WORDS = 4
_MAX_LENGTH = 60
"""Characters of a name in one word."""
STOP = frozenset(
    """a an the this that these those our their its his her we they it of for in on at by to from with without into onto
    over under between among through across via and or but nor as than then so such which who whose what when where
    while how why is are was were be been being has have had do does did can could may might will would should must
    not no during toward towards within against according both each every all any some many most more less few
    several other another same own only also even still just very too however moreover thus hence therefore because
    since if whether there here using used use based novel new propose proposed present introduce existing previous
    recent current art first second one two three different various effective efficient simple et al improve
    improving achieve achieving reduce reducing show demonstrate outperform outperforms perform performing require
    requiring enable enabling provide providing including""".split()  # noqa: SIM905
)

_GENERIC = frozenset(
    """dataset datasets benchmark benchmarks corpus corpora algorithm algorithms method methods approach approaches
    framework frameworks task tasks""".split()  # noqa: SIM905
)
"""Written in lower case behind a name they are no part of it."""
_RESOLUTION = r"[\s-]*\(?\d{2,4}\s?\$?(?:x|×|\\times|times)\$?\s?\d{2,4}\$?\)?"
_SPLIT = (
    r"(?i:test(?:[\s-](?:dev|std|clean|other|set))?|val(?:idation)?(?:\s?20\d\d)?(?:\sset)?|dev(?:\sset)?|minival"
    r"|training\sset|leaderboard)"
)
_PART = re.compile(
    rf"(?:{_RESOLUTION}|[\s-]+(?:(?:32|64|128|256|512|1024)(?:px|p)?|{_SPLIT}|data\s?sets?|benchmarks?|corpus|corpora))$"
)


def bare_end(text: str, found: Sequence[Word], first: int, last: int) -> int:
    """End of a run of words without the generic nouns behind it ("FooSet dataset" -> "FooSet")."""
    while last > first and text[found[last].start : found[last].end] in _GENERIC:
        last -= 1
    return found[last].end


@lru_cache(maxsize=10_000)
def base_name(dataset: str) -> str:
    """A data set without resolution and split: "FooSet 256x256", "FooSet test-dev" -> "FooSet"."""
    while (shorter := _PART.sub("", dataset)) != dataset and any(c.isupper() for c in shorter):
        dataset = shorter
    return dataset


def shaped_words(text: str) -> Iterator[tuple[int, int]]:
    """Words such as "FooNet", "BAR", "E-3D" and "Qux-2", without "-based" and the like; of "A1/B2" also the parts."""
    for match in _WORD.finditer(text):
        ordinary = match[0].islower() and match[0].isalpha()
        if ordinary or len(match[0]) > _MAX_LENGTH:
            continue
        yield from _shaped(match[0], match.start())
        if "/" in match[0]:
            for part in _PARTS.finditer(match[0]):
                yield from _shaped(part[0], match.start() + part.start())


def _shaped(word: str, start: int) -> Iterator[tuple[int, int]]:
    for name in dict.fromkeys(tail.sub("", word) for tail in (_TAIL, _LONG_TAIL)):
        if len(name) > 1 and _SHAPE.search(name):
            yield start, start + len(name)


def title_prefix(text: str) -> tuple[int, int] | None:
    """What stands before the colon of a title ("FooNet: better images"), if short."""
    match = _PREFIX.match(text, 0, text.find("\n") + 1 or len(text))
    if match is None or len(match[1].split()) > _MAX_PREFIX_WORDS:
        return None
    return match.span(1)


def capitalised_phrases(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words in the abstract; in a title they say nothing. One word must begin no sentence."""
    abstract = text.find("\n") + 1
    for match in _CAPITALISED.finditer(text, abstract):
        first, _, rest = match[0].partition(" ")
        if not rest:
            before = text[max(abstract, match.start() - 3) : match.start()].rstrip()
            if before and before[-1] not in _SENTENCE_END and _INITIAL.fullmatch(first) and first.lower() not in STOP:
                yield match.span()
            continue
        yield match.span()
        if rest[:1].isupper() and " " in rest and first.lower() in STOP:
            yield match.start() + len(first) + 1, match.end()
