"""Links of a result: data set, method, baseline and task."""

from functools import cache

import pytest
import spacy
from judges import ToldJudge
from spacy.tokens import Doc

from kg.extraction import Extractor, metrics
from kg.extraction.context import Sentence, sentences
from kg.extraction.link_features import Target, listed, place, relations
from kg.extraction.links import kg_links
from kg.extraction.sentences import kg_sentences
from kg.extraction.types import Draft, Mention, Number
from kg.records import Paper, Result


@cache
def shipped() -> Extractor:
    return Extractor()


def results(title: str, abstract: str) -> tuple[Result, ...]:
    return shipped()(Paper(title, abstract)).results


def test_lists_go_together_member_by_member() -> None:
    found = results(
        "HeronDet: Finding Small Things",
        "We present HeronDet, a detector of small things. HeronDet achieves 48.1 and 33.5 mAP on COCO and LVIS, "
        "respectively.",
    )
    assert [(r.metric, r.value, r.dataset, r.method) for r in found] == [
        ("mAP", 48.1, "COCO", "HeronDet"),
        ("mAP", 33.5, "LVIS", "HeronDet"),
    ]


def test_baseline_is_what_the_result_is_compared_with() -> None:
    (result,) = results(
        "HeronDet: Finding Small Things",
        "We present HeronDet, a detector. HeronDet outperforms Faster R-CNN by 2.4% mAP on COCO.",
    )
    assert (result.method, result.baseline, result.dataset) == ("HeronDet", "Faster R-CNN", "COCO")


def test_no_data_set_where_the_text_ties_the_number_to_none() -> None:
    (result,) = results(
        "LarkNet", "We propose LarkNet. LarkNet outperforms previous methods by 5.2% across 12 datasets."
    )
    assert (result.dataset, result.baseline) == (None, None)


def test_every_link_has_a_confidence() -> None:
    (result,) = results("LarkNet", "We propose LarkNet. LarkNet reaches an accuracy of 91.3% on CIFAR-10.")
    assert (result.method, result.dataset, result.baseline) == ("LarkNet", "CIFAR-10", None)
    assert {"dataset", "method", "metric"} <= result.link_confidence.keys() <= {"dataset", "method", "metric", "task"}
    assert all(0 < c < 1 for c in (result.confidence, *result.link_confidence.values()))


def context() -> Sentence:
    """The sentence "gains 4 and 5% on birds and fish" with its two numbers and two data sets."""
    doc = spacy.blank("en")("gains 4 and 5% on birds and fish")
    kg_sentences(doc)
    doc._.numbers = [Number(6, 7, 4.0, "%"), Number(12, 14, 5.0, "%")]
    doc._.mentions = [Mention(18, 23, "dataset"), Mention(28, 32, "dataset")]
    (sentence,) = sentences(doc)
    return sentence


def test_a_sentence_is_words_numbers_and_mentions() -> None:
    sentence = context()
    assert sentence.forms(0, 9) == ["gains", "#%", "and", "#%", "on", "<dataset>", "and", "<dataset>", "^"]
    assert (sentence.numbers, sentence.mentions) == ([1, 3], [5, 7])
    assert sentence.position(Number(12, 14, 5.0, "%")) == 3
    with pytest.raises(ValueError, match="no number at 9"):
        sentence.position(Number(9, 10, 5.0, "%"))


def test_features_tell_which_candidate_is_listed_for_a_number() -> None:
    sentence = context()
    places = [place(m, sentence) for i in sentence.mentions if (m := sentence.tokens[i].mention)]
    for at, member in ((1, 0), (3, 1)):
        rows = relations(Target(sentence, at, "absolute", None), places)
        assert ["listed=True" in row for row in rows] == [member == 0, member == 1]


