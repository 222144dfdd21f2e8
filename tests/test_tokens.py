"""The tokenizer: nothing of the text is lost, and borders of sentences fall between tokens."""

from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.sentences import kg_sentences
from kg.extraction.tokens import blank_pipeline

NLP = blank_pipeline()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_text_stays_as_it_is(text: str) -> None:
    assert NLP(text).text == text


def test_words_marks_and_blanks() -> None:
    assert [token.text_with_ws for token in NLP("A 3.5x gain,  we\nsay.")] == (
        ["A ", "3", ".", "5x ", "gain", ", ", " ", "we", "\n", "say", "."]
    )


def test_a_border_inside_a_run_of_characters_is_found() -> None:
    doc = kg_sentences(NLP("Title\nIt solves many tasks.We test it."))
    assert [sentence.text for sentence in doc.sents] == ["Title\n", "It solves many tasks.", "We test it."]
