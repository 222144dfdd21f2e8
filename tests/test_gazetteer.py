from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ModelError
from kg.extraction.gazetteer import CASES, Entry, Evidence, Gazetteer, case_of, entity_key, phrase_key, words

HEADER = "phrase\tcase\tlists\tseen\tnamed\tmethod\tdataset\tmetric\ttask\n"


def gazetteer(*phrases: str) -> Gazetteer:
    return Gazetteer({phrase_key(p): Entry({}, frozenset()) for p in phrases})


def surfaces(text: str, *phrases: str) -> list[str]:
    found = words(text)
    return [text[found[a].start : found[b].end] for a, b in gazetteer(*phrases).find(text, found)]


def test_words_part_letters_and_digits() -> None:
    assert phrase_key("CIFAR-10") == phrase_key("CIFAR10") == phrase_key("cifar 10") == ("cifar", "10")
    assert phrase_key("GPT-3.5") == ("gpt", "3.5")
    assert phrase_key("Fréchet Distances") == ("frechet", "distance")


@pytest.mark.parametrize(
    ("surface", "case"),
    [("glue", "lower"), ("Glue", "initial"), ("Adam Smith", "initial"), ("GLUE", "shaped"), ("SQuAD", "shaped"),
     ("A star", "shaped"), ("layer 2", "shaped")],
)  # fmt: skip
def test_case(surface: str, case: str) -> None:
    assert case_of(surface) == case


def test_one_key_for_one_thing() -> None:
    assert entity_key(phrase_key("Diffusion  Models")) == entity_key(phrase_key("diffusion")) == "diffusion"
    assert entity_key(phrase_key("MS-COCO dataset")) == entity_key(phrase_key("MSCOCO"))
    assert entity_key(("model",)) == "model"


def test_longest_first_and_nested() -> None:
    assert surfaces("a fast graph search engine", "graph search", "graph", "search engine", "graph search engine") == [
        "graph search engine",
        "graph search",
        "graph",
        "search engine",
    ]


def test_blanks_hyphens_and_line_breaks_join_words() -> None:
    assert surfaces("graph-search, graph\nsearch, graph, search", "graph search") == ["graph-search", "graph\nsearch"]


def test_only_whole_names() -> None:
    assert surfaces("GPT-4 and GPT and MyGPT and non-GPT and GPT-based", "GPT") == ["GPT", "GPT"]


def test_heads_end_many_phrases() -> None:
    evidence = {"lower": Evidence(2, 0, {"task": 2})}
    entries: dict[tuple[str, ...], Entry] = {(w, "search"): Entry(evidence, frozenset()) for w in ("graph", "tree")}
    assert Gazetteer(entries).heads == {"search"}
    assert Gazetteer({("graph", "search"): entries["graph", "search"]}).heads == set()


def test_only_phrases_that_curators_pass_over_are_ordinary() -> None:
    def find(seen: int, known: int) -> list[tuple[int, int]]:
        entry = Entry({"lower": Evidence(seen, 0, {"metric": known})}, frozenset())
        return list(Gazetteer({("gain",): entry}).find("gain", words("gain")))

    assert find(100, 2) == [(0, 0)]
    assert find(100, 1) == []
    assert find(10, 0) == [(0, 0)]


def test_load(tmp_path: Path) -> None:
    (tmp_path / "phrases.tsv").write_text(
        HEADER + "glue\tshaped\tdataset\t4\t0\t0\t3\t0\t0\nglue\tlower\tdataset\t2\t0\t0\t0\t0\t0\n"
        "foo bar\t\ttask\t0\t0\t0\t0\t0\t0\n"
    )
    loaded = Gazetteer.load(tmp_path)
    assert loaded["glue",] == Entry(
        {"shaped": Evidence(4, 0, {"dataset": 3}), "lower": Evidence(2, 0, {})}, frozenset({"dataset"})
    )
    assert loaded["foo", "bar"] == Entry({}, frozenset({"task"}))
    assert loaded["bar",] is None


def test_missing_and_broken_tables(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no table phrases\.tsv; make it with `python -m kg\.train\.vocabulary`"):
        Gazetteer.load(tmp_path)
    (tmp_path / "phrases.tsv").write_text(HEADER + "foo\tlower\n")
    with pytest.raises(ModelError, match=r"phrases\.tsv, line 2: 2 cells where the first line names 9"):
        Gazetteer.load(tmp_path)
    (tmp_path / "phrases.tsv").write_bytes(b"\xff\n")
    with pytest.raises(ModelError, match=r"phrases\.tsv is not UTF-8"):
        Gazetteer.load(tmp_path)


def test_shipped_table_has_names_in_the_right_case() -> None:
    squad = Gazetteer.load()["squad",]
    assert squad is not None
    assert set(squad.cases) <= set(CASES)
    assert squad.cases["shaped"].kinds["dataset"] > 0


@given(st.text(alphabet="aAbB-. 1\n", max_size=40))
def test_matches_are_phrases(text: str) -> None:
    for surface in surfaces(text, "a", "a b", "ab 1"):
        assert phrase_key(surface) in {("a",), ("a", "b"), ("ab", "1")}