@pytest.mark.parametrize(
    ("text", "values", "members"),
    [
        ("gains 4 and 5-6% on Birds and Fish respectively", ["4", "5", "6%"], ["Birds", "Fish", "Fish"]),
        ("has 9, 8 with 2, 1 on Birds and Fish respectively", ["9", "8", "2", "1"], ["Birds", "Fish"] * 2),
        ("has 9, 8 with 2, 1 on Birds and Fish", ["9", "8", "2", "1"], [None] * 4),
        ("has 9, 8 and 7 on Birds and Fish respectively", ["9", "8", "7"], [None] * 3),
    ],
)
def test_a_range_counts_once_and_two_lists_may_share_names(
    text: str, values: list[str], members: list[str | None]
) -> None:
    doc = spacy.blank("en")(text)
    kg_sentences(doc)
    doc._.numbers = [Number(at, at + len(v), float(v.rstrip("%")), "%") for v in values for at in [text.index(v)]]
    doc._.mentions = [Mention(at, at + len(n), "dataset") for n in ("Birds", "Fish") for at in [text.index(n)]]
    (sentence,) = sentences(doc)
    places = [place(m, sentence) for i in sentence.mentions if (m := sentence.tokens[i].mention)]
    found = [listed(Target(sentence, at, "absolute", None), places) for at in sentence.numbers]
    assert [p and text[p.mention.start : p.mention.end] for p in found] == members


def test_a_number_in_a_name_is_no_number_of_the_sentence() -> None:
    doc = spacy.blank("en")("on COCO 2017 with 5%")
    kg_sentences(doc)
    doc._.numbers = [Number(8, 12, 2017.0, ""), Number(18, 20, 5.0, "%")]
    doc._.mentions = [Mention(3, 12, "dataset")]
    (sentence,) = sentences(doc)
    assert sentence.forms(0, 4) == ["on", "<dataset>", "with", "#%"]


TEXT = "LarkNet beats Wren by 5% on Foo; Bar wins."
NUMBER = (22, 24)
LARKNET, WREN, FOO, BAR = (0, 7), (14, 18), (28, 31), (33, 36)


def linked(judge: ToldJudge) -> Draft:
    """What kg_links makes of the text's number, with methods LarkNet, Wren and Bar and data set Foo."""
    doc: Doc = spacy.blank("en")(TEXT)
    kg_sentences(doc)
    number = Number(*NUMBER, 5.0, "%")
    doc._.numbers, doc._.judge = [number], judge
    doc._.mentions = [
        *(Mention(*span, "method") for span in (LARKNET, WREN)),
        *(Mention(FOO[0], FOO[1], "dataset"), Mention(BAR[0], BAR[1], "method")),
    ]
    doc._.drafts = [Draft(number, "change", "up", own=True, start=0, end=len(TEXT))]
    (draft,) = kg_links(doc)._.drafts
    assert isinstance(draft, Draft)
    return draft


def test_the_judge_chooses_among_the_mentions_of_a_kind_and_none() -> None:
    judge = ToldJudge(places={("method", NUMBER): LARKNET, ("baseline", NUMBER): WREN})
    draft = linked(judge)
    assert judge.asked == [
        ("dataset", [FOO, None], NUMBER),
        ("method", [LARKNET, WREN, BAR, None], NUMBER),
        ("baseline", [LARKNET, WREN, BAR, None], NUMBER),
        ("task", [None], NUMBER),
    ]
    assert (draft.dataset, draft.task) == (None, None)
    assert [m and (m.start, m.end) for m in (draft.method, draft.baseline)] == [LARKNET, WREN]
    assert draft.link_confidence == {slot: pytest.approx(0.8) for slot in ("dataset", "method", "baseline", "task")}
    assert TEXT[draft.start : draft.end] == "LarkNet beats Wren by 5% on Foo"


def test_a_method_is_not_its_own_baseline() -> None:
    draft = linked(ToldJudge(places={("method", NUMBER): WREN, ("baseline", NUMBER): WREN}))
    assert draft.method is not None
    assert draft.baseline is None


def test_a_metric_is_chosen_only_where_there_is_one() -> None:
    sentence = context()
    target = Target(sentence, 1, "absolute", None)
    judge = ToldJudge(places={("metric", (6, 7)): (28, 32)})
    assert metrics.choose("gains 4 and 5% on birds and fish", target, [], judge) is None
    places = [place(m, sentence) for i in sentence.mentions if (m := sentence.tokens[i].mention)]
    chosen, probability = metrics.choose("gains 4 and 5% on birds and fish", target, places, judge) or (None, 0.0)
    assert chosen is places[1]
    assert probability == pytest.approx(0.8)
    assert judge.asked == [("metric", [(18, 23), (28, 32)], (6, 7))]
