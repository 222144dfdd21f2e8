import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.abbreviations import find_abbreviations


def pairs(text: str) -> list[tuple[str, str]]:
    return [(text[a.short_start : a.short_end], text[a.long_start : a.long_end]) for a in find_abbreviations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We use a Lazy Tree Filter (LTF) here.", [("LTF", "Lazy Tree Filter")]),
        ("With graph neural networks (GNNs) we", [("GNNs", "graph neural networks")]),
        ("LTF (Lazy Tree Filter) is small.", [("LTF", "Lazy Tree Filter")]),
        ("the Quick-Step-Search (QSS, ours) wins", [("QSS", "Quick-Step-Search")]),
        (r"a \textbf{Lazy Filter} ($LF$)", [("LF", "Lazy Filter")]),
        ("a Rope-to-Knot (R2K) map", [("R2K", "Rope-to-Knot")]),
        (
            "A mean of Mixtures of Ropes (MoR) and Bags of Knots (BoK)",
            [("MoR", "Mixtures of Ropes"), ("BoK", "Bags of Knots")],
        ),
    ],
)
def test_both_orders(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "it is better (see above) than before",
        "a gain (2x) in speed",
        "the first one (ABC)",
        "a rope on the knot (R2K)",
        "boosted trees (XGBoost)",  # a limit of the method: the X is nowhere in the long form
        "Lazy Filter, or LF, is",  # another: no brackets
        "()",
        "(LF)",
        "unrelated words LTF (some other text)",
    ],
)
def test_no_definition(text: str) -> None:
    assert pairs(text) == []


def test_first_letter_starts_a_word() -> None:
    assert pairs("an unlazy tree (LT)") == []


@given(st.text(alphabet="aAbB ().,-\n", max_size=60))
def test_spans_are_in_the_text_and_do_not_overlap(text: str) -> None:
    for a in find_abbreviations(text):
        assert 0 <= a.short_start < a.short_end <= len(text)
        assert 0 <= a.long_start < a.long_end <= len(text)
        assert a.short_end <= a.long_start or a.long_end <= a.short_start
        short = text[a.short_start : a.short_end].lower()
        letters = iter(text[a.long_start : a.long_end].lower())
        assert all(c in letters for c in short if c.isalnum())
