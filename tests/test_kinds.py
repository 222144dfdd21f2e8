"""Of which kind a result is as the words beside it say."""

import pytest
from bracketed import bracketed

from kg.extraction.kinds import kind_beside
from kg.extraction.types import Number


def kind(sentence: str, unit: str = "%") -> str | None:
    """As `kind_beside` says of the number between brackets."""
    text, span = bracketed(sentence)
    return kind_beside(text, Number(*span, 1.0, unit))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("LarkNet is [25%] faster.", "change"),
        ("LarkNet is [70%] to 175% slower.", "change"),
        ("with [12%] absolute improvement", "change"),
        ("a gain of about [5.1%] on birds", "change"),
        ("The share of hits rises ([33%] → 83%).", "absolute"),
        ("The share of hits rises (33\\% $\\to$ [83\\%]).", "absolute"),
        ("LarkNet wins by 4% ([69%] vs 65%).", "absolute"),
        ("LarkNet wins by 4% (69% vs. [65%]).", "absolute"),
        ("LarkNet keeps [97%] of the full performance.", "ratio"),
        ("LarkNet cuts the cost by up to [20%] versus earlier work.", None),
        ("LarkNet finds [97%] of the birds.", None),
        ("A fast LarkNet finds [97%].", None),
    ],
)
def test_what_the_words_say(sentence: str, expected: str | None) -> None:
    assert kind(sentence) == expected


def test_a_multiple_is_no_change() -> None:
    assert kind("LarkNet is [25x] faster.", "x") is None
    assert kind("LarkNet is [25x] of the performance.", "x") is None
    assert kind("LarkNet has [25] points more.", "points") == "change"
