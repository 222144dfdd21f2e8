"""Every question of cypher/ on both stores, against answers worked out by hand from tests/hand_graph.py."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand_graph import GRAPHS
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.errors import NotFoundError, QueryError
from kg.queries import NodeKind, find, find_author, find_entity, find_paper, load, names, run
from kg.stores.base import Cell, Store
from kg.text import has_surrogate

A = ("alpha-images-in-one-step", "Alpha: images in one step", 2023)
B = ("beta-images-in-half-a-step", "Beta: images in half a step", 2023)
G = ("gamma-finds-objects", "Gamma finds objects", 2023)
D = ("deltabench-asks-hard-questions", "DeltaBench asks hard questions", 2024)
E = ("epsilon-answers-questions", "Epsilon answers questions", 2024)
S = ("what-the-diffusion-model-taught-us", "What the diffusion model taught us", None)
Z = ("zeta-a-diffusion-model-for-small-machines", "Zeta: a diffusion model for small machines", 2024)
N = ("nothing-to-see", "Nothing to see", 2022)

COCO_ALIASES = ["COCO", "Microsoft COCO"]
DDPM_ALIASES = ["denoising diffusion probabilistic model"]

Given = dict[str, Cell]
Rows = list[tuple[object, ...]]

ANSWERS: list[tuple[str, Given, Rows]] = [
    (
        "authors",
        {"limit": "3"},
        [("Ada Lovely", "Ada Lovely", 3), ("Bo Chen", "Bo Chen", 3), ("Cy Young", "Cy Young", 2)],
    ),
    ("authors_named", {"name": "ada LOVELY"}, [("Ada Lovely", "Ada Lovely", 3)]),
    ("authors_named", {"name": "Nobody"}, []),
    ("authors_of_paper", {"paper": G[0]}, [(1, "Ada Lovely"), (2, "Bo Chen"), (3, "Cy Young")]),
    ("authors_of_paper", {"paper": S[0]}, []),
    (
        "authors_on_task",
        {"task": "Image Generation"},
        [("Ada Lovely", 2, 2), ("Bo Chen", 2, 2), ("Dee Ray", 1, 1)],
    ),
    ("authors_on_task", {"task": "question answering"}, [("Dee Ray", 1, 1)]),
    (
        "best_by_dataset",
        {"metric": "FID"},
        [("ImageNet", "", 2.5, 2.5, 12.5, 4, 2), ("MS COCO", "", 8.0, 8.0, 8.0, 2, 2)],
    ),
    ("best_by_dataset", {"metric": "accuracy"}, [("DeltaBench", "%", 70.5, 61.0, 70.5, 2, 2)]),
    ("best_by_dataset", {"metric": "delight"}, [("MS COCO", "", None, 7.0, 7.0, 1, 1)]),
    (
        "biggest_reductions",
        {"metric": "latency"},
        [
            (*G, "Gamma", 66.7, 3.0, "x", "ratio", "=", "DETR", "3x less latency"),
            (*B, "Beta", 40.0, 40.0, "%", "change", "=", "Alpha", "40% less latency"),
        ],
    ),
    (
        "biggest_reductions",
        {"metric": "memory"},
        [(*Z, "Zeta", 55.0, 55.0, "%", "change", ">", "Beta", "over 55% less memory")],
    ),
    ("coauthors", {"author": "ada lovely"}, [("Bo Chen", 2), ("Cy Young", 1), ("Dee Ray", 1)]),
    (
        "commonest",
        {"kind": "dataset"},
        [
            ("dataset:imagenet", "ImageNet", ["ILSVRC"], 3),
            ("dataset:mscoco", "MS COCO", COCO_ALIASES, 3),
            ("dataset:deltabench", "DeltaBench", None, 2),
            ("dataset:c4", "C4", None, 1),
        ],
    ),
    (
        "commonest",
        {"limit": 3},
        [
            ("method:transformer", "Transformer", None, 4),
            ("metric:fid", "FID", None, 4),
            ("task:imagegeneration", "image generation", None, 4),
        ],
    ),
    ("conflicting_values", {"metric": "FID"}, [("Alpha", "ImageNet", "256x256", "", 4.0, 4.2, 2, 2)]),
    ("conflicting_values", {"metric": "accuracy"}, []),
    ("dataset_adoption", {}, [("dataset:deltabench", "DeltaBench", *D, 1)]),
    (
        "datasets_of_task",
        {"task": "image generation"},
        [("dataset:imagenet", "ImageNet", 2), ("dataset:mscoco", "MS COCO", 2)],
    ),
    (
        "datasets_of_task",
        {"task": "question answering"},
        [("dataset:deltabench", "DeltaBench", 2), ("dataset:c4", "C4", 1)],
    ),
    (
        "entities",
        {"ids": "metric:accuracy, dataset:mscoco, task:unknown"},
        [
            ("dataset:mscoco", "MS COCO", COCO_ALIASES, None, None, 3),
            ("metric:accuracy", "accuracy", None, "%", True, 2),
        ],
    ),
    (
        "entities_named",
        {"name": "microsoft coco"},
        [("dataset:mscoco", "MS COCO", COCO_ALIASES, None, None, 3)],
    ),
    ("entities_named", {"name": "fid"}, [("metric:fid", "FID", None, None, False, 4)]),
    (
        "entities_of_paper",
        {"paper": S[0]},
        [
            ("ADDRESSES", "task:imagegeneration", "image generation", "image generation", ["image generation"], 1.0),
            ("MENTIONS", "dataset:imagenet", "ImageNet", "ImageNet", ["ImageNet"], 1.0),
            ("USES", "method:diffusionmodel", "diffusion model", "diffusion model", ["diffusion model"], 1.0),
            ("USES", "method:ddpm", "DDPM", "DDPM", ["DDPM"], 1.0),
            ("USES_METRIC", "metric:fid", "FID", "FID", ["FID"], 1.0),
            ("USES_METRIC", "metric:is", "IS", "IS", ["IS"], 1.0),
        ],
    ),
    (
        "improvements_over",
        {"method": "DETR"},
        [
            (*G, "Gamma", "mAP", "MS COCO", 2.1, "points", "change", "up", "=", "2.1 points over DETR"),
            (*G, "Gamma", "latency", None, 3.0, "x", "ratio", "down", "=", "3x less latency"),
        ],
    ),
    (
        "improvements_over",
        {"method": "GPT"},
        [(*E, "Epsilon", "accuracy", None, 9.5, "points", "change", "up", "<=", "up to 9.5 points over GPT")],
    ),
    ("in_one_paper_only", {"kind": "dataset"}, [("dataset:c4", "C4", *E[:2])]),
    ("in_one_paper_only", {"kind": "task"}, [("task:objectdetection", "object detection", *G[:2])]),
    (
        "inexact_results",
        {"metric": "accuracy"},
        [
            (*D, "<", 61.0, "%", "absolute", "GPT", "DeltaBench", "below 61% accuracy"),
            (*E, "<=", 9.5, "points", "change", "Epsilon", None, "up to 9.5 points over GPT"),
        ],
    ),
    (
        "methods_of_task",
        {"task": "image generation"},
        [
            ("method:zeta", "Zeta", *Z[:2], "2024-05-15", 2024),
            ("method:beta", "Beta", *B[:2], "2023-03-05", 2023),
            ("method:alpha", "Alpha", *A[:2], "2023-01-10", 2023),
        ],
    ),
    ("methods_taken_up", {}, [("method:alpha", "Alpha", *A, 1, 1), ("method:beta", "Beta", *B, 0, 1)]),
    (
        "methods_used_with",
        {"method": "transformer"},
        [
            ("method:alpha", "Alpha", 2),
            ("method:beta", "Beta", 1),
            ("method:epsilon", "Epsilon", 1),
            ("method:gamma", "Gamma", 1),
        ],
    ),
    (
        "metrics_of_dataset",
        {"dataset": "mscoco"},
        [("metric:fid", "FID", 2, 2), ("metric:map", "mAP", 1, 2), ("metric:delight", "delight", 1, 1)],
    ),
    ("metrics_of_tasks", {}, [("image generation", "FID", 4), ("question answering", "accuracy", 2)]),
    (
        "metrics_of_tasks",
        {"at_least": "1", "limit": "4"},
        [
            ("image generation", "FID", 4),
            ("question answering", "accuracy", 2),
            ("image generation", "delight", 1),
            ("image generation", "inference speed", 1),
        ],
    ),
    (
        "metrics_with",
        {"metric": "FID"},
        [
            ("metric:delight", "delight", 1),
            ("metric:inferencespeed", "inference speed", 1),
            ("metric:is", "IS", 1),
            ("metric:latency", "latency", 1),
            ("metric:memory", "memory", 1),
        ],
    ),
    ("most_used_methods", {}, [("method:alpha", "Alpha", 1), ("method:ddpm", "DDPM", 1)]),
    (
        "most_used_methods",
        {"named": ""},
        [
            ("method:transformer", "Transformer", 4),
            ("method:diffusionmodel", "diffusion model", 2),
            ("method:alpha", "Alpha", 1),
            ("method:ddpm", "DDPM", 1),
        ],
    ),
    ("named_without_number", {"metric": "FID", "dataset": "ImageNet"}, [(*S, "MENTIONS")]),
    ("named_without_number", {"metric": "latency", "dataset": "coco"}, [(*B, "EVALUATES_ON"), (*G, "EVALUATES_ON")]),
    ("new_methods_by_month", {}, [("2023-01", 1, 1), ("2023-03", 2, 2), ("2024-05", 1, 1)]),
    ("new_methods_by_month", {"year": 2024}, [("2024-05", 1, 1)]),
    (
        "paper",
        {"paper": "Nothing to see"},
        [(*N[:2], "We say nothing.", 2022, "2022-07-01", None, "https://example.org/empty") + (None,) * 4],
    ),
    ("papers_by_year", {}, [(2022, 1, 0), (2023, 3, 11), (2024, 3, 6), (None, 1, 0)]),
    ("papers_like", {"paper": A[0], "limit": 4}, [(*B, 5), (*S, 4), (*G, 2), (*Z, 2)]),
    ("papers_like", {"paper": N[0]}, []),
    (
        "papers_naming",
        {"entity": "Alpha"},
        [(*A, "PROPOSES", "Alpha"), (*B, "COMPARES_WITH", "Alpha"), (*G, "USES", "Alpha")],
    ),
    ("papers_naming", {"entity": "IS"}, [(*S, "USES_METRIC", "IS")]),
    ("papers_of_author", {"author": "Lovely, Ada"}, [(*Z, 1), (*A, 1), (*G, 1)]),
    ("papers_titled", {"words": "IMAGES IN"}, [A, B]),
    ("papers_titled", {"words": "diffusion"}, [Z, S]),
    (
        "record_of_method",
        {"method": "beta"},
        [
            ("ImageNet", "FID", 2.5, "", "absolute", None, "=", "256x256", True, *B, "FID 2.5 on ImageNet"),
            ("MS COCO", "FID", 8.0, "", "absolute", None, "=", None, True, *B, "FID 8.0"),
            (None, "latency", 40.0, "%", "change", "down", "=", None, True, *B, "40% less latency"),
        ],
    ),
    (
        "results_without_dataset",
        {"metric": "accuracy"},
        [(*E, "Epsilon", 9.5, "points", "change", "up to 9.5 points over GPT")],
    ),
    ("second_hand_results", {"method": "GPT"}, [(*D, "accuracy", "DeltaBench", 61.0, "%", None, "below 61% accuracy")]),
    ("second_hand_results", {"method": "Alpha"}, [(*B, "FID", "ImageNet", 4.2, "", "256x256", "Alpha has 4.2")]),
    (
        "speedups",
        {"method": "DDPM"},
        [(*A, "Alpha", "inference speed", 20.0, "up", "~", "ImageNet", "about 20x faster")],
    ),
    ("speedups", {"method": "DETR"}, [(*G, "Gamma", "latency", 3.0, "down", "=", None, "3x less latency")]),
    ("speedups", {"method": "DETR", "at_least": "3.5"}, []),
    ("task_by_year", {"task": "image generation"}, [(2023, 2), (2024, 1), (None, 1)]),
    ("timeline", {"metric": "FID", "dataset": "ImageNet"}, [(2023, "", 2.5, 2.5, 4.0, 2, 2)]),
    (
        "timeline",
        {"metric": "FID", "dataset": "MS COCO"},
        [(2023, "", 8.0, 8.0, 8.0, 1, 1), (2024, "", 8.0, 8.0, 8.0, 1, 1)],
    ),
    ("timeline", {"metric": "accuracy", "dataset": "DeltaBench"}, [(2024, "%", 70.5, 70.5, 70.5, 1, 1)]),
    ("who_compares_with", {"method": "GPT"}, [(*D, None), (*E, "Epsilon")]),
    ("who_compares_with", {"method": "Alpha"}, [(*B, "Beta")]),
]

REPORTED: list[tuple[str, Given, list[str]]] = [
    ("results_of_paper", {"paper": G[0]}, ["gamma#1", "gamma#2", "gamma#3", "gamma#4"]),
    ("results_of_paper", {"paper": "Alpha: Images in One Step"}, ["alpha#1", "alpha#2", "alpha#3"]),
    ("results_of_paper", {"paper": S[0]}, []),
    (
        "papers_reporting",
        {"metric": "fid", "dataset": "imagenet"},
        ["alpha#1", "alpha#2", "beta#1", "beta#2"],
    ),
    (
        "papers_reporting",
        {"metric": "FID", "dataset": ""},
        ["zeta#1", "alpha#1", "alpha#2", "beta#1", "beta#2", "beta#4"],
    ),
    ("papers_reporting", {"metric": "FID", "dataset": "ilsvrc", "own": "yes"}, ["alpha#2", "beta#1"]),
    ("papers_reporting", {"metric": "FID", "own": False}, ["alpha#1", "beta#2"]),
    ("papers_reporting", {"metric": "latency", "dataset": None, "kind": "ratio"}, ["gamma#3"]),
    (
        "papers_reporting",
        {"metric": "FID", "dataset": None, "since": "2023-03-01"},
        ["zeta#1", "beta#1", "beta#2", "beta#4"],
    ),
    ("papers_reporting", {"metric": "FID", "dataset": None, "year": "2024"}, ["zeta#1"]),
    ("leaderboard", {"dataset": "ImageNet", "metric": "FID"}, ["beta#1", "alpha#2", "beta#2", "alpha#1"]),
    (
        "leaderboard",
        {"dataset": "ImageNet", "metric": "FID", "higher": "true"},
        ["alpha#1", "beta#2", "alpha#2", "beta#1"],
    ),
    ("leaderboard", {"dataset": "ImageNet", "metric": "FID", "own": True}, ["beta#1", "alpha#2"]),
    ("leaderboard", {"dataset": "COCO", "metric": "FID"}, ["beta#4", "zeta#1"]),
    ("leaderboard", {"dataset": "COCO", "metric": "FID", "since": "2024"}, ["zeta#1"]),
    ("leaderboard", {"dataset": "COCO", "metric": "mAP", "kind": "change"}, ["gamma#2"]),
    ("leaderboard", {"dataset": "COCO", "metric": "delight"}, []),
    ("leaderboard", {"dataset": "COCO", "metric": "delight", "higher": "yes"}, ["zeta#3"]),
]
"""Questions whose rows are whole results, given by the results' ids."""


