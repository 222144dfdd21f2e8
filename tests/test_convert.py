import spacy

from kg.calibration import Calibration, Knot
from kg.extraction.convert import to_extraction
from kg.extraction.types import Abbreviation, Draft, Group, Mention, Number
from kg.records import Entity, Extraction, Paper, Result

PAPER = Paper("FooNet: x", "FooNet (FN) gets 90 % accuracy on Bar, accuracy of Bar.", id="p1")
TEXT = PAPER.text


def at(surface: str, kind: str, nth: int = 0) -> Mention:
    place = -1
    for _ in range(nth + 1):
        place = TEXT.index(surface, place + 1)
    return Mention(place, place + len(surface), kind, 0.75 + nth / 8)  # type: ignore[arg-type]


FOO, FOO2, ACC, ACC2, BAR = (
    at("FooNet", "method"),
    at("FooNet", "method", 1),
    at("accuracy", "metric"),
    at("accuracy", "metric", 1),
    at("Bar", "dataset"),
)
GROUPS = [
    Group("dataset", "Bar", [BAR], "evaluated"),
    Group("metric", "accuracy", [ACC, ACC2]),
    Group("method", "FooNet", [FOO, FOO2], "proposed", True),
]
START = TEXT.index("90")
CURVES = Calibration({
    "result": [Knot(0.4, 0.3, 0.5), Knot(0.8, 0.7, 0.5)],
    "method": [Knot(0.0, 0.0, 0.5), Knot(0.98765, 0.48765, 0.5)],
})  # fmt: skip


def draft(metric: Mention | None, start: int = START) -> Draft:
    number = Number(START, START + 4, 90.0, "%")
    return Draft(number, "absolute", None, True, start, TEXT.index(", acc"), None, metric, BAR, FOO,
                 confidence=0.8, link_confidence={"metric": 0.5, "method": 0.98765, "task": 0.5})  # fmt: skip


def convert(*drafts: Draft) -> Extraction:
    doc = spacy.blank("en")(TEXT)
    doc._.groups = GROUPS
    doc._.drafts = list(drafts)
    doc._.abbreviations = [Abbreviation(TEXT.index("FN"), TEXT.index("FN") + 2, FOO2.start, FOO2.end)]
    return to_extraction(doc, PAPER, "sig", CURVES)


def test_whole_record() -> None:
    """The result's score is 0.8 times that of its metric; a link that is not there has no confidence."""
    end = TEXT.index(", acc")
    assert convert(draft(ACC)) == Extraction(
        id="p1",
        methods=(Entity("method", "FooNet", ("FooNet",), 0, 6, 0.875, "proposed", True),),
        datasets=(Entity("dataset", "Bar", ("Bar",), BAR.start, BAR.end, 0.75, "evaluated"),),
        metrics=(Entity("metric", "accuracy", ("accuracy",), ACC.start, ACC.end, 0.875),),
        results=(
            Result(
                "accuracy", 90.0, "%", "absolute", None, "=", "FooNet", True, "Bar", None, None, None,
                TEXT[START:end], START, end, START, START + 4, 0.3, {"metric": 0.5, "method": 0.488},
            ),
        ),
        abbreviations=(("FN", "FooNet"),),
        extractor="sig",
    )  # fmt: skip


def test_a_draft_without_metric_or_without_its_number_in_the_evidence_is_no_result() -> None:
    assert convert(draft(None)).results == ()
    assert convert(draft(ACC, START + 1)).results == ()
    assert convert(draft(Mention(0, 1, "metric"))).results == ()


def test_id_of_a_paper_without_one_is_its_key() -> None:
    doc = spacy.blank("en")("A b\n")
    assert to_extraction(doc, Paper("A b", ""), "s", CURVES) == Extraction("a-b", extractor="s")
