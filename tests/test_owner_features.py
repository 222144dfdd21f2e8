"""Features of whose result a number is."""

import spacy

from kg.extraction.context import Sentence, sentences
from kg.extraction.numbers import kg_numbers
from kg.extraction.owner_features import features
from kg.extraction.sentences import kg_sentences
from kg.extraction.types import Mention


def read(text: str, *mentions: tuple[str, str]) -> list[Sentence]:
    """Sentences of a text with its numbers, and the mentions given by surface and source."""
    doc = spacy.blank("en")(text)
    kg_sentences(doc)
    kg_numbers(doc)
    doc._.mentions = sorted(
        (
            Mention(at := text.index(surface), at + len(surface), "method", source=source)
            for surface, source in mentions
        ),
        key=lambda m: m.start,
    )
    return sentences(doc)


def test_what_the_sentence_turns_on_between_two_numbers() -> None:
    every = read("WrenNet\nIt raises accuracy from 71.2% to 75.4%.")
    first, second = (features(every[1], at, every) for at in every[1].numbers)
    assert {"after:to|True", "before none|True", "lead=from"} <= set(first)
    assert {"before:to|True", "after none|True"} <= set(second)


def test_the_role_of_the_methods_beside_the_number() -> None:
    every = read(
        "WrenNet: a net\nWrenNet has 75.4% accuracy, more than the 71.2% of LarkNet.",
        ("WrenNet", "method:proposed:named"),
        ("LarkNet", "method:compared:named"),
    )
    own, other = (features(every[1], at, every) for at in every[1].numbers)
    assert {"paper=True|False", "roleR=compared"} <= set(own)
    assert {"roleR=compared", "nearest=compared|"} <= set(other)


def test_a_paper_that_proposes_no_method_says_so() -> None:
    every = read("How far are we\nExisting models reach only 31%.")
    (at,) = every[1].numbers
    found = features(every[1], at, every)
    assert {"paper=False|False", "paper=False|False|False", "theirs=existing", "lead=only"} <= set(found)
    assert len(found) == len(set(found))
