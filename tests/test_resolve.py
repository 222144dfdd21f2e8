"""Tables, acronyms and the ids that names get."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import data
from kg.errors import ModelError
from kg.records import KINDS, EntityKind
from kg.resolve import Resolver
from kg.resolve.acronyms import Identity, could_expand, identify, same_expansion
from kg.resolve.tables import Tables, Target, shipped
from kg.text import name_key

SMALL = Tables(
    [
        Target("metric", "IS", ("Inception score",)),
        Target("metric", "FID", ("FID score",), ("Fréchet inception distance",), False),
        Target("dataset", "MS COCO", ("COCO",), ("Common Objects in Context",)),
        Target("method", "importance sampling"),
        Target("method", "GAN", (), ("generative adversarial network",)),
        Target("method", "PPO"),
    ]
)


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver()


def test_no_name_of_a_kind_stands_in_two_rows() -> None:
    rows: dict[tuple[str, str], set[str]] = {}
    for row in data.rows("aliases"):
        names = [row["name"], *row["aliases"].split("|"), *row["expansions"].split("|")]
        for name in filter(None, names):
            rows.setdefault((row["kind"], name_key(name)), set()).add(row["name"])
    assert {key: names for key, names in rows.items() if len(names) > 1} == {}


@pytest.mark.parametrize(("table", "key"), [("aliases", ("kind", "name")), ("metrics", ("name",))])
def test_rows_are_sorted_and_unique(table: str, key: tuple[str, ...]) -> None:
    keys = [tuple(row[column] for column in key) for row in data.rows(table)]
    assert keys == sorted(set(keys))


def test_cells_are_clean_and_every_row_names_its_source() -> None:
    for row in data.rows("aliases"):
        names = [row["name"], *row["aliases"].split("|"), *row["expansions"].split("|")]
        assert [n for n in names if n != " ".join(n.split())] == []
        assert row["source"] in {"kg", "SOTA?"}


def test_the_tables_are_rich() -> None:
    count = Counter(target.kind for target in shipped())
    assert count["dataset"] >= 150
    assert count["metric"] >= 150
    assert count["method"] >= 250
    assert count["task"] >= 100
    assert sum(target.higher_is_better is not None for target in shipped()) >= 150


@pytest.mark.parametrize(
    ("metric", "better", "unit"),
    [
        ("FID", False, None),
        ("Inception score", True, None),
        ("accuracy", True, "%"),
        ("top-1 error", False, "%"),
        ("BLEU", True, None),
        ("perplexity", False, None),
        ("PSNR", True, "dB"),
        ("LPIPS", False, None),
        ("mIoU", True, "%"),
        ("mean squared error", False, None),
        ("word error rate", False, "%"),
        ("MPJPE", False, "mm"),
        ("AUROC", True, None),
        ("latency", False, None),
        ("inference speed", True, None),
        ("throughput", True, None),
        ("FPS", True, "FPS"),
        ("GFLOPs", False, None),
        ("#params", False, None),
        ("memory footprint", False, None),
        ("training time", False, None),
        ("speed-up", True, "x"),
        ("regret", False, None),
        ("ECE", False, None),
        ("win rate", True, "%"),
        ("attack success rate", None, "%"),
        ("compression ratio", None, "x"),
    ],
)
def test_direction_and_unit(metric: str, better: bool | None, unit: str | None) -> None:
    target = shipped().find("metric", metric)
    assert target is not None
    assert (target.higher_is_better, target.unit) == (better, unit)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("dataset", "mscoco", "MS COCO"),
        ("dataset", "COCO", "MS COCO"),
        ("dataset", "ImageNet-1k", "ImageNet"),
        ("dataset", "ImageNet-21K", "ImageNet-21K"),
        ("dataset", "Cifar10", "CIFAR-10"),
        ("dataset", "VOC2012", "PASCAL VOC 2012"),
        ("metric", "Fréchet Inception Distance", "FID"),
        ("metric", "F1-scores", "F1"),
        ("metric", "number of parameters", "parameters"),
        ("method", "Generative Adversarial Networks", "GAN"),
        ("method", "LLMs", "large language model"),
        ("method", "ResNet50", "ResNet-50"),
        ("task", "NER", "named entity recognition"),
        ("task", "ASR", "speech recognition"),
    ],
)
def test_spellings_of_one_thing_share_an_id(resolver: Resolver, kind: EntityKind, name: str, expected: str) -> None:
    found = resolver.entity_id(kind, name)
    assert found == f"{kind}:{name_key(expected)}"
    assert resolver.entity_name(kind, found) == expected


def test_names_that_no_table_knows(resolver: Resolver) -> None:
    assert resolver.entity_id("method", "Zorblax  Nets") == "method:zorblaxnet"
    assert resolver.entity_name("method", "method:zorblaxnet") is None
    assert resolver.aliases("method", "method:zorblaxnet") == ()


def test_ids_of_another_kind_have_no_name(resolver: Resolver) -> None:
    assert resolver.entity_name("method", "metric:fid") is None
    assert resolver.aliases("method", "metric:fid") == ()


def test_aliases_are_all_known_names_sorted(resolver: Resolver) -> None:
    assert resolver.aliases("metric", "metric:auprc") == (
        "AUC-PR",
        "AUPRC",
        "PR-AUC",
        "area under the precision-recall curve",
    )


def test_the_signature_is_that_of_the_content(resolver: Resolver) -> None:
    assert resolver.signature == Resolver().signature
    assert len(resolver.signature) == 64


def test_a_name_of_two_targets_is_refused() -> None:
    with pytest.raises(ModelError, match=r"aliases.tsv: metric 'ACC' stands for 'accuracy' and for 'ACC'; keep one"):
        Tables([Target("metric", "accuracy", ("Acc",)), Target("metric", "ACC")])


@given(st.sampled_from(sorted(shipped(), key=lambda t: t.id)), st.data())
def test_every_name_in_any_dress_leads_to_its_target(target: Target, draw: st.DataObject) -> None:
    name = draw.draw(st.sampled_from(target.names))
    dress = draw.draw(st.sampled_from([str.upper, str.lower, lambda n: n.replace("-", " "), lambda n: f" {n} "]))
    assert shipped().find(target.kind, dress(name)) is target


@pytest.mark.parametrize(
    ("kind", "name", "abbreviations", "expected"),
    [
        ("metric", "IS", [], Identity("metric:is", "IS")),
        ("metric", "IS", [("IS", "Inception Scores")], Identity("metric:is", "IS")),
        ("metric", "IS", [("IS", "item spread")], Identity("metric:isitemspread", "IS (item spread)")),
        ("method", "IS", [("IS", "importance sampling")], Identity("method:importancesampling", "importance sampling")),
        ("metric", "FID", [("FID", "the Frechet inception distances")], Identity("metric:fid", "FID")),
        ("metric", "FID", [("IS", "importance sampling")], Identity("metric:fid", "FID")),
        ("method", "PPO", [("PPO", "proximal point optimizer")], Identity("method:ppo", "PPO")),
        ("method", "QQX", [("QQX", "quick query exchange")], Identity("method:qqx", "QQX")),
        ("method", "GANs", [("GANs", "Generative Adversarial Nets")], Identity("method:gan", "GAN")),
        ("method", "adversarial nets", [("GAN", "adversarial nets")], Identity("method:gan", "GAN")),
        ("dataset", "COCO", [("COCO", "COCO captions")], Identity("dataset:mscoco", "MS COCO")),
        ("dataset", "COCO", [("COCO", "Court Notes")], Identity("dataset:cococourtnote", "COCO (Court Notes)")),
    ],
)  # fmt: skip
def test_acronyms_in_a_paper(
    kind: EntityKind, name: str, abbreviations: list[tuple[str, str]], expected: Identity
) -> None:
    assert identify(SMALL, kind, name, abbreviations) == expected


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Fréchet Inception Distance", "frechet inception distances", True),
        ("the inception score", "Inception Score", True),
        ("generative adversarial network(s)", "Generative Adversarial Networks", True),
        ("Low-Rank Adaptation", "low rank adaption", True),
        ("structural similarity", "structural similarity index measure", True),
        ("convolution neural network", "convolutional neural networks", True),
        ("visual autoregressive modelling", "visual autoregressive models", True),
        ("Masked Autoencoder", "mean absolute error", False),
        ("Segment Anything Model", "Semantic Attention Module", False),
        ("visual autoregressive modeling", "vector autoregression", False),
        ("recurrent neural network", "recursive neural network", False),
        ("", "inception score", False),
    ],
)
def test_expansions_are_compared_tolerantly(a: str, b: str, same: bool) -> None:
    assert same_expansion(a, b) is same
    assert same_expansion(b, a) is same


@pytest.mark.parametrize(
    ("short", "long", "could"),
    [
        ("FID", "Fréchet inception distance", True),
        ("SDS", "SDS loss", False),
        ("FID", "perplexity of words", False),
        ("IS", "importance", False),
        ("ILSVRC2012", "ImageNet ILSVRC 2012", False),
    ],
)
def test_what_an_acronym_could_stand_for(short: str, long: str, could: bool) -> None:
    assert could_expand(short, long) is could


def test_broken_tables_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    alias = {"kind": "metric", "name": "FID", "aliases": "", "expansions": "", "source": "kg"}
    fact = {"name": "FID", "higherIsBetter": "false", "unit": ""}
    cases = [
        ([alias | {"kind": "colour"}], [], "unknown kind 'colour' of 'FID'; known: " + ", ".join(KINDS)),
        ([alias], [fact | {"name": "XYZ"}], "metrics.tsv: XYZ is no metric of aliases.tsv; add it there"),
        (
            [alias],
            [fact | {"higherIsBetter": "no"}],
            "higherIsBetter of 'FID' is 'no'; it must be true, false or empty",
        ),
    ]
    for aliases, metrics, message in cases:
        monkeypatch.setattr(data, "rows", {"aliases": aliases, "metrics": metrics}.__getitem__)
        with pytest.raises(ModelError, match=message):
            shipped.__wrapped__()