REPORT_COLUMNS = (
    *("paper", "title", "year", "url", "method", "metric", "dataset", "value", "unit", "kind", "direction", "bound"),
    *("baseline", "setting", "own", "evidence", "confidence"),
)


def reported(fact: str) -> dict[str, object]:
    """The row of a result in the questions that give all of it, put together from the hand-made graph."""
    graph = next(graph for graph in GRAPHS if any(node.id == fact for node in graph.nodes))
    nodes = {node.id: node for node in graph.nodes}
    linked = {edge.type: str(nodes[edge.end].properties["name"]) for edge in graph.edges if edge.start == fact}
    known: dict[str, object] = {"paper": graph.paper.id, **graph.paper.properties, **nodes[fact].properties}
    known |= {"metric": linked["MEASURES"], "method": linked.get("OF_METHOD")}
    known |= {"dataset": linked.get("ON_DATASET"), "baseline": linked.get("AGAINST")}
    return {column: known[column] for column in REPORT_COLUMNS}


@pytest.mark.parametrize(("name", "given", "answer"), ANSWERS, ids=lambda v: v if isinstance(v, str) else "")
def test_answer(hand_store: Store, name: str, given: Given, answer: Rows) -> None:
    query = load(name)
    assert run(hand_store, query, given) == [dict(zip(query.columns, row, strict=True)) for row in answer]


