import pytest

from kg.extraction.candidates import find_candidates
from kg.extraction.gazetteer import Entry, Evidence, Gazetteer, words
from kg.extraction.names import bare_end, base_name, capitalised_phrases, shaped_words, title_prefix
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
        ("recall@5, I&O and AP^b of a@home", ["recall@5", "I&O", "AP^b"]),
        ("LFW/AgeDB and A1/B2-based", ["LFW/AgeDB", "LFW", "AgeDB", "A1/B2", "A1", "B2"]),
        ("and/or, her/his, FID/steps", ["FID/steps", "FID"]),
        (
            "FooNet-large, FooNet-base models and BAR-instruct-based",
            [
                *("FooNet", "FooNet-large"),
                *("FooNet", "FooNet-base"),
                *("BAR", "BAR-instruct"),
            ],
        ),
        ("FooNet-larger and BAR-basement", ["FooNet", "BAR"]),
        ("a " + "Ab" * 30 + " or " + "Ab" * 31, ["Ab" * 30]),
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


def test_a_capital_within_a_sentence_makes_a_name() -> None:
    text = "A Title\nLadders help. They beat Karel, the Robot, and (Pascal)."
    assert [text[a:b] for a, b in capitalised_phrases(text)] == ["Karel", "Robot", "Pascal"]


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


@pytest.mark.parametrize(
    ("dataset", "base"),
    [
        ("FooSet 256x256", "FooSet"),
        ("FooSet512times512", "FooSet"),
        ("FooSet-128", "FooSet"),
        ("FooSet test-dev", "FooSet"),
        ("FooSet 2017 val", "FooSet 2017"),
        ("FooSet 64 benchmark", "FooSet"),
        ("CIFAR-10", "CIFAR-10"),
        ("256x256", "256x256"),
        ("Foo Open Dataset", "Foo Open Dataset"),
    ],
)
def test_base_name_has_neither_resolution_nor_split(dataset: str, base: str) -> None:
    assert base_name(dataset) == base


def test_generic_nouns_behind_a_name_are_left_out() -> None:
    text = "the FooSet benchmark datasets"
    found = words(text)
    assert text[: bare_end(text, found, 1, 3)] == "the FooSet"
    assert bare_end(text, found, 3, 3) == len(text)


def test_a_data_set_and_its_resolutions_are_one_candidate_by_the_longest_span() -> None:
    text = "It wins on FooSet 256x256, then FooSet."
    (candidate,) = (c for c in find_candidates(text, Gazetteer({}), []) if c.id == "fooset")
    assert [text[a:b] for a, b in candidate.spans] == ["FooSet 256x256", "FooSet"]


def test_forms_of_an_abbreviation_are_twins() -> None:
    text = "The QuuxGrid Pass Rate (QPR) counts."
    short, long = text.index("QPR"), text.index("QuuxGrid")
    found = find_candidates(text, Gazetteer({}), [Abbreviation(short, short + 3, long, short - 2)])
    by_id = {c.id: c for c in found}
    assert [c.id for c in by_id["qpr"].twins] == ["quuxgridpassrate"]
    assert [c.id for c in by_id["quuxgridpassrate"].twins] == ["qpr"]
