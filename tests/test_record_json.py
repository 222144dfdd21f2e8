"""The JSON form of records: round trip, the offsets it fills in, and what it refuses."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.errors import RecordError
from kg.record_json import dumps, from_record, paper_to_json, to_record
from kg.records import JSON, Entity, Extraction, Paper, Result

PAPER = Paper(
    title="Moss: a fast sampler",
    abstract="On CIFAR-10, Moss lowers FID to 2.50 and is twice as fast as Fern.",
    authors=("Ann Lee", "Bo Chen"),
    year=2021,
    date="2021-05-04",
    source="moss.txt",
    upvotes=3,
)
TEXT = PAPER.text


def at(part: str) -> tuple[int, int]:
    return TEXT.index(part), TEXT.index(part) + len(part)


EVIDENCE = "Moss lowers FID to 2.50"
EXTRACTION = Extraction(
    id=PAPER.key,
    methods=(
        Entity("method", "Moss", ("Moss",), *at("Moss"), role="proposed", named=True),
        Entity("method", "Fern", ("Fern",), *at("Fern"), 0.5, "compared", True),
    ),
    datasets=(Entity("dataset", "CIFAR-10", ("CIFAR-10",), *at("CIFAR-10"), role="evaluated"),),
    metrics=(Entity("metric", "FID", ("FID",), *at("FID")),),
    tasks=(),
    results=(
        Result(
            metric="FID",
            value=2.5,
            unit="",
            kind="absolute",
            direction=None,
            bound="=",
            method="Moss",
            own=True,
            dataset="CIFAR-10",
            baseline=None,
            task=None,
            setting=None,
            evidence=EVIDENCE,
            start=at(EVIDENCE)[0],
            end=at(EVIDENCE)[1],
            value_start=at("2.50")[0],
            value_end=at("2.50")[1],
            confidence=0.75,
            link_confidence={"dataset": 0.5},
        ),
    ),
    abbreviations=(("FID", "Frechet inception distance"),),
    extractor="rules 1",
)
OFFSETS = ("startChar", "endChar", "valueStart", "valueEnd")


def record() -> dict[str, JSON]:
    return to_record(EXTRACTION, PAPER)


def without_offsets(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {k: without_offsets(v) for k, v in value.items() if k not in OFFSETS}
    return [without_offsets(v) for v in value] if isinstance(value, list) else value


def test_record_has_its_keys_in_a_fixed_order() -> None:
    line = dumps(record())
    assert "\n" not in line
    assert line == (
        '{"id": "moss-a-fast-sampler", "title": "Moss: a fast sampler", '
        '"abstract": "On CIFAR-10, Moss lowers FID to 2.50 and is twice as fast as Fern.", '
        '"authors": ["Ann Lee", "Bo Chen"], "year": 2021, "date": "2021-05-04", "source": "moss.txt", "upvotes": 3, '
        '"methods": [{"name": "Moss", "mentions": ["Moss"], "role": "proposed", "named": true, '
        '"startChar": 0, "endChar": 4, "confidence": 1.0}, '
        '{"name": "Fern", "mentions": ["Fern"], "role": "compared", "named": true, '
        '"startChar": 82, "endChar": 86, "confidence": 0.5}], '
        '"datasets": [{"name": "CIFAR-10", "mentions": ["CIFAR-10"], "role": "evaluated", '
        '"startChar": 24, "endChar": 32, "confidence": 1.0}], '
        '"metrics": [{"name": "FID", "mentions": ["FID"], "startChar": 46, "endChar": 49, "confidence": 1.0}], '
        '"tasks": [], '
        '"results": [{"metric": "FID", "value": 2.5, "unit": "", "kind": "absolute", "direction": null, "bound": "=", '
        '"method": "Moss", "own": true, "dataset": "CIFAR-10", "baseline": null, "task": null, "setting": null, '
        '"evidence": "Moss lowers FID to 2.50", "startChar": 34, "endChar": 57, "valueStart": 53, "valueEnd": 57, '
        '"confidence": 0.75, "linkConfidence": {"dataset": 0.5}}], '
        '"abbreviations": [["FID", "Frechet inception distance"]], "extractor": "rules 1"}'
    )


def test_without_a_paper_the_record_is_that_of_the_annotations() -> None:
    assert list(to_record(EXTRACTION)) == [
        *("id", "methods", "datasets", "metrics", "tasks", "results"),
        *("abbreviations", "extractor"),
    ]


def test_whole_values_are_written_as_integers() -> None:
    row = _result({"value": 20.0})
    _, extraction = from_record(row)
    results = to_record(extraction)["results"]
    assert isinstance(results, list)
    assert isinstance(results[0], dict)
    assert json.dumps(results[0]["value"]) == "20"


def test_paper_and_extraction_come_back() -> None:
    assert from_record(json.loads(dumps(record()))) == (PAPER, EXTRACTION)


def test_an_extraction_alone_comes_back_without_a_paper() -> None:
    assert from_record(to_record(EXTRACTION)) == (None, EXTRACTION)


def test_offsets_are_found_in_the_text() -> None:
    assert from_record(without_offsets(record())) == (PAPER, EXTRACTION)


def test_a_value_in_words_is_found_too() -> None:
    bare = without_offsets(_result({"value": 2, "unit": "x", "evidence": "is twice as fast as Fern"}))
    _, extraction = from_record(bare)
    result = extraction.results[0]
    assert TEXT[result.value_start : result.value_end] == "twice"


def test_a_value_that_cannot_be_located_takes_the_whole_evidence() -> None:
    _, extraction = from_record(without_offsets(_result({"value": 77})))
    result = extraction.results[0]
    assert TEXT[result.value_start : result.value_end] == EVIDENCE


def test_without_text_offsets_are_zero() -> None:
    row: JSON = {"id": "7", "methods": [{"name": "Moss", "mentions": ["Moss"]}]}
    assert from_record(row) == (None, Extraction("7", (Entity("method", "Moss", ("Moss",), 0, 0),)))


def test_missing_lists_are_empty_and_the_id_is_the_papers_key() -> None:
    row: JSON = {"title": "Moss", "abstract": "We grow moss."}
    assert from_record(row) == (Paper("Moss", "We grow moss."), Extraction("moss"))


def test_a_whole_number_as_id() -> None:
    paper, extraction = from_record({"id": 12, "title": "Moss"})
    assert paper is not None
    assert (paper.id, extraction.id) == ("12", "12")


def test_paper_to_json_leaves_nulls_out() -> None:
    assert paper_to_json(Paper("Moss", "", id="a", doi="10.1/x")) == {
        "id": "a",
        "title": "Moss",
        "abstract": "",
        "doi": "10.1/x",
    }


def _with(key: str, value: JSON) -> dict[str, JSON]:
    return record() | {key: value}


def _result(changes: Mapping[str, JSON]) -> dict[str, JSON]:
    row = record()
    results = row["results"]
    assert isinstance(results, list)
    assert isinstance(results[0], dict)
    return row | {"results": [{k: v for k, v in (results[0] | dict(changes)).items() if v != "absent"}]}


MOSS: dict[str, JSON] = {"name": "Moss", "mentions": ["Moss"]}


@pytest.mark.parametrize(
    ("obj", "message"),
    [
        ([], "a record is a JSON object, not a list"),
        (_with("title", 3), "record: 'title' must be a string, not a whole number"),
        (_with("year", "2021"), "record: 'year' must be a whole number, not a string"),
        (_with("year", True), "record: 'year' must be a whole number, not true or false"),
        (_with("authors", ["Ann", None]), "record: 'authors' must be a list of strings"),
        (_with("id", 1.5), "record: 'id' must be a string or a whole number, not a number"),
        (_with("methods", {}), "record: 'methods' must be a list, not an object"),
        (_with("tasks", ["x"]), "task 1: must be an object, not a string"),
        (_with("tasks", [{"mentions": ["fast"]}]), "task 1: 'name' is missing"),
        (_with("tasks", [{"name": "t", "mentions": []}]), "task 't': needs a name and mentions, none of them empty"),
        (_with("tasks", [{"name": "t", "mentions": ["zzz"]}]), "task 't': mention 'zzz' is not in the text"),
        (
            _with("tasks", [{"name": "t", "mentions": ["fast"], "startChar": 0, "endChar": 4}]),
            "task 't': the text has 'Moss' at 0:4, which is not a mention",
        ),
        (
            _with("tasks", [{"name": "t", "mentions": ["fast"], "startChar": 4}]),
            "task 't': startChar and endChar must be two offsets, not 4 and None",
        ),
        (
            _with("methods", [MOSS | {"role": "loved"}]),
            "method 'Moss': 'role' must be one of proposed, used, compared, not 'loved'",
        ),
        (_with("methods", [MOSS | {"confidence": 2}]), "method 'Moss': 'confidence' must lie between 0 and 1, not 2.0"),
        (_with("abbreviations", [["FID"]]), "record: 'abbreviations' must be a list of [short form, long form]"),
        (_result({"value": "2.5"}), "result 1: 'value' must be a finite number, not \"2.5\""),
        (_result({"value": float("nan")}), "result 1: 'value' must be a finite number, not NaN"),
        (_result({"value": None}), "result 1: 'value' must be a finite number, not null"),
        (_result({"metric": "absent"}), "result 1: 'metric' is missing"),
        (_result({"metric": "IS"}), "result 1: metric 'IS' is not among the metrics"),
        (_result({"baseline": "Oak"}), "result 1: baseline 'Oak' is not among the methods"),
        (_result({"bound": "!"}), "result 1: 'bound' must be one of =, ~, >, <, <=, not '!'"),
        (_result({"evidence": "2.50"}), "result 1: the text at 34:57 is not the evidence '2.50'"),
        (
            _result({"evidence": "Oak grows", "startChar": None, "endChar": None}),
            "result 1: the evidence 'Oak grows' is not in the text",
        ),
        (_result({"valueStart": 0, "valueEnd": 4}), "result 1: the value at 0:4 is outside the evidence 34:57"),
        (
            _result({"linkConfidence": {"method": 7}}),
            "result 1, linkConfidence: 'method' must lie between 0 and 1, not 7.0",
        ),
    ],
)
def test_what_is_refused(obj: JSON, message: str) -> None:
    with pytest.raises(RecordError) as error:
        from_record(obj)
    assert str(error.value) == message


def test_dumps_refuses_what_json_cannot_carry() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        dumps({"value": float("inf")})


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
shares = st.floats(0, 1)


@st.composite
def extractions(draw: st.DrawFn) -> tuple[Paper, Extraction]:
    """A paper and entities and results at random places of its text."""
    paper = Paper(
        title=draw(words),
        abstract=draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=60)),
        id=draw(words),
        authors=tuple(draw(st.lists(words, max_size=2))),
        year=draw(st.none() | st.integers(1900, 2100)),
        venue=draw(st.none() | words),
        upvotes=draw(st.none() | st.integers(0, 9)),
    )
    text = paper.text

    def span(start: int, end: int) -> tuple[int, int]:
        a = draw(st.integers(start, end - 1))
        return a, draw(st.integers(a + 1, end))

    def entity(kind: str) -> Entity:
        start, end = span(0, len(text))
        role = draw(st.sampled_from([None, "used"])) if kind == "method" else None
        named = draw(st.sampled_from([None, True, False])) if kind == "method" else None
        return Entity(kind, draw(words), (text[start:end],), start, end, draw(shares), role, named)  # type: ignore[arg-type]

    methods = tuple(entity("method") for _ in range(draw(st.integers(0, 2))))
    metric = entity("metric")
    results = []
    for _ in range(draw(st.integers(0, 2))):
        start, end = span(0, len(text))
        value_start, value_end = span(start, end)
        results.append(
            Result(
                metric=metric.name,
                value=draw(st.floats(allow_nan=False, allow_infinity=False)),
                unit=draw(words),
                kind=draw(st.sampled_from(["absolute", "change", "ratio"])),
                direction=draw(st.sampled_from([None, "up", "down"])),
                bound=draw(st.sampled_from(["=", "~", ">", "<", "<="])),
                method=draw(st.sampled_from([None, *(m.name for m in methods)])),
                own=draw(st.booleans()),
                dataset=None,
                baseline=None,
                task=None,
                setting=draw(st.none() | words),
                evidence=text[start:end],
                start=start,
                end=end,
                value_start=value_start,
                value_end=value_end,
                confidence=draw(shares),
                link_confidence=draw(st.dictionaries(st.sampled_from(["metric", "method"]), shares)),
            )
        )
    return paper, Extraction(paper.id, methods, metrics=(metric,), results=tuple(results), extractor=draw(words))


@settings(max_examples=60)
@given(extractions())
def test_any_record_comes_back(pair: tuple[Paper, Extraction]) -> None:
    paper, extraction = pair
    assume(paper.id != paper.key)
    assert from_record(json.loads(dumps(to_record(extraction, paper)))) == pair


@pytest.mark.shared
@pytest.mark.parametrize("part", ["train", "dev"])
def test_gold_records_are_accepted(shared: Path, part: str) -> None:
    papers = {}
    for line in (shared / "gold" / f"{part}.papers.jsonl").read_text("utf-8").splitlines():
        paper = json.loads(line)
        papers[paper["id"]] = paper
    unlocated = total = 0
    for line in (shared / "gold" / f"{part}.jsonl").read_text("utf-8").splitlines():
        gold = json.loads(line)
        merged = papers[gold["id"]] | gold
        paper, extraction = from_record(merged)
        assert paper is not None
        text = paper.text
        assert extraction.id == gold["id"]
        for key in ("methods", "datasets", "metrics", "tasks"):
            assert [e.name for e in getattr(extraction, key)] == [e["name"] for e in gold[key]]
        assert all(text[e.start : e.end] in e.mentions for e in extraction.entities)
        assert [r.value for r in extraction.results] == [r["value"] for r in gold["results"]]
        assert all(text[r.start : r.end] == r.evidence for r in extraction.results)
        unlocated += sum((r.value_start, r.value_end) == (r.start, r.end) for r in extraction.results)
        total += len(extraction.results)
        assert from_record(json.loads(dumps(to_record(extraction, paper)))) == (paper, extraction)
    assert unlocated <= 0.02 * total
