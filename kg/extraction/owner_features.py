"""Features of whose result a number is, as strings: the paper's own, its baselines' or another system's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extraction.context import Sentence

_TURNS = frozenset(
    """vs versus than to from over against compared into while whereas but only
    however""".split()  # noqa: SIM905
)
"""Words at which a sentence turns from one side's number to the other's."""
_OURS = frozenset(("our", "ours", "we", "this"))
_THEIRS = frozenset(
    """existing current previous prior popular standard conventional traditional human humans original baseline
    baselines state-of-the-art sota common typical typically recent benchmarking evaluating fail fails still struggle
    struggles remains even best""".split()  # noqa: SIM905
)
_NEAR = 12
"""Tokens from the number in which a method or a word is looked for."""


def features(sentence: Sentence, at: int, every: Sequence[Sentence]) -> list[str]:
    """Features of the number at a position of the sentence, given all sentences of the paper; each once."""
    roles = {role for other in every for i in other.mentions if (role := _role(other, i, "method"))}
    data = {role for other in every for i in other.mentions if (role := _role(other, i, "dataset"))}
    paper = f"{'proposed' in roles}|{'introduced' in data}"
    forms = {token.form for token in sentence.tokens}
    found = [
        f"paper={paper}",
        f"paper={paper}|{bool(forms & _OURS)}",
        *(f"theirs={form}" for form in sorted(forms & _THEIRS)),
        *_turns(sentence, at),
        *_beside(sentence, at, paper),
    ]
    return list(dict.fromkeys(found))


def _role(sentence: Sentence, i: int, kind: str) -> str:
    mention = sentence.tokens[i].mention
    return mention.source.split(":")[1] if mention is not None and mention.source.startswith(f"{kind}:") else ""


def _turns(sentence: Sentence, at: int) -> Iterator[str]:
    """What the sentence turns on between this number and its neighbours."""
    place = sentence.numbers.index(at)
    unit = sentence.tokens[at].form
    for side, k, step in (("before", place - 1, -1), ("after", place + 1, 1)):
        if not 0 <= k < len(sentence.numbers):
            yield f"{side} none|{len(sentence.numbers) > 1}"
            continue
        other = sentence.numbers[k]
        between = sentence.forms(min(at, other) + 1, max(at, other))
        turn = next((form for form in between[::step] if form in _TURNS), "")
        alike = sentence.tokens[other].form == unit
        yield f"{side}:{turn}|{alike}"
        yield f"{side}:{turn}|{alike}|{min(len(between), 12) // 4}"
    lead = sentence.forms(max(0, at - 6), at)
    yield from (f"lead={form}" for form in lead if form in _TURNS | _OURS | _THEIRS)


def _beside(sentence: Sentence, at: int, paper: str) -> Iterator[str]:
    """Role of the nearest method on either side, and which of them is nearer."""
    methods = [i for i in sentence.mentions if _role(sentence, i, "method") and abs(i - at) <= _NEAR]
    for side, places in (("L", [i for i in methods if i < at][::-1]), ("R", [i for i in methods if i > at])):
        role = _role(sentence, places[0], "method") if places else "none"
        yield f"role{side}={role}"
        yield f"role{side}={role}|{abs(places[0] - at) // 4 if places else ''}|{paper}"
    nearest = min(methods, key=lambda i: abs(i - at), default=None)
    if nearest is not None:
        before = sentence.forms(nearest - 1, nearest)[0]
        yield f"nearest={_role(sentence, nearest, 'method')}|{before if before in _TURNS else ''}"
