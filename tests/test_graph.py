"""One extraction as rows: ids, roles, merges, links, checks, corrections."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CorrectionsError, RecordError
from kg.evidence import entity_fault, result_fault
from kg.records import Entity, Extraction, Paper, Result
from kg.resolve import Dropped, Resolved, Resolver
from kg.resolve.results import caption, with_ids
from kg.schema import Edge, Node

PAPER = Paper(
    title="TinyDiff paints faster",
    abstract=(
        "TinyDiff reaches an FID of 2.5 on ImageNet. Against Stable Diffusion it is 3x faster and needs 40% fewer "
        "FLOPs. FIDs of 2.5 were seen before."
    ),
    authors=("Lovelace, Ada", "Alan Turing", "Ada Lovelace", " "),
    year=2024,
    upvotes=7,
)
KEY = "tinydiff-paints-faster"
TEXT = PAPER.text
RESOLVER = Resolver()


def entity(kind: Any, name: str, *mentions: str, **fields: Any) -> Entity:
    first = min(TEXT.index(mention) for mention in mentions)
    found = next(m for m in mentions if TEXT.startswith(m, first))
    return Entity(kind, name, mentions, first, first + len(found), **fields)


def result(metric: str, surface: str, evidence: str, **fields: Any) -> Result:
    start = TEXT.index(evidence)
    place = TEXT.index(surface, start)
    values: dict[str, Any] = {
        "value": 1.0,
        "unit": "",
        "kind": "absolute",
        "direction": None,
        "bound": "=",
        "method": None,
        "own": True,
        "dataset": None,
        "baseline": None,
        "task": None,
        "setting": None,
    }
    span = {"start": start, "end": start + len(evidence), "value_start": place, "value_end": place + len(surface)}
    return Result(metric=metric, evidence=evidence, **{**values, **span, **fields})


TINY = entity("method", "TinyDiff", "TinyDiff", role="proposed", named=True, confidence=0.91234)
STABLE = entity("method", "Stable Diffusion", "Stable Diffusion", role="compared", named=True)
IMAGENET = entity("dataset", "ImageNet", "ImageNet", role="evaluated")
FID = entity("metric", "FID", "FID")
SPEED = entity("metric", "inference speed", "faster")
FLOPS = entity("metric", "FLOPs", "FLOPs")
FID_25 = result(
    "FID", "2.5", "reaches an FID of 2.5 on ImageNet", value=2.5, method="TinyDiff", dataset="ImageNet",
    confidence=0.8, link_confidence={"dataset": 0.70049},
)  # fmt: skip
FASTER = result(
    "inference speed", "3x", "it is 3x faster", value=3.0, unit="x", kind="ratio", direction="up", method="TinyDiff",
    baseline="Stable Diffusion",
)  # fmt: skip
EXTRACTION = Extraction("1", (TINY, STABLE), (IMAGENET,), (FID, SPEED, FLOPS), (), (FID_25, FASTER), extractor="x1")


def graph(extraction: Extraction = EXTRACTION, paper: Paper = PAPER, resolver: Resolver = RESOLVER) -> Resolved:
    return resolver.graph(paper, extraction)


def nodes(resolved: Resolved, label: str) -> list[Node]:
    return [node for node in resolved.graph.nodes if node.label == label]


def edges(resolved: Resolved, *types: str) -> list[Edge]:
    return [edge for edge in resolved.graph.edges if edge.type in types]


def corrected(folder: Path, text: str) -> Resolver:
    file = folder / "corrections.yaml"
    file.write_text(text, encoding="utf-8")
    return Resolver(file)


def test_the_whole_graph_of_a_small_paper() -> None:
    resolved = graph(Extraction("1", (TINY,), (IMAGENET,), (FID,), (), (FID_25,), extractor="x1"))
    number = nodes(resolved, "Result")[0].id
    start = TEXT.index("reaches")
    imagenet, fid = RESOLVER.aliases("dataset", "dataset:imagenet"), RESOLVER.aliases("metric", "metric:fid")

    def mention(entity: Entity) -> dict[str, Any]:
        place = {"startChar": entity.start, "endChar": entity.end, "confidence": round(entity.confidence, 3)}
        return {"name": entity.name, "mentions": entity.mentions, **place}

    assert resolved.dropped == ()
    assert resolved.graph.paper == Node(
        "Paper",
        KEY,
        {
            "title": PAPER.title,
            "abstract": PAPER.abstract,
            "year": 2024,
            "upvotes": 7,
            "fingerprint": RESOLVER.fingerprint(PAPER, "x1"),
        },
    )
    assert resolved.graph.nodes == (
        Node("Author", "Ada Lovelace", {"name": "Ada Lovelace"}),
        Node("Author", "Alan Turing", {"name": "Alan Turing"}),
        Node("Dataset", "dataset:imagenet", {"name": "ImageNet", "aliases": imagenet}),
        Node("Method", "method:tinydiff", {"name": "TinyDiff"}),
        Node("Metric", "metric:fid", {"name": "FID", "aliases": fid, "higherIsBetter": False}),
        Node(
            "Result",
            number,
            {
                "value": 2.5,
                "unit": "",
                "kind": "absolute",
                "bound": "=",
                "own": True,
                "evidence": "reaches an FID of 2.5 on ImageNet",
                "startChar": start,
                "endChar": start + 33,
                "confidence": 0.8,
                "text": "FID 2.5",
            },
        ),
    )
    assert resolved.graph.edges == (
        Edge("EVALUATES_ON", KEY, "dataset:imagenet", mention(IMAGENET)),
        Edge("MEASURES", number, "metric:fid", {"confidence": 1.0}),
        Edge("OF_METHOD", number, "method:tinydiff", {"confidence": 1.0}),
        Edge("ON_DATASET", number, "dataset:imagenet", {"confidence": 0.7}),
        Edge("PROPOSES", KEY, "method:tinydiff", {**mention(TINY), "named": True}),
        Edge("REPORTS", KEY, number),
        Edge("USES_METRIC", KEY, "metric:fid", mention(FID)),
        Edge("WROTE", "Ada Lovelace", KEY, {"position": 1}),
        Edge("WROTE", "Alan Turing", KEY, {"position": 2}),
    )


@given(st.permutations(EXTRACTION.methods), st.permutations(EXTRACTION.metrics), st.permutations(EXTRACTION.results))
def test_the_order_of_an_extraction_does_not_show(
    methods: Sequence[Entity], metrics: Sequence[Entity], results: Sequence[Result]
) -> None:
    shuffled = replace(EXTRACTION, methods=tuple(methods), metrics=tuple(metrics), results=tuple(results))
    assert graph(shuffled) == graph()


@pytest.mark.parametrize(
    ("kind", "roles", "expected"),
    [
        ("method", ("used", "proposed"), "PROPOSES"),
        ("method", ("used", "compared"), "COMPARES_WITH"),
        ("method", (None, "used"), "USES"),
        ("dataset", ("trained", "evaluated"), "EVALUATES_ON"),
        ("dataset", ("mentioned", "introduced"), "INTRODUCES"),
        ("dataset", ("mentioned", "trained"), "TRAINS_ON"),
        ("dataset", (None,), "MENTIONS"),
    ],
)
def test_one_relationship_a_pair(kind: str, roles: tuple[str | None, ...], expected: str) -> None:
    entities = tuple(
        entity(kind, name, "TinyDiff", role=role) for name, role in zip(("Qq Z", "QQ-z"), roles, strict=False)
    )
    by_kind: dict[str, Any] = {f"{kind}s": entities}
    found = graph(Extraction("1", **by_kind))
    assert [edge.type for edge in found.graph.edges if edge.type != "WROTE"] == [expected]


def test_entities_of_one_id_merge() -> None:
    late = entity("metric", "Frechet Inception Distance", "FIDs", confidence=0.9)
    early = entity("metric", "FID", "FID", confidence=0.4)
    found = graph(Extraction("1", metrics=(late, early)))
    assert [node.id for node in nodes(found, "Metric")] == ["metric:fid"]
    (edge,) = edges(found, "USES_METRIC")
    start = TEXT.index("FID")
    assert edge.properties == {
        "name": "FID",
        "mentions": ("FID", "FIDs"),
        "startChar": start,
        "endChar": start + 3,
        "confidence": 0.9,
    }


def test_named_holds_if_any_says_so() -> None:
    both = (entity("method", "Qq", "TinyDiff", named=False), entity("method", "QQ", "TinyDiff", named=True))
    assert edges(graph(Extraction("1", methods=both)), "USES")[0].properties["named"] is True


def test_an_acronym_with_another_expansion_is_another_entity() -> None:
    found = graph(Extraction("1", metrics=(FID,), abbreviations=(("FID", "frame input delay"),)))
    (node,) = nodes(found, "Metric")
    assert node == Node("Metric", "metric:fidframeinputdelay", {"name": "FID (frame input delay)"})
    assert edges(found, "USES_METRIC")[0].properties["name"] == "FID (frame input delay)"


def test_equal_results_get_ordinals_in_text_order() -> None:
    first = result("FID", "2.5", "FID of 2.5", value=2.5)
    offset = TEXT.index("2.5", first.value_end) - first.value_start
    second = replace(
        first,
        start=first.start + offset,
        end=first.end + offset,
        value_start=first.value_start + offset,
        value_end=first.value_end + offset,
    )
    ids = [number for number, _ in with_ids(KEY, (first, second))]
    assert ids == [number for number, _ in with_ids(KEY, (second, first))]
    assert len(set(ids)) == 2
    assert ids[0] == next(with_ids(KEY, (replace(first, confidence=0.1),)))[0]


def test_a_fact_stated_twice_at_one_place_is_one() -> None:
    found = graph(replace(EXTRACTION, results=(FID_25, FID_25)))
    assert len(nodes(found, "Result")) == 1
    assert found.dropped == (Dropped(KEY, "result 'FID 2.5'", "the same fact is stated twice at one place"),)


@pytest.mark.parametrize(
    "change",
    [
        {"metric": "IS"}, {"value": 2.6}, {"unit": "%"}, {"kind": "change"}, {"direction": "up"}, {"bound": "~"},
        {"method": None}, {"own": False}, {"dataset": None}, {"baseline": "TinyDiff"}, {"task": "x"},
        {"setting": "x"}, {"evidence": "x"},
    ],
)  # fmt: skip
def test_the_id_of_a_result_follows_what_it_says(change: dict[str, Any]) -> None:
    assert next(with_ids(KEY, [replace(FID_25, **change)]))[0] != next(with_ids(KEY, [FID_25]))[0]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"metric": "FID", "value": 1.8}, "FID 1.8"),
        ({"metric": "accuracy", "value": 90.0, "unit": "%", "bound": ">"}, "accuracy >90 %"),
        ({"metric": "FLOPs", "value": 55.0, "unit": "%", "kind": "change", "direction": "down"}, "FLOPs ↓55 %"),
        (
            {"metric": "speed", "value": 20.0, "unit": "x", "kind": "ratio", "direction": "up", "bound": "~"},
            "speed ↑~20x",
        ),
        ({"metric": "params", "value": 25.0, "unit": "%", "kind": "ratio", "direction": "down"}, "params ↓ to 25 %"),
        ({"metric": "BLEU", "value": 1e300, "kind": "change"}, "BLEU 1e+300"),
        ({"metric": "throughput", "value": 41.5, "unit": "images/s"}, "throughput 41.5 images/s"),
    ],
)
def test_captions(fields: dict[str, Any], expected: str) -> None:
    plain = replace(FID_25, **fields)
    assert caption(plain.metric, plain) == expected


def test_captions_take_the_table_s_name() -> None:
    metric = entity("metric", "Fréchet inception distance", "FID")
    found = graph(Extraction("1", metrics=(metric,), results=(replace(FID_25, metric=metric.name),)))
    assert nodes(found, "Result")[0].properties["text"] == "FID 2.5"


def test_links_to_names_that_are_no_entities_are_dropped() -> None:
    found = graph(Extraction("1", (), (IMAGENET,), (FID,), (), (FID_25,)))
    assert [edge.type for edge in edges(found, "MEASURES", "ON_DATASET", "OF_METHOD")] == ["MEASURES", "ON_DATASET"]
    reason = "no such method among the paper's entities"
    assert found.dropped == (Dropped(KEY, "method 'TinyDiff' of result 'FID 2.5'", reason),)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"name": " "}, "it has no name"),
        ({"start": -8, "end": -1}, "offsets -8 to -1 are not in the text of 164 characters"),
        ({"end": 999}, "offsets 0 to 999 are not in the text of 164 characters"),
        ({"start": 1}, "the text at 1 to 8 is none of its mentions"),
        ({"name": "\u0301"}, "nothing is left of its name in normal form"),
    ],
)
def test_entities_that_fail_the_check_are_dropped(change: dict[str, Any], fault: str) -> None:
    broken = replace(TINY, **change)
    found = graph(Extraction("1", methods=(broken,)))
    assert nodes(found, "Method") == []
    assert found.dropped == (Dropped(KEY, f"method {broken.name!r}", fault),)


def test_mentions_that_are_not_in_the_text_are_dropped() -> None:
    found = graph(Extraction("1", methods=(replace(TINY, mentions=("TinyDiff", "Tiny Diff")),)))
    assert edges(found, "PROPOSES")[0].properties["mentions"] == ("TinyDiff",)
    assert found.dropped == (Dropped(KEY, "mention 'Tiny Diff' of method 'TinyDiff'", "it is not in the text"),)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"end": 999}, "offsets 32 to 999 are not in the text of 164 characters"),
        ({"start": -1}, "offsets -1 to 65 are not in the text of 164 characters"),
        ({"evidence": "FID of 2.5"}, "the evidence is not the text at 32 to 65"),
        ({"value_end": 66}, "the number at 50 to 66 lies outside the evidence"),
        ({"value_start": 53}, "the number at 53 to 53 lies outside the evidence"),
        ({"value_start": 46}, None),
        ({"value_start": 43, "value_end": 46}, "'FID' does not read as one number"),
        ({"value": 25.0}, "'2.5' reads as 2.5, not as 25"),
        ({"value": float("nan")}, "'2.5' reads as 2.5, not as nan"),
    ],
)
def test_results_that_fail_the_check_are_dropped(change: dict[str, Any], fault: str | None) -> None:
    found = graph(replace(EXTRACTION, results=(replace(FID_25, **change),)))
    assert len(nodes(found, "Result")) == (fault is None)
    assert [drop.reason for drop in found.dropped] == ([] if fault is None else [fault])


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("twice", 2.0, True),
        ("1,890", 1890.0, True),
        ("one third", 33.33, True),
        ("1.80", 1.801, False),
        ("3x", 3.0, True),
    ],
)
def test_the_number_s_characters_must_read_as_the_value(text: str, value: float, holds: bool) -> None:
    span: dict[str, Any] = {"start": 0, "end": len(text), "value_start": 0, "value_end": len(text)}
    assert (result_fault(text, replace(FID_25, evidence=text, value=value, **span)) is None) is holds


@given(st.integers(-3, 200), st.integers(-3, 200))
def test_no_entity_passes_whose_text_is_not_a_mention(start: int, end: int) -> None:
    moved = replace(TINY, start=start, end=end)
    assert (entity_fault(TEXT, moved) is None) == (0 <= start < end and TEXT[start:end] == "TinyDiff")


@pytest.mark.parametrize(
    ("paper", "extraction", "message"),
    [
        (replace(PAPER, title="a\0b"), EXTRACTION, r"title holds a NUL or a lone surrogate: 'a\x00b'"),
        (replace(PAPER, abstract="\ud800"), EXTRACTION, r"abstract holds a NUL or a lone surrogate: '\ud800'"),
        (replace(PAPER, venue="\udfff"), EXTRACTION, "venue holds a NUL or a lone surrogate"),
        (replace(PAPER, upvotes=2**63), EXTRACTION, "upvotes must fit 64 bits"),
        (PAPER, replace(EXTRACTION, methods=(replace(TINY, name="\ud800" * 300),)), "entity name holds a NUL"),
        (PAPER, replace(EXTRACTION, results=(replace(FID_25, task="\0"),)), "name in a result holds a NUL"),
        (PAPER, replace(EXTRACTION, results=(replace(FID_25, setting="\ud800"),)), "setting holds a NUL"),
        (PAPER, replace(EXTRACTION, abbreviations=(("a", "\ud800"),)), "abbreviation holds a NUL"),
    ],
)
def test_text_that_no_store_takes_is_for_quarantine(paper: Paper, extraction: Extraction, message: str) -> None:
    with pytest.raises(RecordError) as caught:
        graph(extraction, paper)
    assert message in str(caught.value)


def test_the_fingerprint_covers_all_that_facts_depend_on(tmp_path: Path) -> None:
    other = corrected(tmp_path, "- reject: {kind: metric, name: x}")
    marks = [
        RESOLVER.fingerprint(PAPER, "x1"),
        RESOLVER.fingerprint(replace(PAPER, abstract="other"), "x1"),
        RESOLVER.fingerprint(PAPER, "x2"),
        RESOLVER.fingerprint(PAPER, "x1", options="min-precision=0.9"),
        other.fingerprint(PAPER, "x1"),
    ]
    assert len(set(marks)) == 5
    assert marks[0] == RESOLVER.fingerprint(replace(PAPER, venue="V", id="9"), "x1")


def test_records_without_an_extractor_are_known_by_what_they_say() -> None:
    by_hand = replace(EXTRACTION, extractor="")
    changed = replace(by_hand, results=(FID_25,))
    marks = {graph(e).graph.paper.properties["fingerprint"] for e in (by_hand, by_hand, changed)}
    assert len(marks) == 2


def test_corrections_change_facts_but_no_result_id(tmp_path: Path) -> None:
    resolver = corrected(
        tmp_path,
        "- merge: {kind: method, names: [TinyDiff, Stable Diffusion], into: Painter}\n"
        "- rename: {kind: metric, name: FID, to: Distance}\n"
        f"- set: {{result: {{paper: {KEY}, metric: FID, value: 2.5}}, own: false, bound: '~', dataset: null}}\n",
    )
    plain, found = graph(), graph(resolver=resolver)
    assert [node.id for node in nodes(found, "Result")] == [node.id for node in nodes(plain, "Result")]
    assert [(node.id, node.properties["name"]) for node in nodes(found, "Method")] == [("method:painter", "Painter")]
    assert [edge.properties["mentions"] for edge in edges(found, "PROPOSES")] == [("Stable Diffusion", "TinyDiff")]
    (fid,) = (node for node in nodes(found, "Result") if node.properties["value"] == 2.5)
    assert (fid.properties["own"], fid.properties["bound"], fid.properties["text"]) == (False, "~", "Distance ~2.5")
    assert edges(found, "ON_DATASET") == []


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ("{result: {paper: tinydiff-paints-faster, metric: frechet inception distance, value: 2.5}}", [3.0]),
        ("{result: {paper: tinydiff-paints-faster, metric: FID, value: 2.5, method: tinydiff}}", [3.0]),
        ("{result: {paper: tinydiff-paints-faster, metric: FID, value: 2.5, dataset: ImageNet-1k}}", [3.0]),
        ("{result: {paper: tinydiff-paints-faster, metric: FID, value: 2.5, dataset: MS COCO}}", [2.5, 3.0]),
        ("{result: {paper: tinydiff-paints-faster, metric: FID, value: 2.6}}", [2.5, 3.0]),
        ("{result: {paper: another, metric: FID, value: 2.5}}", [2.5, 3.0]),
        ("{result: %s}", [3.0]),
    ],
)
def test_reject_a_result(tmp_path: Path, entry: str, left: list[float]) -> None:
    number = next(with_ids(KEY, [FID_25]))[0]
    found = graph(resolver=corrected(tmp_path, f"- reject: {entry.replace('%s', f'{number!r}')}\n"))
    assert sorted(float(str(node.properties["value"])) for node in nodes(found, "Result")) == left
    assert [drop.reason for drop in found.dropped] == ["rejected by corrections"] * (2 - len(left))


def test_results_lose_their_links_to_rejected_entities(tmp_path: Path) -> None:
    found = graph(resolver=corrected(tmp_path, "- reject: {kind: metric, name: FID}\n"))
    assert len(nodes(found, "Result")) == 2
    assert [edge.end for edge in edges(found, "MEASURES")] == ["metric:inferencespeed"]
    assert found.dropped == (Dropped(KEY, "metric 'FID'", "rejected by corrections"),)


def test_a_value_is_set_only_to_what_the_text_says(tmp_path: Path) -> None:
    misread = replace(EXTRACTION, results=(replace(FID_25, value=25.0),))
    pick = f"{{paper: {KEY}, metric: FID, value: 25}}"
    found = graph(
        misread, resolver=corrected(tmp_path, f"- set: {{result: {pick}, value: 2.5, baseline: stable diffusion}}")
    )
    assert [node.properties["value"] for node in nodes(found, "Result")] == [2.5]
    assert [edge.end for edge in edges(found, "AGAINST")] == ["method:stablediffusion"]
    found = graph(misread, resolver=corrected(tmp_path, f"- set: {{result: {pick}, value: 2.4}}"))
    assert found.dropped == (Dropped(KEY, "result 'FID 2.4'", "'2.5' reads as 2.5, not as 2.4"),)


def test_two_entries_that_set_one_result_differently_are_refused(tmp_path: Path) -> None:
    number = next(with_ids(KEY, [FID_25]))[0]
    resolver = corrected(
        tmp_path,
        f"- set: {{result: '{number}', unit: a}}\n"
        f"- set: {{result: {{paper: {KEY}, metric: FID, value: 2.5}}, unit: b}}\n",
    )
    message = "corrections.yaml:2: unit of a result is set to 'b', but in line 1 to 'a'; keep one"
    with pytest.raises(CorrectionsError, match=message):
        graph(resolver=resolver)
