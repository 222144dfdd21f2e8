"""What an acronym means in one paper: the table's entity, another one, or an unknown one that papers share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from kg.records import EntityKind
from kg.resolve.tables import Tables, Target, plain_id
from kg.text import fold, name_key, singular, squeeze

NEARLY_EQUAL = 92.0
"""Least `rapidfuzz.fuzz.ratio` of two expansions that differ by endings or a typing error only."""

_PLURAL_MARK = re.compile(r"\((?:s|es)\)")
_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(("the", "a", "an", "of", "for", "and", "in", "on", "with", "from", "to", "by"))
_SAME_WORD = {
    "net": "network",
    "modelling": "modeling",
    "modeling": "model",
    "model": "model",
    "optimisation": "optimization",
}
_SAME_WORD |= {"neighbour": "neighbor", "pretraining": "pretrain", "pretrained": "pretrain"}
_GENERIC = frozenset(
    ("model", "network", "method", "algorithm", "score", "metric", "dataset", "benchmark", "task", "framework")
)


@dataclass(frozen=True, slots=True)
class Identity:
    id: str
    name: str
    """The table's name; where there is none, what the paper calls it."""


def identify(tables: Tables, kind: EntityKind, name: str, abbreviations: Sequence[tuple[str, str]]) -> Identity:
    """Identity of a name in a paper that defines these (short form, long form) pairs.

    A short form is, in this order, what the table knows its long form as; the table's own entity where the long forms
    agree or the table has none; an entity of its own, "acronym (expansion)", where they disagree. Unknown acronyms go
    by themselves, so all papers share one node. A long form that the table lacks is what its short form is there,
    where the long forms agree.
    """
    key = name_key(name)
    target = tables.find(kind, name)
    longs = [long for short, long in abbreviations if name_key(short) == key and key not in _WORD.findall(fold(long))]
    if longs:
        known = next((t for t in (tables.find(kind, _without_article(long)) for long in longs) if t), None)
        if known is not None:
            return Identity(known.id, known.name)
        if target is not None and not _agrees(target, name, longs):
            other = f"{squeeze(name)} ({squeeze(longs[0])})"
            return Identity(plain_id(kind, other), other)
    elif target is None:
        shorts = [(short, long) for short, long in abbreviations if name_key(long) == key]
        for short, long in shorts:
            known = tables.find(kind, short)
            if known is not None and long_forms(known, short) and _agrees(known, short, [long]):
                return Identity(known.id, known.name)
    if target is not None:
        return Identity(target.id, target.name)
    return Identity(plain_id(kind, name), squeeze(name))


def long_forms(target: Target, short: str) -> list[str]:
    """What the table says that this short form of the target stands for; none where it does not say."""
    return [*target.expansions, *(n for n in (target.name, *target.aliases) if could_expand(short, n))]


def could_expand(short: str, long: str) -> bool:
    """Whether the short form's letters come in this order in the long form's two or more words, the first one first.

    The test of Schwartz & Hearst (2003), read forwards; a long form that holds the short form itself is none.
    """
    letters, words = name_key(short), _WORD.findall(fold(long))
    joined = "".join(words)
    if len(words) < 2 or len(letters) < 2 or joined[0] != letters[0]:
        return False
    if letters in words or (len(letters) > 3 and letters in joined):
        return False
    rest = iter(joined)
    return all(letter in rest for letter in letters)


def same_expansion(a: str, b: str) -> bool:
    """Whether two long forms of one acronym mean the same.

    Case, accents, hyphens, plurals, articles and generic last words do not count ("Fréchet Inception Distances",
    "the Frechet inception distance score"); the words of one may be among the other's; endings may differ a little.
    """
    first, second = _words(a), _words(b)
    if not first or not second:
        return False
    one, two = "".join(first), "".join(second)
    return one == two or set(first) <= set(second) or set(second) <= set(first) or fuzz.ratio(one, two) >= NEARLY_EQUAL


def _agrees(target: Target, short: str, longs: Sequence[str]) -> bool:
    known = long_forms(target, short)
    return not known or any(same_expansion(k, long) for k in known for long in longs)


def _words(text: str) -> list[str]:
    plain = _PLURAL_MARK.sub("", fold(text))
    words = [singular(w) for w in _WORD.findall(plain) if w not in _SMALL]
    words = [_SAME_WORD.get(w, w) for w in words]
    while len(words) > 1 and words[-1] in _GENERIC:
        words.pop()
    return words


def _without_article(text: str) -> str:
    first, _, rest = squeeze(text).partition(" ")
    return rest if rest and first.lower() in {"the", "a", "an"} else text