@pytest.mark.parametrize(("name", "given", "facts"), REPORTED, ids=lambda v: v if isinstance(v, str) else "")
def test_reported_values(hand_store: Store, name: str, given: Given, facts: list[str]) -> None:
    assert run(hand_store, load(name), given) == [reported(fact) for fact in facts]


def test_leaderboard_has_the_metric_s_unit(hand_store: Store) -> None:
    rows = run(hand_store, load("leaderboard"), {"dataset": "DeltaBench", "metric": "accuracy"})
    assert rows == [reported("epsilon#1") | {"unit": "%"}, reported("bench#1")]


def test_every_question_is_answered_by_hand() -> None:
    assert sorted({name for name, _, _ in ANSWERS} | {name for name, _, _ in REPORTED}) == names()


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("mscoco", None, "dataset:mscoco"),
        ("ms-coco", "dataset", "dataset:mscoco"),
        ("microsoft COCO", None, "dataset:mscoco"),
        ("dataset:mscoco", None, "dataset:mscoco"),
        ("FID", None, "metric:fid"),
        ("fid", "metric", "metric:fid"),
        ("Transformers", "method", "method:transformer"),
        ("Alpha: Images in One Step", None, A[0]),
        ("Alpha", None, "method:alpha"),
        (A[0], "paper", A[0]),
        ("ada lovely", None, "Ada Lovely"),
        ("Lovely, Ada", "author", "Ada Lovely"),
    ],
)
def test_find(hand_store: Store, name: str, kind: NodeKind | None, found: str) -> None:
    assert find(hand_store, name, kind)["id"] == found


