import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.sentences import kg_sentences, sentence_starts

ENGLISH = spacy.blank("en")


def split(text: str) -> list[str]:
    starts = sentence_starts(text)
    return [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A title\nOne. Two! Three?", ["A title", "One.", "Two!", "Three?"]),
        (
            "T\nWe test e.g. Foo, i.e. Bar et al. Then vs. Qux.",
            ["T", "We test e.g. Foo, i.e. Bar et al. Then vs. Qux."],
        ),
        ("T\nIt reaches 3.5 points. v2.0 is next.", ["T", "It reaches 3.5 points. v2.0 is next."]),
        ("T\nSeveral tasks.In this paper we go.", ["T", "Several tasks.", "In this paper we go."]),
        ("T\nIt works (mostly.) We ship it.", ["T", "It works (mostly.)", "We ship it."]),
        ("T\nOne\n\nTwo", ["T", "One", "Two"]),
        ("No abstract.\n", ["No abstract."]),
    ],
)
def test_borders(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_what_is_too_long_for_a_sentence_is_cut_at_blanks() -> None:
    words, solid = "word " * 500, "x" * 2500
    assert [len(s) for s in split(f"T\n{words}")] == [1, 999, 999, 499]
    assert [len(s) for s in split(f"T\n{solid}")] == [1, 1000, 1000, 500]


@given(st.text(alphabet="aB.!? \n(1$", max_size=50))
def test_component_marks_what_the_function_finds(text: str) -> None:
    doc = kg_sentences(ENGLISH(text))
    assert "".join(s.text_with_ws for s in doc.sents) == text
    assert len(list(doc.sents)) <= max(1, len(sentence_starts(text)))
