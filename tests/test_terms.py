import pytest

from kg.extraction.candidates import find_candidates
from kg.extraction.gazetteer import Entry, Evidence, Gazetteer, words
from kg.extraction.terms import terms

SEARCH = Gazetteer({("tree", "search"): Entry({"lower": Evidence(9, 0, {"task": 9})}, frozenset())})


def surfaces(text: str, source: str, gazetteer: Gazetteer = SEARCH) -> list[str]:
    found = words(text)
    return [text[found[a].start : found[b].end] for a, b, s in terms(text, found, gazetteer) if s == source]


def test_terms_end_with_a_head_and_hold_no_function_word() -> None:
    assert surfaces("for deep tree search of games, search", "term") == ["tree search", "deep tree search"]
    assert surfaces("for deep tree search of games, search", "term", Gazetteer({})) == []


@pytest.mark.parametrize("text", ["news recommendation", "fast routing", "lamp brightness", "rope walker"])
def test_some_endings_make_a_head(text: str) -> None:
    assert text in surfaces(f"of {text}s, the", "term", Gazetteer({})) + surfaces(f"of {text}, the", "term")


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("one few-shot tree search", "few-shot tree search"),
        ("a graph-based tree search", "graph-based tree search"),
        ("the sim-to-real 3D-lamp tree search", "sim-to-real 3D-lamp tree search"),
        ("very big old red oak tree search", "red oak tree search"),
        ("a sparrow's tree search", "sparrow's tree search"),
        ("indoor/outdoor search", "indoor/outdoor search"),
        ("indoor, tree search", "tree search"),
    ],
)
def test_a_compound_is_one_word(text: str, longest: str) -> None:
    assert max(surfaces(text, "term"), key=len) == longest


def test_what_is_no_technique_of_its_own_opens_no_term() -> None:
    text = "a state-of-the-art tree search"
    assert {c.id for c in find_candidates(text, SEARCH, [])} == {"treesearch"}


def test_two_of_one_head_are_a_pair() -> None:
    assert surfaces("for indoor and outdoor search, lamps or tree search", "pair") == [
        "indoor and outdoor search",
        "lamps or tree search",
    ]
    assert surfaces("lamps, and tree search; each and tree search", "pair") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by restoring old photos of it", ["restoring old photos"]),
        ("for mending the lamp.", ["mending the lamp"]),
        ("while mending, the lamp", []),
        ("mending one two", []),
        ("mending old red oak lamp shades", []),
        ("mending the", []),
        ("mending", []),
    ],
)
def test_a_doing_with_what_it_is_done_to(text: str, expected: list[str]) -> None:
    assert surfaces(text, "gerund") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a number of edits is", ["number of edits"]),
        ("the generation of painted lamps", ["generation of painted lamps"]),
        ("cost for a lamp", ["cost for a lamp"]),
        ("the lamp of the house", []),
        ("the number of", []),
        ("number, of edits", []),
        ("a photo restoration of lamps", ["restoration of lamps"]),
        ("restoration for lamps", []),
    ],
)
def test_a_measure_with_what_it_is_of(text: str, expected: list[str]) -> None:
    assert surfaces(text, "of") == expected


def test_a_property_is_a_word_by_itself_unless_it_is_ordinary() -> None:
    text = "its faithfulness and city"
    assert surfaces(text, "property") == ["faithfulness"]
    ordinary = Gazetteer({("faithfulness",): Entry({"lower": Evidence(100, 0, {})}, frozenset())})
    assert surfaces(text, "property", ordinary) == []


def test_each_kind_of_run_is_a_source() -> None:
    text = "We count the number of edits by restoring photos for day and night search."
    sources = {c.id: c.sources for c in find_candidates(text, SEARCH, [])}
    assert sources == {
        "numberofedit": {"of"},
        "restoringphoto": {"gerund"},
        "nightsearch": {"term"},
        "dayandnightsearch": {"pair"},
    }
