"""Which wordings in one paper mean the same thing, beyond plural, hyphen and the abbreviations that the paper defines.

How often each rule holds for two wordings that both stand in an abstract was counted in the annotated training papers:
acronym of the initials 99 % (982 pairs), alias table 100 % (897), a metric that begins or ends as another does 89 %
(327), a task with one word more at an end 74 % (417). Counted in what models found in papers that they had not seen: a
task with one word more inside 83 % (41), the same words in another order or form 100 % (17), a coined word that spells
a long name, both proposed, 83 % (30).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence, Set
from functools import lru_cache
from itertools import combinations, permutations

from kg import data
from kg.extraction.gazetteer import Key, entity_key, phrase_key
from kg.records import KINDS, EntityKind

_SYNONYMS = {"synthesis": "generation", "synthesizing": "generating"}
_LINKS = frozenset(("of", "for", "in", "the"))
_LEAST_INITIALS = 2
_BETWEEN_WORDS = re.compile(r"[\s/–-]+")


@lru_cache(maxsize=1)
def aliases() -> dict[tuple[EntityKind, str], str]:
    """Name by kind and entity key of every wording in the shipped alias table."""
    kinds = {str(kind): kind for kind in KINDS}
    return {
        (kinds[row["kind"]], entity_key(phrase_key(surface))): row["name"]
        for row in data.rows("aliases")
        for surface in (row["name"], *row["aliases"].split("|"), *row["expansions"].split("|"))
        if surface
    }


def same_things(kind: EntityKind, wordings: Sequence[Iterable[str]], proposed: Set[int] = frozenset()) -> list[int]:
    """For each entity, given by its wordings, the first entity that is the same. O(n²) for n entities of a kind.

    Of two that the paper itself proposes one may be a word made of the other's letters ("FooBar" of "Foo of Bars").
    """
    keys = [frozenset(phrase_key(w) for w in found) - {()} for found in wordings]
    root = list(range(len(keys)))

    def join(a: int, b: int) -> None:
        a, b = sorted((_root(root, a), _root(root, b)))
        root[b] = a

    for a, b in combinations(range(len(keys)), 2):
        if any(_same(kind, x, y) for x in keys[a] for y in keys[b]):
            join(a, b)
    for a, b in permutations(sorted(proposed), 2):
        if any(_spells(x, y) for x in wordings[a] for y in wordings[b]):
            join(a, b)
    spelled = {x for found in keys for x in found if any(_is_acronym(x, y) for y in found)}
    for a, b in combinations(range(len(keys)), 2):
        if any(_initials(x, y, spelled) for x in keys[a] for y in keys[b]):
            join(a, b)
    if kind in {"metric", "task"}:
        for short, long in _longer(kind, keys, root).items():
            if len(long) == 1:  # "accuracy" beside "top-1 accuracy" and "top-5 accuracy" is a third thing
                join(short, *long)
    return [_root(root, i) for i in range(len(root))]


def _root(root: Sequence[int], i: int) -> int:
    while root[i] != i:
        i = root[i]
    return i


def _same(kind: EntityKind, a: Key, b: Key) -> bool:
    known = aliases()
    name = known.get((kind, entity_key(a)))
    if name is not None and name == known.get((kind, entity_key(b))):
        return True
    if kind != "task" or len(a) == 1:
        return False
    first, second = _unordered(a), _unordered(b)
    return 0 < len(first) == len(second) and all(map(_one_word, first, second))


def _initials(a: Key, b: Key, spelled: Container[Key]) -> bool:
    """Whether one is the acronym of the other; what a paper spells out itself ("inception score (IS)") stands for
    nothing else ("inference speed").
    """
    return (_is_acronym(a, b) and a not in spelled) or (_is_acronym(b, a) and b not in spelled)


def _is_acronym(short: Key, long: Key) -> bool:
    return len(short) == 1 and len(long) >= _LEAST_INITIALS and short[0] == "".join(word[0] for word in long)


def _spells(coined: str, long: str) -> bool:
    """Whether the capitals of a word begin words of a long name, in this order and the first with the first."""
    capitals = [c for c in coined if c.isupper()]
    words = _BETWEEN_WORDS.split(long)
    if " " in coined or len(capitals) < _LEAST_INITIALS or " " not in long or not words[0]:
        return False
    initials = iter([word[:1].upper() for word in words])
    return capitals[0] == words[0][0].upper() and all(c in initials for c in capitals)


def _unordered(key: Key) -> list[str]:
    return sorted(_SYNONYMS.get(word, word) for word in key if word not in _LINKS)


def _one_word(a: str, b: str) -> bool:
    """Whether two words are forms of one: "detecting" and "detection", but not "generation" and "generalization"."""
    shared = max(5, min(len(a), len(b)) - 3)
    return a[:shared] == b[:shared]


def _longer(kind: EntityKind, keys: Sequence[frozenset[Key]], root: Sequence[int]) -> Mapping[int, set[int]]:
    """Of each entity those that its wording begins or ends."""
    found: dict[int, set[int]] = defaultdict(set)
    for a, short in enumerate(keys):
        for b, long in enumerate(keys):
            if _root(root, a) != _root(root, b) and any(_within(kind, x, y) for x in short for y in long):
                found[a].add(_root(root, b))
    return found


def _within(kind: EntityKind, short: Key, long: Key) -> bool:
    more = len(long) - len(short)
    if kind == "task":
        return more == 1 and any(short == long[:i] + long[i + 1 :] for i in range(len(long)))
    return 0 < more <= 3 and short in {long[: len(short)], long[-len(short) :]}