def test_find_tells_what_is_known(hand_store: Store) -> None:
    assert find_entity(hand_store, "accuracy") == {
        "id": "metric:accuracy",
        "kind": "metric",
        "name": "accuracy",
        "aliases": None,
        "unit": "%",
        "higherIsBetter": True,
        "papers": 2,
    }
    assert find_author(hand_store, "bo chen") == {"id": "Bo Chen", "kind": "author", "name": "Bo Chen", "papers": 3}
    assert find_paper(hand_store, G[0])["kind"] == "paper"


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("FIDD", "metric", "no metric is called 'FIDD'; did you mean FID?"),
        ("ImageNte", None, "no entity, paper or author is called 'ImageNte'; did you mean ImageNet?"),
        ("qqqq", "task", "no task is called 'qqqq'; `kg query commonest --param kind=task` lists them"),
        ("half a step", "paper", "no paper is called 'half a step'; did you mean Beta: images in half a step?"),
        ("qqqq", "paper", "no paper is called 'qqqq'; `kg query papers_titled` looks for words of titles"),
        ("Ada Lovly", "author", "no author is called 'Ada Lovly'; did you mean Ada Lovely?"),
        ("qqqq", "author", "no author is called 'qqqq'; `kg query authors` lists them"),
    ],
)
def test_find_nothing(hand_store: Store, name: str, kind: NodeKind | None, message: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        find(hand_store, name, kind)
    assert str(caught.value) == message


@given(name=st.text(max_size=30))
@settings(deadline=None, max_examples=20)
def test_any_text_may_be_a_name(hand_store: Store, name: str) -> None:
    assume(not has_surrogate(name) and "\0" not in name)
    assert run(hand_store, load("entities_named"), {"name": name or "x"}) == []


def test_unknown_names_in_parameters(hand_store: Store) -> None:
    with pytest.raises(NotFoundError, match=r"^no dataset is called 'ImageNot'; did you mean ImageNet\?$"):
        run(hand_store, load("papers_reporting"), {"metric": "FID", "dataset": "ImageNot"})


def test_a_header_that_promises_other_columns_is_refused(hand_store: Store) -> None:
    query = replace(load("papers_by_year"), columns=("year", "papers"))
    with pytest.raises(QueryError) as caught:
        run(hand_store, query)
    assert str(caught.value) == "papers_by_year.cypher returns year, papers, results, its header says year, papers"
