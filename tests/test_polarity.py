"""Which way a change goes, by the words beside it and by what its metric is."""

import pytest
from bracketed import bracketed

from kg.extraction.polarity import improved, written


def way(sentence: str) -> str | None:
    """As `written` says of the number between brackets."""
    text, number = bracketed(sentence)
    return written(text, 0, number)


@pytest.mark.parametrize(
    "sentence",
    [
        "LarkNet has [12%] fewer weights.",
        "LarkNet is [10x] to 20x smaller.",
        "LarkNet has up to [8.4] $\\times$ lower cost.",
        "The birds see a [7]-point decline in sharpness.",
        "It reduces the memory of training by up to [40%].",
        "The count drops roughly [6] points.",
        "Fog brings a degradation of [9%].",
        "Sharpness shows a loss (less than [5%]).",
        "It saves [13%] of the runs.",
    ],
)
def test_down(sentence: str) -> None:
    assert way(sentence) == "down"


@pytest.mark.parametrize(
    "sentence",
    [
        "LarkNet has [12%] more weights.",
        "LarkNet reaches [3] points higher recall.",
        "It increases throughput by [40%].",
        "It raises the share of hits by up to [21%].",
        "an increase of [4%]",
    ],
)
def test_up(sentence: str) -> None:
    assert way(sentence) == "up"


@pytest.mark.parametrize(
    "sentence",
    [
        "It outperforms Wren by [3%].",
        "It reduces memory and gains [3%].",
        "Fewer weights, and [3%] on birds",
        "It reduces memory by 40% while accuracy moves by [3%].",
        "[3%]",
    ],
)
def test_words_that_stand_elsewhere_say_nothing(sentence: str) -> None:
    assert way(sentence) is None


def test_a_word_before_the_sentence_says_nothing() -> None:
    text = "It reduces by 5% whatever it meets."
    assert written(text, 0, (14, 16)) == "down"
    assert written(text, 14, (14, 16)) is None


def test_what_should_be_low_goes_down_when_it_becomes_better() -> None:
    assert improved("FID", "It improves FID by 12%") == "down"
    assert improved("word error rate", "It improves the word error rate by more than 12%") == "down"
    assert improved("accuracy", "It improves accuracy by 12%") is None
    assert improved("FID", "It moves FID by 12%") is None
    assert improved("FID", "It improves FID, with 12% more steps") is None
