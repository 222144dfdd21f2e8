"""Features of a candidate mention for a slot of a number (metric, dataset, method, baseline, task), as strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from kg.extraction.context import Sentence, unit_class
from kg.extraction.types import Mention, Number

FAR = 99
"""Distance where there is no result before."""


_BREAKS = frozenset((";", "while", "whereas", "but", "which", "and"))
"""What begins another clause."""
_MARKERS = frozenset(
    """than over from against compared vs versus relative outperforms outperform outperforming surpasses surpass
    surpassing exceeds exceeding beats beating improves improving baseline baselines counterpart on of for with by
    using like including called namely our""".split()  # noqa: SIM905
)
"""Words that say what part a name plays beside a number."""
_LEAD = 6
"""Tokens before a name in which such a word is looked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """The number to be linked: where it stands, what it was taken for, what the number before it was linked to."""

    sentence: Sentence
    at: int
    kind: str
    previous: Mention | None
    """The same slot of the previous result in the sentence."""
    distance_to_previous: int = FAR
    """Tokens from the previous result in the sentence."""

    @property
    def number(self) -> Number:
        return self.sentence.number(self.at)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a candidate stands seen from the number; positions count tokens of the number's sentence."""

    mention: Mention
    first: int
    last: int
    inside: bool
    """In the number's sentence."""
    sentences_before: int
    """How many sentences before the number's (negative: after)."""


def place(mention: Mention, sentence: Sentence, other: int | None = None) -> Place:
    """Place of a mention in the number's sentence, or in the sentence of rank `other`."""
    if other is not None and other != sentence.place:
        return Place(mention, -1, -1, inside=False, sentences_before=sentence.place - other)
    return Place(mention, sentence.at(mention.start), sentence.at(mention.end - 1), inside=True, sentences_before=0)


def relations(target: Target, candidates: Sequence[Place]) -> list[list[str]]:
    """Features of each candidate that say where it stands among the numbers and the other candidates."""
    at = target.at
    unit = unit_class(target.number.unit)
    inside = [c for c in candidates if c.inside]
    left = sorted((c for c in inside if c.first < at), key=lambda c: -c.last)
    right = sorted((c for c in inside if c.first > at), key=lambda c: c.first)
    order = {id(c): (side, i) for side, group in (("L", left), ("R", right)) for i, c in enumerate(group)}
    of_list = listed(target, inside)
    return [_relation(target, c, order.get(id(c)), of_list, unit) for c in candidates]


def _relation(target: Target, c: Place, order: tuple[str, int] | None, of_list: Place | None, unit: str) -> list[str]:
    sentence, at = target.sentence, target.at
    if order is None:
        far = max(-2, min(4, c.sentences_before))
        return ["outside", f"before={far}", *(["again"] if _same(c.mention, target.previous) else [])]
    side, rank = order
    low, high = (c.last + 1, at) if side == "L" else (at + 1, c.first)
    between = sentence.forms(low, high)
    gap = len(between)
    bucket = gap if gap < 4 else 4 + min(5, (gap - 4) // 4)
    numbers = sum(1 for f in between if "#" in f)
    commas = min(3, sum(1 for f in between if f in {",", ";", ":", "(", ")"}))
    rank = min(rank, 3)
    found = [
        f"side={side}",
        f"gap={side}{bucket}",
        f"rank={side}{rank}",
        f"rank={side}{rank}|{unit}|{target.kind}",
        f"rankgap={side}{rank}|{bucket}",
        f"numbers={side}{min(3, numbers)}",
        f"numbers={side}{min(3, numbers)}|{rank}",
        f"commas={side}{commas}",
        f"commas={side}{commas}|{rank}|{min(2, numbers)}",
        f"around={side}|{sentence.forms(c.first - 1, c.first)[0]}",
        f"around2={side}|{sentence.forms(c.last + 1, c.last + 2)[0]}",
        f"beside={side}|{sentence.forms(at - 1, at)[0]}|{sentence.forms(at + 1, at + 2)[0]}",
        f"toward={side}|{between[0] if between else '_'}|{between[-1] if between else '_'}",
        f"lead={side}|{sentence.forms(c.first - 2, c.first - 1)[0]} {sentence.forms(c.first - 1, c.first)[0]}",
    ]
    breaks = [f for f in between if f in _BREAKS]
    marker = next((f for f in sentence.forms(max(0, c.first - _LEAD), c.first)[::-1] if f in _MARKERS), "")
    found += [
        f"break={side}|{breaks[0] if breaks else ''}",
        f"marker={side}|{marker}",
        f"marker={side}|{marker}|{rank}",
        f"marker={side}|{marker}|{target.kind}",
        *(f"passes={side}|{f}" for f in set(between) & _MARKERS),
    ]
    if gap <= 4:
        found.append(f"between={side}|{' '.join(between)}")
        found.append(f"between={side}|{' '.join(between)}|{unit}")
    if _same(c.mention, target.previous):
        found += ["again", f"again|{min(9, target.distance_to_previous) // 2}", f"again|{side}{min(3, numbers)}"]
    if target.previous is not None:
        after = c.mention.start > target.previous.start
        found.append(f"moved={after}|{side}{rank}|{min(9, target.distance_to_previous) // 3}")
    if of_list is not None:
        found += [f"listed={of_list is c}", f"listed={of_list is c}|{sentence.respectively}"]
    return found


def _same(a: Mention, b: Mention | None) -> bool:
    return b is not None and a.start == b.start


def listed(target: Target, inside: Sequence[Place]) -> Place | None:
    """By lists of equal length: the k-th number of "A, B and C" goes with the k-th of "X, Y and Z".

    A range counts once. Two lists of numbers may share the names: "1 and 2, with gains of 3 and 4, on X and Y".
    """
    run = _run(target, target.sentence.numbers)
    if len(run) < 2:
        return None
    ranks = list(accumulate((not _range(target.sentence, a, b) for a, b in pairwise(run)), initial=0))
    k, count = ranks[run.index(target.at)], ranks[-1] + 1
    after = _chain(sorted((c for c in inside if c.first > run[-1]), key=lambda c: c.first))
    before = _chain(sorted((c for c in inside if c.last < run[0]), key=lambda c: -c.last))[::-1]
    shared = (1, 2) if target.sentence.respectively else (1,)
    fitting = (g for n in shared for g in (after, before) if len(g) > 1 and n * len(g) == count)
    return next((group[k % len(group)] for group in fitting), None)


def _range(sentence: Sentence, first: int, second: int) -> bool:
    """Whether two numbers are the ends of one range: "7-9%"."""
    return sentence.forms(first + 1, second) in [["-"], ["–"], ["to"], ["~"], ["∼"]]


def _chain(places: Sequence[Place]) -> list[Place]:
    """The first of the places and those that follow each other with at most three tokens between."""
    chain = list(places[:1])
    for a, b in pairwise(places):
        if max(b.first - a.last, a.first - b.last) > 4:
            break
        chain.append(b)
    return chain


def _run(target: Target, numbers: Sequence[int]) -> list[int]:
    """Numbers of one kind that follow each other with nothing but a few words between."""
    tokens = target.sentence.tokens
    run: list[int] = []
    for i in numbers:
        if run and i - run[-1] > 4:
            if target.at in run:
                break
            run = []
        if tokens[i].form.lstrip("+") == tokens[target.at].form.lstrip("+") or i == target.at:
            run.append(i)
    return run if target.at in run else []
