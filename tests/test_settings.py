import pytest
import spacy

from kg.extraction.context import sentences
from kg.extraction.settings import setting, with_dataset


def settings(text: str) -> list[str | None]:
    """Of each number in a text of one sentence, in order."""
    nlp = spacy.blank("en")
    nlp.add_pipe("kg_sentences")
    nlp.add_pipe("kg_numbers")
    (sentence,) = sentences(nlp(text))
    return [setting(text, sentence, sentence.number(at)) for at in sentence.numbers]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lazy gets 41.2 and Quux 43.5 BLEU", [None, None]),
        ("Lazy gets 41.2 BLEU on average without extra data", ["average, without extra data"]),
        ("When pre-trained on FooSet it gets 41.2 PQ", ["pre-trained on FooSet"]),
        ("Without extra data it gets 41.2 PQ", ["without extra data"]),
        ("Zero-shot-Lazy gets 41.2 PQ", [None]),
        ("A Lazy of 0.5B parameters gets 41.2 PQ", [None, "0.5B parameters"]),
        ("On the final pass it has an error of 2.5", ["final pass"]),
        ("It has an error of 2.5 on the test set; a loss of 3.5 is best", ["test set", None]),
        ("It has a WER of 2.5% on test and 3.5% on testother", ["test", "testother"]),
        ("Lazy runs at 41 FPS on a Tesla V100 and has 55.5% AP", ["Tesla V100", None]),
        ("With TensorRT and half precision it reaches 41 FPS", ["TensorRT, half precision"]),
        ("With a ResNet-50 backbone it gets 41.2 PQ", ["ResNet-50 backbone"]),
        ("It improves 41.2 BLEU from English to German", ["English to German"]),
        ("It gets 41.2 PQ at a comparable model size", ["comparable model size"]),
    ],
)
def test_what_the_clause_says_about_a_number(text: str, found: list[str | None]) -> None:
    assert settings(text) == found


def test_of_several_wordings_of_one_kind_each_number_has_its_own() -> None:
    assert settings("With 10% of the labels it gets 41.2 and with 20% of the labels 43.5 PQ")[1::2] == [
        "10% of the labels",
        "20% of the labels",
    ]
    assert settings("It gets 41.2 in the 1-shot and 43.5 in the 5-shot setting") == ["1-shot", "5-shot"]


@pytest.mark.parametrize(
    ("known", "dataset", "both"),
    [
        (None, "FooSet", None),
        (None, "FooSet 256x256", "256x256"),
        ("zero-shot", "FooSet test set", "zero-shot, test set"),
        ("zero-shot, 64x64", "FooSet 256x256", "zero-shot, 256x256"),
        ("English-to-German", "WMT English-to-German", None),
    ],
)
def test_a_data_set_brings_its_resolution_and_split(known: str | None, dataset: str, both: str | None) -> None:
    assert with_dataset(known, dataset) == both
