"""Numbers that the wording gives to somebody else."""

import pytest
from bracketed import bracketed

from kg.extraction.others import given_to_others


def given(sentence: str) -> bool:
    """As `given_to_others` says of the number between brackets."""
    text, number = bracketed(sentence)
    return given_to_others(text, 0, number)


@pytest.mark.parametrize(
    "sentence",
    [
        "LarkNet finds 41% of the birds, compared to [13%] before.",
        "LarkNet finds 41% vs. [38%].",
        "LarkNet rings 12 birds against the [7] of a warden.",
        "Existing finders have a recall of [52%].",
        "LarkNet finds all birds, while the traditional finder reaches only [44%].",
        "The popular Wren needs more than [8] nights.",
        "LarkNet beats with its nests the [37%] achieved by the best baseline.",
        "Wren has [63%] for general purpose finders.",
    ],
)
def test_of_others(sentence: str) -> None:
    assert given(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "LarkNet finds [41%] of the birds.",
        "Compared to existing finders, LarkNet has a recall of [52%].",
        "Existing finders are slow, but ours takes [3] ms.",
        "LarkNet outperforms the baseline with [52%].",
        "LarkNet is better than previous work and reaches [52%].",
        "Humans agree with LarkNet: it is [90%] right.",
        "LarkNet takes [3] ms, while existing finders take 9 ms.",
    ],
)
def test_of_the_paper(sentence: str) -> None:
    assert not given(sentence)


def test_a_word_before_the_sentence_says_nothing() -> None:
    text = "Existing finders have 5% recall."
    assert given_to_others(text, 0, (22, 24))
    assert not given_to_others(text, 17, (22, 24))
