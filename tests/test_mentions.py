import itertools
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from judges import ToldJudge, sure

from kg.extraction.abbreviations import find_abbreviations
from kg.extraction.candidates import Candidate
from kg.extraction.mentions import FLOOR, LABELS, NEW, MentionFinder, decide, to_mentions, without_overlap
from kg.extraction.types import Mention
from kg.records import EntityKind

CANDIDATE = Candidate("foo", ("foo",), {(3, 6): None, (9, 12): None})


def chances(**labels: float) -> list[float]:
    """Probabilities by label, "_" for ":"; "none" gets what is left."""
    by_label = {name.replace("_", ":"): p for name, p in labels.items()}
    by_label["none"] = 1 - sum(by_label.values())
    assert by_label.keys() <= set(LABELS)
    return [by_label.get(name, 0.0) for name in LABELS]


@pytest.fixture
def floors(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[EntityKind, float] = {"method": 0.4, "dataset": 0.35, "metric": 0.45, "task": 0.35}
    for kind, floor in told.items():
        monkeypatch.setitem(FLOOR, kind, floor)


@pytest.mark.usefixtures("floors")
def test_roles_of_a_kind_are_added_up_before_it_is_judged() -> None:
    likely = chances(dataset_evaluated=0.2, dataset_trained=0.18, task=0.3)
    assert to_mentions(CANDIDATE, likely) == [
        Mention(3, 6, "dataset", 0.38, "dataset:evaluated"),
        Mention(9, 12, "dataset", 0.38, "dataset:evaluated"),
    ]


def test_a_kind_must_pass_its_floor() -> None:
    for kind, floor in FLOOR.items():
        label = next(name for name in LABELS if name.startswith(kind)).replace(":", "_")
        assert to_mentions(CANDIDATE, chances(**{label: floor - 0.01})) == []
        assert {m.kind for m in to_mentions(CANDIDATE, chances(**{label: floor + 0.01}))} == {kind}


def test_a_coined_name_that_a_title_begins_with_needs_only_the_likelier_kind() -> None:
    likely, spans = chances(method_proposed_named=0.51, dataset_introduced=0.48), {(0, 6): None}
    coined = Candidate("foonet", ("foonet",), spans, {"title", "shape"})
    assert [m.source for m in to_mentions(coined, likely)] == ["method:proposed:named"]
    assert to_mentions(coined, chances(method_proposed_named=0.49, dataset_introduced=0.48)) == []
    for sources in ({"title"}, {"shape"}):
        assert to_mentions(Candidate("foonet", ("foonet",), spans, sources), likely) == []


@pytest.mark.usefixtures("floors")
def test_of_two_kinds_that_which_passes_its_floor_by_more() -> None:
    assert to_mentions(CANDIDATE, chances(dataset_evaluated=0.2, dataset_trained=0.14, task=0.34, metric=0.32)) == []
    assert {m.kind for m in to_mentions(CANDIDATE, chances(metric=0.48, task=0.42))} == {"task"}
    assert {m.source for m in to_mentions(CANDIDATE, chances(method_used_plain=0.6, task=0.4))} == {"method:used:plain"}


def test_every_kind_has_a_floor_above_chance() -> None:
    assert all(1 / len(LABELS) < floor < 1 for floor in FLOOR.values())


def test_the_likelier_then_the_longer_of_two_that_overlap() -> None:
    likely, long, short, apart = (
        Mention(0, 4, "task", 0.9),
        Mention(3, 9, "task", 0.8),
        Mention(10, 12, "task", 0.5),
        Mention(10, 14, "task", 0.5),
    )
    assert without_overlap([long, short, apart, likely]) == [likely, apart]


def test_a_part_of_a_name_in_one_word_is_no_mention() -> None:
    part = Candidate("foo", ("foo",), {(0, 3): None, (10, 13): None}, {"shape"})
    name = Candidate("fooxl", ("foo", "xl"), {(10, 16): None}, {"shape"})
    likely, less = chances(method_used_named=0.9), chances(method_used_named=0.8)
    assert [m.span for m in decide([part, name], [likely, less])] == [(0, 3), (10, 16)]
    assert [m.span for m in decide([part, name], [likely, chances(task=0.8)])] == [(0, 3), (10, 13)]


spans = st.tuples(st.integers(0, 30), st.integers(1, 14), st.sampled_from([0.5, 0.6, 0.7, 0.9]))


@given(st.lists(spans, max_size=12))
def test_overlap_in_any_order(found: list[tuple[int, int, float]]) -> None:
    mentions = [Mention(a, a + n, "task", score) for a, n, score in dict.fromkeys(found)]
    kept = without_overlap(mentions)
    assert kept == without_overlap(mentions[::-1])
    assert all(a.end <= b.start for a, b in itertools.pairwise(kept))
    assert all(any(m.start < k.end and k.start < m.end for k in kept) for m in mentions)


@pytest.fixture
def finder(tmp_path: Path) -> MentionFinder:
    """Knows no phrase."""
    (tmp_path / "phrases.tsv").write_text("phrase\tcase\tlists\tseen\tnamed\tmethod\tdataset\tmetric\ttask\n")
    return MentionFinder(spacy.blank("en"), "kg_mentions", str(tmp_path))


def mentions(finder: MentionFinder, text: str, judge: ToldJudge) -> list[tuple[str, str]]:
    doc = spacy.blank("en")(text)
    doc._.abbreviations, doc._.judge = list(find_abbreviations(text)), judge
    return [(text[m.start : m.end], m.source) for m in finder(doc)._.mentions]


def test_candidates_are_judged_about_the_title(finder: MentionFinder) -> None:
    text = "On Pools\nFooNet beats BAR, and BAR it is."
    judge = ToldJudge({("entity", (22, 25)): sure("entity", "method:compared:named")})
    assert mentions(finder, text, judge) == [("BAR", "method:compared:named")] * 2
    ((head, places, context),) = judge.asked
    assert (head, context) == ("entity", (0, len("On Pools")))
    assert {(9, 15), (22, 25)} <= set(places)


@pytest.mark.parametrize("told", ["Lazy Apple Zoo", "LAZ"])
def test_short_and_long_form_are_what_the_surer_of_them_is(finder: MentionFinder, told: str) -> None:
    text = "On Pools\nThe Lazy Apple Zoo (LAZ) wins. LAZ works."
    at = text.index(told)
    judge = ToldJudge({("entity", (at, at + len(told))): sure("entity", "dataset:introduced")})
    assert mentions(finder, text, judge) == [(s, "dataset:introduced") for s in ("Lazy Apple Zoo", "LAZ", "LAZ")]


def test_short_and_long_form_say_together_of_which_kind_they_are() -> None:
    long, short = Candidate("lazyapplezoo", ("lazy",), {(0, 14): None}), Candidate("laz", ("laz",), {(16, 19): None})
    long.twins, short.twins = [short], [long]
    doubtful, sure_method = chances(dataset_introduced=0.58, method_proposed_named=0.42), chances(method_used_named=0.9)
    kept = decide([long, short], [doubtful, sure_method])
    assert [(m.span, m.kind, m.score) for m in kept] == [((0, 14), "method", 0.695), ((16, 19), "method", 0.695)]
    assert decide([long, short], [chances(task=0.0)] * 2) == []


def test_a_part_of_a_long_form_is_no_mention() -> None:
    long, short = Candidate("lazyapplezoo", ("lazy",), {(0, 14): None}), Candidate("laz", ("laz",), {(16, 19): None})
    part = Candidate("applezoo", ("apple",), {(5, 14): None, (30, 39): None})
    likely, likelier = chances(method_proposed_named=0.7), chances(method_used_plain=0.9)
    assert {m.span for m in decide([long, short, part], [likely, likely, likelier])} >= {(5, 14)}
    long.twins, short.twins = [short], [long]
    assert [m.span for m in decide([long, short, part], [likely, likely, likelier])] == [(0, 14), (16, 19), (30, 39)]


def test_without_a_proposed_method_the_likeliest_is_taken_if_it_is_likely() -> None:
    long = Candidate("lazyzoosearch", ("lazy",), {(0, 15): None, (40, 55): None})
    inner, other = Candidate("search", ("search",), {(9, 15): None}), Candidate("bar", ("bar",), {(20, 23): None})
    likely, task = chances(method_proposed_plain=NEW + 0.01), chances(task=0.9)
    kept = decide([long, inner, other], [likely, task, task])
    new = ((0, 15), "method:proposed:plain"), ((40, 55), "method:proposed:plain")
    assert [(m.span, m.source) for m in kept] == [new[0], ((20, 23), "task"), new[1]]
    less = chances(method_proposed_plain=NEW - 0.01)
    assert [m.span for m in decide([long, inner, other], [less, task, task])] == [(9, 15), (20, 23)]
    surer = chances(method_proposed_named=0.9)
    assert [m.span for m in decide([long, inner, other], [likely, task, surer])] == [(9, 15), (20, 23)]


def test_a_text_without_candidates(finder: MentionFinder) -> None:
    assert mentions(finder, "", ToldJudge()) == []
