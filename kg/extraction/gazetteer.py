"""Known phrases: a table of surface forms with what curators made of them, found in one pass over a text's words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from kg import data
from kg.records import KINDS, EntityKind
from kg.text import fold, singular

TABLE = "phrases"

Case = Literal["lower", "initial", "shaped"]
CASES: tuple[Case, ...] = ("lower", "initial", "shaped")
Key = tuple[str, ...]

_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
_GAP = re.compile(r"[ \t]*\n?[ \t]*|[ ]?[-‐‑–_][ ]?")
_SHAPED_WORD = re.compile(r"\w[A-Z]|\b[A-Z]\b|\d")
_GLUED = re.compile(r"-?\d|[^\W_]")
_GENERIC = frozenset(
    """dataset benchmark corpus corpora model method score metric framework architecture algorithm network task approach
    value""".split()  # noqa: SIM905
)
_MEASURES = frozenset(("score", "metric", "value"))
_HEAD_COUNT = 3
_ORDINARY_SEEN, _ORDINARY_SHARE = 20, 0.015
"""A phrase that so many papers have and so few curators put down is an ordinary word: no match."""


class Word(NamedTuple):
    """A run of letters, or a number; `key` is folded and in the singular."""

    start: int
    end: int
    key: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Training papers that have a phrase in one case."""

    seen: int = 0
    named: int = 0
    """Those in which it is a named method."""
    kinds: Mapping[EntityKind, int] = field(default_factory=dict)
    """Those in which a curator put it down as that kind."""


NOTHING = Evidence()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one phrase."""

    cases: Mapping[str, Evidence]
    """By case."""
    lists: frozenset[str]
    """Kinds of the public lists of names that have it; "known <kind>" where our own alias table has it."""
    all: Evidence = field(init=False)
    """Over all cases."""

    def __post_init__(self) -> None:
        total: Counter[EntityKind] = Counter()
        for evidence in self.cases.values():
            total.update(evidence.kinds)
        kinds = {kind: total[kind] for kind in KINDS if total[kind]}
        seen, named = (sum(getattr(e, name) for e in self.cases.values()) for name in ("seen", "named"))
        object.__setattr__(self, "all", Evidence(seen, named, kinds))

    @property
    def ordinary(self) -> bool:
        known = sum(self.all.kinds.values())
        return self.all.seen >= _ORDINARY_SEEN and known < _ORDINARY_SHARE * self.all.seen


EMPTY = Entry({}, frozenset())


def words(text: str) -> list[Word]:
    """Letters and digits part: "CIFAR-10", "CIFAR10" and "CIFAR 10" have the same keys."""
    return [Word(m.start(), m.end(), _key(m[0])) for m in _WORD.finditer(text)]


@lru_cache(maxsize=100_000)
def _key(word: str) -> str:
    return singular(word.lower() if word.isascii() else fold(word))


def phrase_key(surface: str) -> Key:
    return tuple(_key(m) for m in _WORD.findall(surface))


def entity_key(key: Sequence[str], generic: frozenset[str] = _GENERIC) -> str:
    """What surface forms of one thing have in common: no blanks, no trailing generic noun ("diffusion model")."""
    end = len(key)
    while end > 1 and key[end - 1] in generic:
        end -= 1
    return "".join(key[:end])


def candidate_key(key: Sequence[str]) -> str:
    """As `entity_key`, but a score is another thing than what it is a score of ("inception score", "inception")."""
    return entity_key(key, _GENERIC - _MEASURES)


def case_of(surface: str) -> Case:
    """`shaped`: a capital that does not begin a word, a lone capital, or a digit; `initial`: capitals at beginnings."""
    if _SHAPED_WORD.search(surface):
        return "shaped"
    return "lower" if surface == surface.lower() else "initial"


def joined(text: str, left: Word, right: Word) -> bool:
    """Whether only a blank, a line break or a hyphen parts two neighbours."""
    between = text[left.end : right.start]
    return between == " " or bool(_GAP.fullmatch(between))


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a span is cut out of no longer name: neither "GPT" of "GPT-4" nor "training" of "pre-training"."""
    if _GLUED.match(text, end):
        return False
    before = text[max(0, start - 2) : start]
    return not before or not (before[-1].isalnum() or (before[-1] == "-" and before[0].isalnum()))


class Gazetteer:
    """Phrases by key. Finding takes O(words) for phrases of bounded length."""

    def __init__(self, entries: Mapping[Key, Entry]) -> None:
        self._entries = entries
        self._names = {key for key, entry in entries.items() if not entry.ordinary}
        self._openings = {key[:length] for key in self._names for length in range(1, len(key) + 1)}
        heads: dict[str, int] = defaultdict(int)
        for key, entry in entries.items():
            if len(key) > 1:
                heads[key[-1]] += sum(entry.all.kinds.values())
        self.heads = frozenset(
            word for word, count in heads.items() if count >= _HEAD_COUNT and len(word) > 2 and word.isalpha()
        )
        """Words that end many phrases: "learning", "segmentation", "accuracy"."""

    @classmethod
    def load(cls, folder: Path | None = None) -> Gazetteer:
        """From the shipped table, or the one in `folder`. Raises ModelError where it is missing or damaged."""
        cases: dict[Key, dict[str, Evidence]] = defaultdict(dict)
        lists: dict[Key, frozenset[str]] = {}
        for row in data.rows(TABLE, folder):
            key = tuple(row["phrase"].split())
            lists[key] = frozenset(filter(None, row["lists"].split(",")))
            if row["case"]:
                kinds = {kind: int(row[kind]) for kind in KINDS if row[kind] != "0"}
                cases[key][row["case"]] = Evidence(int(row["seen"]), int(row["named"]), kinds)
        return cls({key: Entry(cases[key], listed) for key, listed in lists.items()})

    def __iter__(self) -> Iterator[Key]:
        return iter(self._entries)

    def __getitem__(self, key: Key) -> Entry | None:
        return self._entries.get(key)

    def find(self, text: str, found: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """Every match, nested ones too, as first and last word; those of one first word from long to short."""
        for first, word in enumerate(found):
            key: Key = (word.key,)
            last, matches = first, list[int]()
            while key in self._openings:
                if key in self._names and is_whole(text, word.start, found[last].end):
                    matches.append(last)
                if last + 1 == len(found) or not joined(text, found[last], found[last + 1]):
                    break
                last += 1
                key = (*key, found[last].key)
            for end in reversed(matches):
                yield first, end
