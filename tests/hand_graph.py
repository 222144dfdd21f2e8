"""Eight made-up papers, few enough to answer every question of cypher/ by hand.

paper    date        authors      proposes  compares with  builds on                  data sets
alpha    2023-01-10  Ada, Bo      Alpha     DDPM           Transformer                ImageNet
beta     2023-03-05  Bo           Beta      Alpha          Transformer                ImageNet, MS COCO
gamma    2023-03-20  Ada, Bo, Cy  Gamma     DETR           Transformer, Alpha         MS COCO
bench    2024-02-01  Cy                     GPT                                       DeltaBench (introduced)
epsilon  2024        Dee          Epsilon   GPT            Transformer                DeltaBench, C4 (trained on)
survey                                                     DDPM, diffusion model      ImageNet (mentioned)
zeta     2024-05-15  Ada, Dee     Zeta      Beta           diffusion model            MS COCO
empty    2022-07-01  (names nothing)
"""

from __future__ import annotations

from typing import Literal

from kg.schema import Edge, Node, PaperGraph, Value
from kg.text import paper_key

ENTITIES = {
    node.id: node
    for node in (
        Node("Method", "method:alpha", {"name": "Alpha"}),
        Node("Method", "method:beta", {"name": "Beta"}),
        Node("Method", "method:gamma", {"name": "Gamma"}),
        Node("Method", "method:epsilon", {"name": "Epsilon"}),
        Node("Method", "method:zeta", {"name": "Zeta"}),
        Node("Method", "method:ddpm", {"name": "DDPM", "aliases": ("denoising diffusion probabilistic model",)}),
        Node("Method", "method:detr", {"name": "DETR"}),
        Node("Method", "method:gpt", {"name": "GPT", "aliases": ()}),
        Node("Method", "method:transformer", {"name": "Transformer"}),
        Node("Method", "method:diffusionmodel", {"name": "diffusion model"}),
        Node("Dataset", "dataset:imagenet", {"name": "ImageNet", "aliases": ("ILSVRC",)}),
        Node("Dataset", "dataset:mscoco", {"name": "MS COCO", "aliases": ("COCO", "Microsoft COCO")}),
        Node("Dataset", "dataset:deltabench", {"name": "DeltaBench"}),
        Node("Dataset", "dataset:c4", {"name": "C4"}),
        Node("Metric", "metric:fid", {"name": "FID", "higherIsBetter": False}),
        Node("Metric", "metric:is", {"name": "IS", "higherIsBetter": True}),
        Node("Metric", "metric:map", {"name": "mAP", "higherIsBetter": True, "unit": "%"}),
        Node("Metric", "metric:accuracy", {"name": "accuracy", "higherIsBetter": True, "unit": "%"}),
        Node("Metric", "metric:latency", {"name": "latency", "higherIsBetter": False, "unit": "ms"}),
        Node("Metric", "metric:memory", {"name": "memory", "higherIsBetter": False}),
        Node("Metric", "metric:inferencespeed", {"name": "inference speed", "higherIsBetter": True}),
        Node("Metric", "metric:delight", {"name": "delight"}),
        Node("Task", "task:imagegeneration", {"name": "image generation"}),
        Node("Task", "task:objectdetection", {"name": "object detection"}),
        Node("Task", "task:questionanswering", {"name": "question answering"}),
    )
}

FAMILIES = {"method:transformer", "method:diffusionmodel"}
"""Methods that have no proper name."""

SLOTS = {
    "metric": "MEASURES",
    "dataset": "ON_DATASET",
    "method": "OF_METHOD",
    "baseline": "AGAINST",
    "task": "FOR_TASK",
}


def result(  # one keyword a property of the schema
    evidence: str,
    value: float,
    metric: str,
    *,
    unit: str = "",
    kind: Literal["absolute", "change", "ratio"] = "absolute",
    direction: Literal["up", "down"] | None = None,
    bound: str = "=",
    own: bool = True,
    setting: str | None = None,
    confidence: float = 0.9,
    **links: str,
) -> tuple[dict[str, Value], dict[str, str]]:
    """Properties of a Result without its place, and the entity of each slot."""
    properties: dict[str, Value] = {
        "value": value,
        "unit": unit,
        "kind": kind,
        "direction": direction,
        "bound": bound,
        "setting": setting,
        "own": own,
        "evidence": evidence,
        "confidence": confidence,
        "text": f"{ENTITIES[metric].properties['name']} {value:g}{unit}",
    }
    return properties, {"metric": metric, **links}


