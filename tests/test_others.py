"""Numbers that the wording gives to somebody else."""

import pytest

from kg.extraction.others import given_to_others


def given(sentence: str) -> bool:
    """As `given_to_others` says of the number between brackets."""
    first, last = sentence.index("["), sentence.index("]") - 1
    return given_to_others(sentence.replace("[", "").replace("]", ""), 0, (first, last))


@pytest.mark.parametrize(
    "sentence",
    [
        "LarkNet finds 41% of the birds, compared to [13%] before.",
        "LarkNet finds 41% vs. [38%].",
        "We need 240 weights against the [30] of full tuning.",
        "Existing finders have a recall of [52%].",
        "LarkNet finds all birds, while the traditional finder reaches only [50%].",
        "The popular Wren takes more than [9] minutes.",
        "LarkNet finds 41%, close to the [40%] achieved by the best baseline.",
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
