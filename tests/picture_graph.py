"""Six invented papers, small enough to draw: what `kg view` and Neo4j Browser are tested and pictured with."""

from kg.schema import Edge, Node, PaperGraph, Value, check_graph
from kg.text import name_key, paper_key

METRICS = {"FID": False, "Inception Score": True, "accuracy": True, "speedup": True, "mAP": True}
PROPOSES, USES, COMPARES = "PROPOSES", "USES", "COMPARES_WITH"

Fact = tuple[str, str, str, str, str | None, str]
"""Caption, metric, data set ("" for none), method, baseline, sentence."""


def entity(label: str, name: str) -> Node:
    properties: dict[str, Value] = {"name": name}
    if label == "Metric":
        properties["higherIsBetter"] = METRICS.get(name)
    return Node(label, f"{label.lower()}:{name_key(name)}", properties)


def paper_graph(
    title: str,
    year: int,
    authors: tuple[str, ...],
    entities: tuple[tuple[str, str, str], ...],
    facts: tuple[Fact, ...] = (),
) -> PaperGraph:
    """`entities` are (relationship type, label, name); the abstract is made of the facts' sentences."""
    abstract = " ".join(dict.fromkeys(fact[-1] for fact in facts))
    text = f"{title}\n{abstract}"
    paper = Node("Paper", paper_key(title), {"title": title, "abstract": abstract, "year": year, "fingerprint": "f"})
    nodes = {("Author", name): Node("Author", name, {"name": name}) for name in authors}
    edges = [Edge("WROTE", name, paper.id, {"position": place}) for place, name in enumerate(authors, 1)]
    for link, label, name in entities:
        node = nodes[label, name] = entity(label, name)
        edges.append(Edge(link, paper.id, node.id, {"name": name, "mentions": (name,), "confidence": 1.0}))
    for place, (caption, metric, dataset, method, baseline, sentence) in enumerate(facts):
        start = text.index(sentence)
        result = Node(
            "Result",
            f"{paper.id}#{place}",
            {
                "text": caption,
                "value": float("".join(c for c in caption if c.isdigit() or c == ".")),
                "unit": "",
                "kind": "absolute",
                "bound": "=",
                "own": baseline is None,
                "evidence": sentence,
                "startChar": start,
                "endChar": start + len(sentence),
                "confidence": 0.9,
            },
        )
        nodes["Result", result.id] = result
        ends = (
            ("MEASURES", "Metric", metric),
            ("ON_DATASET", "Dataset", dataset),
            ("OF_METHOD", "Method", method),
            ("AGAINST", "Method", baseline),
        )
        edges.append(Edge("REPORTS", paper.id, result.id))
        edges += [
            Edge(link, result.id, nodes[label, name].id, {"confidence": 0.9}) for link, label, name in ends if name
        ]
    graph = PaperGraph(paper, tuple(nodes.values()), tuple(edges))
    check_graph(graph)
    return graph


GRAPHS = (
    paper_graph(
        "Tidewater: Sparse Experts for Diffusion Transformers",
        2025,
        ("Ada Marsh", "Bo Lindqvist"),
        (
            (PROPOSES, "Method", "Tidewater"),
            (COMPARES, "Method", "DiT"),
            (USES, "Method", "Mixture of Experts"),
            ("EVALUATES_ON", "Dataset", "ImageNet"),
            ("EVALUATES_ON", "Dataset", "MS COCO"),
            ("USES_METRIC", "Metric", "FID"),
            ("USES_METRIC", "Metric", "speedup"),
            ("ADDRESSES", "Task", "image generation"),
        ),
        (
            (
                "FID 1.8",
                "FID",
                "ImageNet",
                "Tidewater",
                None,
                "Tidewater reaches an FID of 1.8 on ImageNet at 256 pixels.",
            ),
            (
                "FID 2.3",
                "FID",
                "ImageNet",
                "DiT",
                None,
                "The dense DiT it starts from stands at an FID of 2.3 on ImageNet.",
            ),
            ("3.1x speedup", "speedup", "", "Tidewater", "DiT", "Sampling runs 3.1 times faster than DiT."),
            ("FID 6.4", "FID", "MS COCO", "Tidewater", None, "On MS COCO the FID is 6.4 without guidance."),
        ),
    ),
    paper_graph(
        "Few Steps Are Enough: Distilling Flow Models by Halves",
        2024,
        ("Chika Oyelaran",),
        (
            (PROPOSES, "Method", "HalfStep"),
            (COMPARES, "Method", "DiT"),
            ("EVALUATES_ON", "Dataset", "ImageNet"),
            ("USES_METRIC", "Metric", "FID"),
            ("USES_METRIC", "Metric", "Inception Score"),
            ("ADDRESSES", "Task", "image generation"),
        ),
        (
            ("FID 2.1", "FID", "ImageNet", "HalfStep", None, "With four steps HalfStep has an FID of 2.1 on ImageNet."),
            ("IS 289", "Inception Score", "ImageNet", "HalfStep", None, "Its Inception Score on ImageNet is 289."),
        ),
    ),
    paper_graph(
        "Latent Mosaics: Autoregression over Image Patches",
        2024,
        ("Dara Quill", "Ada Marsh"),
        (
            (PROPOSES, "Method", "Mosaic-AR"),
            (COMPARES, "Method", "HalfStep"),
            ("EVALUATES_ON", "Dataset", "ImageNet"),
            ("EVALUATES_ON", "Dataset", "CIFAR-10"),
            ("USES_METRIC", "Metric", "FID"),
            ("ADDRESSES", "Task", "image generation"),
        ),
        (
            ("FID 2.6", "FID", "ImageNet", "Mosaic-AR", None, "Mosaic-AR obtains an FID of 2.6 on ImageNet."),
            ("FID 1.9", "FID", "CIFAR-10", "Mosaic-AR", None, "On CIFAR-10 its FID is 1.9."),
        ),
    ),
    paper_graph(
        "What Do Generated Images Teach a Classifier?",
        2023,
        ("Emre Falk",),
        (
            (USES, "Method", "DiT"),
            (USES, "Method", "ResNet-50"),
            ("TRAINS_ON", "Dataset", "ImageNet"),
            ("USES_METRIC", "Metric", "accuracy"),
            ("USES_METRIC", "Metric", "FID"),
            ("ADDRESSES", "Task", "image classification"),
        ),
        (
            (
                "accuracy 78.4 %",
                "accuracy",
                "ImageNet",
                "ResNet-50",
                None,
                "ResNet-50 trained with added samples reaches 78.4 % accuracy on ImageNet.",
            ),
        ),
    ),
    paper_graph(
        "Harbour: Open-World Detection with Frozen Encoders",
        2025,
        ("Bo Lindqvist", "Greta Saar"),
        (
            (PROPOSES, "Method", "Harbour"),
            (USES, "Method", "ResNet-50"),
            ("EVALUATES_ON", "Dataset", "MS COCO"),
            ("MENTIONS", "Dataset", "ImageNet"),
            ("USES_METRIC", "Metric", "mAP"),
            ("ADDRESSES", "Task", "object detection"),
        ),
        (("mAP 52.7", "mAP", "MS COCO", "Harbour", None, "Harbour scores 52.7 mAP on MS COCO."),),
    ),
    paper_graph(
        "A Yardstick for Yardsticks: When FID Misleads",
        2022,
        ("Hana Petrov",),
        (
            ("INTRODUCES", "Dataset", "FaultyFakes"),
            ("USES_METRIC", "Metric", "FID"),
            ("USES_METRIC", "Metric", "Inception Score"),
            ("ADDRESSES", "Task", "image generation"),
        ),
    ),
)