def graph(
    short: str,
    title: str,
    sentences: str,
    *,
    year: int | None = None,
    date: str | None = None,
    authors: tuple[str, ...] = (),
    entities: dict[str, str],
    results: tuple[tuple[dict[str, Value], dict[str, str]], ...] = (),
) -> PaperGraph:
    """One paper; its results are called `short`#1 and so on; `entities` maps ids to relationships from the paper."""
    key, text = paper_key(title), f"{title}\n{sentences}"
    paper = Node(
        "Paper",
        key,
        {
            "title": title,
            "abstract": sentences,
            "year": year,
            "date": date,
            "url": f"https://example.org/{short}",
            "fingerprint": "hand",
        },
    )
    nodes = [Node("Author", name, {"name": name}) for name in authors]
    edges = [Edge("WROTE", name, key, {"position": i}) for i, name in enumerate(authors, start=1)]
    for entity, relation in entities.items():
        name = str(ENTITIES[entity].properties["name"])
        start = max(text.find(name), 0)
        mention: dict[str, Value] = {
            "name": name,
            "mentions": (name,),
            "startChar": start,
            "endChar": start + len(name),
            "confidence": 1.0,
        }
        if ENTITIES[entity].label == "Method":
            mention["named"] = entity not in FAMILIES
        nodes.append(ENTITIES[entity])
        edges.append(Edge(relation, key, entity, mention))
    for number, (properties, links) in enumerate(results, start=1):
        fact = f"{short}#{number}"
        start = text.index(str(properties["evidence"]))
        place: dict[str, Value] = {"startChar": start, "endChar": start + len(str(properties["evidence"]))}
        nodes.append(Node("Result", fact, {**properties, **place}))
        edges.append(Edge("REPORTS", key, fact))
        edges.extend(Edge(SLOTS[slot], fact, target, {"confidence": 0.9}) for slot, target in links.items())
    return PaperGraph(paper, tuple(nodes), tuple(edges))


