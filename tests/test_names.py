import pytest

from kg.extraction.candidates import find_candidates
from kg.extraction.gazetteer import Entry, Evidence, Gazetteer, words
from kg.extraction.names import capitalised_phrases, shaped_words, terms, title_prefix
from kg.extraction.types import Abbreviation

SEARCH = Gazetteer({("tree", "search"): Entry({"lower": Evidence(9, 0, {"task": 9})}, frozenset())})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FooNet and BAR beat Qux-2 and E-3D", ["FooNet", "BAR", "Qux-2", "E-3D"]),
        ("a FooNet-based BAR-like thing", ["FooNet", "BAR"]),
        ("Plain words, Capitalised Words and self-made ones", []),
        ("many GNNs++ and 3DFoo", ["GNNs++", "3DFoo"]),
        ("it ends with BAR.Then", ["BAR"]),
    ],
)
def test_shaped_words(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in shaped_words(text)] == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("FooNet: better images", "FooNet"),
        ("Foo Bar – Better images", "Foo Bar"),
        ("On the very long road to it: a survey", None),
        ("No colon here", None),
        ("", None),
    ],
)
def test_title_prefix(title: str, expected: str | None) -> None:
    text = f"{title}\nAbstract: it has a colon."
    span = title_prefix(text)
    assert (text[slice(*span)] if span else None) == expected


def test_capitalised_phrases_in_the_abstract_only() -> None:
    text = "A Title In Capitals\nWe propose Lazy Tree of Filters. The Lazy Grid is old."
    assert [text[a:b] for a, b in capitalised_phrases(text)] == [
        "Lazy Tree of Filters",
        "The Lazy Grid",
        "Lazy Grid",
    ]


def test_terms_end_with_a_head_and_hold_no_function_word() -> None:
    text = "for deep tree search of games, search"
    found = words(text)
    spans = [text[found[a].start : found[b].end] for a, b in terms(text, found, SEARCH)]
    assert spans == ["tree search", "deep tree search"]


def test_candidates_gather_the_spans_of_one_key() -> None:
    text = "BAZ: x\nOur Bold Apple Zoo (BAZ) uses tree search. BAZ wins."
    long, short = text.index("Bold"), text.index("(BAZ") + 1
    found = find_candidates(text, SEARCH, [Abbreviation(short, short + 3, long, long + 14)])
    by_id = {c.id: c for c in found}
    assert [text[a:b] for a, b in by_id["baz"].spans] == ["BAZ", "BAZ", "BAZ"]
    assert by_id["baz"].sources == {"title", "shape", "short"}
    assert by_id["baz"].long_form == "zoo"
    assert by_id["boldapplezoo"].defined
    assert [text[a:b] for a, b in by_id["treesearch"].spans] == ["tree search"]
