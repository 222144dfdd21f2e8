import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.coreference import aliases, same_things
from kg.records import EntityKind


def groups(kind: EntityKind, *wordings: str) -> list[list[str]]:
    """The wordings, each an entity of its own ("a|b": one with two), by the thing that they mean."""
    roots = same_things(kind, [w.split("|") for w in wordings])
    return [[w for w, root in zip(wordings, roots, strict=True) if root == at] for at in sorted(set(roots))]


@pytest.mark.parametrize(
    ("kind", "wordings"),
    [
        ("method", ["Lazy Tree Filter", "LTF"]),
        ("dataset", ["FBC", "Foo-Bar Corpora"]),
        ("metric", ["quux grid pass rates", "QGPR"]),
        ("method", ["Lazy Tree Filters|other", "more|LTFs"]),
        ("metric", ["AP50", "AP@0.5"]),
        ("task", ["action recognition", "human activity recognition"]),
        ("metric", ["accuracy", "top-1 accuracy"]),
        ("metric", ["pass rate", "pass rate on lazy trees"]),
        ("task", ["tree pruning", "lazy tree pruning"]),
        ("task", ["tree image generation", "generation tree image"]),
        ("task", ["lazy tree detection", "detecting lazy trees"]),
        ("task", ["detection of lazy trees", "detect lazy trees"]),
        ("task", ["tree pruning", "tree crown pruning"]),
        ("task", ["estimating tree heights", "tree height estimation"]),
        ("task", ["lazy tree synthesis", "lazy tree generation"]),
    ],
)
def test_one_thing(kind: EntityKind, wordings: list[str]) -> None:
    assert groups(kind, *wordings) == [wordings]
    assert groups(kind, *wordings[::-1]) == [wordings[::-1]]


@pytest.mark.parametrize(
    ("kind", "wordings"),
    [
        ("method", ["Lazy Tree Filter", "LT"]),
        ("method", ["filter", "f"]),
        ("method", ["tree filter", "lazy tree filter"]),
        ("dataset", ["FooSet", "FooSet Large"]),
        ("metric", ["accuracy", "top-1 accuracy", "top-5 accuracy"]),
        ("metric", ["rate", "pass rate of all lazy trees"]),
        ("metric", ["grid rate", "grid pass rate"]),
        ("task", ["pruning", "big lazy pruning"]),
        ("method", ["lazy tree synthesis", "lazy tree generation"]),
        ("task", ["synthesis", "generation"]),
        ("task", ["lazy tree generation", "lazy tree generalization"]),
        ("task", ["lazy text compression", "lazy text comprehension"]),
        ("metric", ["%", "$"]),
        ("dataset", ["AP50", "AP@0.5"]),
        ("metric", ["QS|quux score", "quux speed"]),
    ],
)
def test_different_things(kind: EntityKind, wordings: list[str]) -> None:
    assert groups(kind, *wordings) == [[w] for w in wordings]


def test_what_is_the_same_as_one_of_two_is_the_same_as_both() -> None:
    assert groups("task", "LTP", "lazy tree pruning", "FID", "tree lazy pruning") == [
        ["LTP", "lazy tree pruning", "tree lazy pruning"],
        ["FID"],
    ]
    # Two longer wordings that are one thing leave no doubt which of them is meant.
    assert groups("metric", "rate", "QGR", "quux grid rate") == [["rate", "QGR", "quux grid rate"]]


def test_nothing() -> None:
    assert same_things("task", []) == []
    assert same_things("task", [[], [""]]) == [0, 1]


def test_the_alias_table_is_read_by_kind() -> None:
    assert aliases()["metric", "ap0.5"] == aliases()["metric", "ap50"] == "AP50"
    assert ("dataset", "ap50") not in aliases()


@given(
    st.sampled_from(["metric", "task"]),
    st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4).map(" ".join), max_size=7, unique=True),
    st.randoms(use_true_random=False),
)
def test_the_order_does_not_matter(kind: EntityKind, wordings: list[str], chance: random.Random) -> None:
    roots = same_things(kind, [[w] for w in wordings])
    assert all(root <= i and roots[root] == root for i, root in enumerate(roots))
    mixed = chance.sample(wordings, len(wordings))
    assert {frozenset(g) for g in groups(kind, *mixed)} == {frozenset(g) for g in groups(kind, *wordings)}


@pytest.mark.parametrize(
    ("coined", "long"),
    [
        ("LarkNet", "lazy ark network"),
        ("QuillFormer", "Quill of Feather"),
        ("W4S", "weak for strong"),
        ("TRex", "Tiny-Rex"),
    ],
)
def test_a_coined_word_is_one_with_the_long_name_that_spells_it(coined: str, long: str) -> None:
    spelled = " " in long
    assert same_things("method", [[coined], [long]], {0, 1}) == [0, 0 if spelled else 1]
    assert same_things("method", [[long], [coined]], {0, 1}) == [0, 0 if spelled else 1]
    assert same_things("method", [[coined], [long]], {0}) == [0, 1]


@pytest.mark.parametrize(
    ("coined", "long"),
    [
        ("LarkNet", "ark lazy network"),
        ("Larknet", "lazy ark network"),
        ("Lark Net", "lazy ark network"),
        ("LN", "- network"),
    ],
)
def test_other_capitals_spell_another_name(coined: str, long: str) -> None:
    assert same_things("method", [[coined], [long]], {0, 1}) == [0, 1]