GRAPHS: tuple[PaperGraph, ...] = (
    graph(
        "alpha",
        "Alpha: images in one step",
        "Alpha, a Transformer, lowers FID on ImageNet at 256x256 from 12.5 for DDPM to 4.0, about 20x faster.",
        year=2023,
        date="2023-01-10",
        authors=("Ada Lovely", "Bo Chen"),
        entities={
            "method:alpha": "PROPOSES",
            "method:ddpm": "COMPARES_WITH",
            "method:transformer": "USES",
            "dataset:imagenet": "EVALUATES_ON",
            "metric:fid": "USES_METRIC",
            "metric:inferencespeed": "USES_METRIC",
            "task:imagegeneration": "ADDRESSES",
        },
        results=(
            result(
                "from 12.5 for DDPM",
                12.5,
                "metric:fid",
                own=False,
                setting="256x256",
                dataset="dataset:imagenet",
                method="method:ddpm",
            ),
            result(
                "to 4.0",
                4.0,
                "metric:fid",
                setting="256x256",
                dataset="dataset:imagenet",
                method="method:alpha",
                task="task:imagegeneration",
            ),
            result(
                "about 20x faster",
                20.0,
                "metric:inferencespeed",
                unit="x",
                kind="ratio",
                direction="up",
                bound="~",
                dataset="dataset:imagenet",
                method="method:alpha",
                baseline="method:ddpm",
            ),
        ),
    ),
    graph(
        "beta",
        "Beta: images in half a step",
        "Beta has FID 2.5 on ImageNet at 256x256, where Alpha has 4.2, with 40% less latency than Alpha. "
        "On MS COCO Beta has FID 8.0. Both are a Transformer.",
        year=2023,
        date="2023-03-05",
        authors=("Bo Chen",),
        entities={
            "method:beta": "PROPOSES",
            "method:alpha": "COMPARES_WITH",
            "method:transformer": "USES",
            "dataset:imagenet": "EVALUATES_ON",
            "dataset:mscoco": "EVALUATES_ON",
            "metric:fid": "USES_METRIC",
            "metric:latency": "USES_METRIC",
            "task:imagegeneration": "ADDRESSES",
        },
        results=(
            result(
                "FID 2.5 on ImageNet",
                2.5,
                "metric:fid",
                setting="256x256",
                dataset="dataset:imagenet",
                method="method:beta",
            ),
            result(
                "Alpha has 4.2",
                4.2,
                "metric:fid",
                own=False,
                setting="256x256",
                dataset="dataset:imagenet",
                method="method:alpha",
            ),
            result(
                "40% less latency",
                40.0,
                "metric:latency",
                unit="%",
                kind="change",
                direction="down",
                method="method:beta",
                baseline="method:alpha",
            ),
            result("FID 8.0", 8.0, "metric:fid", dataset="dataset:mscoco", method="method:beta"),
        ),
    ),
    graph(
        "gamma",
        "Gamma finds objects",
        "Gamma builds on Alpha and a Transformer. It has 51.3% mAP on MS COCO, 2.1 points over DETR, "
        "at 3x less latency than DETR: 12 ms.",
        year=2023,
        date="2023-03-20",
        authors=("Ada Lovely", "Bo Chen", "Cy Young"),
        entities={
            "method:gamma": "PROPOSES",
            "method:detr": "COMPARES_WITH",
            "method:alpha": "USES",
            "method:transformer": "USES",
            "dataset:mscoco": "EVALUATES_ON",
            "metric:map": "USES_METRIC",
            "metric:latency": "USES_METRIC",
            "task:objectdetection": "ADDRESSES",
        },
        results=(
            result("51.3% mAP", 51.3, "metric:map", unit="%", dataset="dataset:mscoco", method="method:gamma"),
            result(
                "2.1 points over DETR",
                2.1,
                "metric:map",
                unit="points",
                kind="change",
                direction="up",
                dataset="dataset:mscoco",
                method="method:gamma",
                baseline="method:detr",
            ),
            result(
                "3x less latency",
                3.0,
                "metric:latency",
                unit="x",
                kind="ratio",
                direction="down",
                method="method:gamma",
                baseline="method:detr",
            ),
            result("12 ms", 12.0, "metric:latency", unit="ms", method="method:gamma"),
        ),
    ),
    graph(
        "bench",
        "DeltaBench asks hard questions",
        "We publish DeltaBench. GPT stays below 61% accuracy.",
        year=2024,
        date="2024-02-01",
        authors=("Cy Young",),
        entities={
            "method:gpt": "COMPARES_WITH",
            "dataset:deltabench": "INTRODUCES",
            "metric:accuracy": "USES_METRIC",
            "task:questionanswering": "ADDRESSES",
        },
        results=(
            result(
                "below 61% accuracy",
                61.0,
                "metric:accuracy",
                unit="%",
                bound="<",
                own=False,
                dataset="dataset:deltabench",
                method="method:gpt",
            ),
        ),
    ),
    graph(
        "epsilon",
        "Epsilon answers questions",
        "Epsilon, a Transformer trained on C4, reaches 70.5 accuracy on DeltaBench, up to 9.5 points over GPT.",
        year=2024,
        authors=("Dee Ray",),
        entities={
            "method:epsilon": "PROPOSES",
            "method:gpt": "COMPARES_WITH",
            "method:transformer": "USES",
            "dataset:deltabench": "EVALUATES_ON",
            "dataset:c4": "TRAINS_ON",
            "metric:accuracy": "USES_METRIC",
            "task:questionanswering": "ADDRESSES",
        },
        results=(
            result(
                "70.5 accuracy",
                70.5,
                "metric:accuracy",
                dataset="dataset:deltabench",
                method="method:epsilon",
                task="task:questionanswering",
            ),
            result(
                "up to 9.5 points over GPT",
                9.5,
                "metric:accuracy",
                unit="points",
                kind="change",
                direction="up",
                bound="<=",
                method="method:epsilon",
                baseline="method:gpt",
            ),
        ),
    ),
    graph(
        "survey",
        "What the diffusion model taught us",
        "From DDPM on, papers on image generation give FID and IS on ImageNet.",
        entities={
            "method:ddpm": "USES",
            "method:diffusionmodel": "USES",
            "dataset:imagenet": "MENTIONS",
            "metric:fid": "USES_METRIC",
            "metric:is": "USES_METRIC",
            "task:imagegeneration": "ADDRESSES",
        },
    ),
    graph(
        "zeta",
        "Zeta: a diffusion model for small machines",
        "Zeta matches Beta with FID 8.0 on MS COCO, needs over 55% less memory and gives 7.0 delight.",
        year=2024,
        date="2024-05-15",
        authors=("Ada Lovely", "Dee Ray"),
        entities={
            "method:zeta": "PROPOSES",
            "method:beta": "COMPARES_WITH",
            "method:diffusionmodel": "USES",
            "dataset:mscoco": "EVALUATES_ON",
            "metric:fid": "USES_METRIC",
            "metric:memory": "USES_METRIC",
            "metric:delight": "USES_METRIC",
            "task:imagegeneration": "ADDRESSES",
        },
        results=(
            result("FID 8.0 on MS COCO", 8.0, "metric:fid", dataset="dataset:mscoco", method="method:zeta"),
            result(
                "over 55% less memory",
                55.0,
                "metric:memory",
                unit="%",
                kind="change",
                direction="down",
                bound=">",
                method="method:zeta",
                baseline="method:beta",
            ),
            result("7.0 delight", 7.0, "metric:delight", dataset="dataset:mscoco", method="method:zeta"),
        ),
    ),
    graph("empty", "Nothing to see", "We say nothing.", year=2022, date="2022-07-01", entities={}),
)
