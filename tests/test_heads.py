"""Heads and judge on weights made by hand; what they must give is worked out beside them."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.errors import ModelError
from kg.extraction.encoder import Encoded
from kg.extraction.heads import CONTEXT, FEATURES, HEADS, WEIGHTS, Array, Heads, Judge, Span

TEXT = "ab cd"
AB, CD, BOTH = (0, 2), (3, 5), (0, 5)
ROWS = {"kind": ["a", "b"], "own": ["a"], "entity": []}
"""Features by head; the other heads have one of their own name."""


def features_of(head: str) -> list[str]:
    return ROWS.get(head, [head])


def head_arrays(head: str, labels: int) -> dict[str, Array]:
    """Two hidden units. Feature "a" adds 1 and 2 to them and 3 to the second label, "b" nothing."""
    bag = np.zeros((len(features_of(head)), 2 + labels), dtype=np.int8)
    bag[:1, :2] = 2, 4
    bag[:1, 3:4] = 6
    out = np.zeros((2, labels))
    out[0, :1] = out[1, 1:2] = 1
    arrays: dict[str, Any] = {
        "bag": bag,
        "scales": np.full(len(bag), 0.5),
        "span": np.eye(2),
        "bias": [0, -1],
        "inner": [[1, 0], [0, 2]],
        "inner_bias": [0, -1],
        "out": out if labels > 1 else [[1], [-1]],
        "out_bias": np.eye(1, labels)[0],
    }
    if head in CONTEXT:
        arrays |= {"context": [[0, 1], [1, 0]], "both": [[1, 0], [0, 0.5]]}
    return {f"{head}.{name}": np.array(array) for name, array in arrays.items()}


def all_arrays() -> dict[str, Array]:
    """A span of first piece f, last piece l and mean m has the vector relu(f, l + 2 m - 3)."""
    arrays = {"project.weight": np.array([[1, 0], [0, 1], [0, 2]]), "project.bias": np.array([0, -3])}
    for head, labels in HEADS.items():
        arrays |= head_arrays(head, len(labels))
    return arrays


def write(folder: Path, arrays: dict[str, Array], lines: list[str] | None = None) -> Path:
    np.savez(folder / WEIGHTS, **arrays)  # type: ignore[arg-type]
    lines = [f for head in HEADS for f in features_of(head)] if lines is None else lines
    (folder / FEATURES).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Heads:
    return Heads(write(tmp_path_factory.mktemp("model"), all_arrays()))


@pytest.fixture
def judge(heads: Heads) -> Judge:
    """Of a text with the pieces "ab" and "cd", whose vectors are 1 and 2; so (0, 2) is [1, 0], (3, 5) is [2, 3]."""
    vectors = np.array([[1], [2]], dtype=np.float32)
    return Judge(heads, Encoded(np.array([0, 3]), np.array([2, 5]), vectors))


def softmax(*scores: float) -> list[float]:
    powers = np.exp(scores)
    return [float(p) for p in powers / powers.sum()]


@pytest.mark.parametrize(
    ("spans", "features", "scores"),
    [
        ([AB], [], (1 + 1, 0, 0, 0)),  # hidden [1, -1] -> [1, 0], inner [1, -1] -> [1, 0]
        ([AB], ["a"], (2 + 1, 1 + 3, 0, 0)),  # hidden [1, 0] + [0, -1] + [1, 2] = [2, 1], inner [2, 1]
        ([AB], ["a", "a"], (3 + 1, 5 + 6, 0, 0)),  # hidden [3, 3], inner [3, 5]
        ([AB], ["unknown", "own", "b"], (1 + 1, 0, 0, 0)),  # of no head, of another head, worth nothing
        ([CD], [], (2 + 1, 3, 0, 0)),  # hidden [2, 2], inner [2, 3]
        ([BOTH], [], (1 + 1, 1, 0, 0)),  # vector [1, 2 + 3 - 3], hidden [1, 1], inner [1, 1]
        ([AB, CD], [], (1.5 + 1, 0, 0, 0)),  # vector [1.5, 1.5], hidden [1.5, 0.5], inner [1.5, 0]
    ],
)
def test_classifier_without_context(
    judge: Judge, spans: list[Span], features: list[str], scores: tuple[float, ...]
) -> None:
    found = judge.classify("kind", [spans], [features])
    assert found.tolist() == [pytest.approx(softmax(*scores), abs=1e-6)]


def test_items_of_one_question_do_not_touch(judge: Judge) -> None:
    items, features = [[AB], [CD], [AB]], [["a"], [], []]
    together = judge.classify("kind", items, features)
    alone = [judge.classify("kind", [spans], [row])[0] for spans, row in zip(items, features, strict=True)]
    assert np.allclose(together, alone, atol=1e-6)
    assert together[0].tolist() != together[2].tolist()


def test_classifier_with_context(judge: Judge) -> None:
    # about = [2, 3] swapped = [3, 2]; hidden = [1, 0] + [3, 2] + [1 * 3, 0] = [7, 2], with bias [7, 1]; inner [7, 1]
    assert judge.classify("own", [[AB]], [[]], CD).tolist() == [pytest.approx(softmax(7 + 1, 1), abs=1e-6)]
    # about [0, 1]; hidden = [2, 3] + [0, 1] + [0, 3 * 1 / 2] = [2, 5.5], with bias [2, 4.5]; inner [2, 8]
    assert judge.classify("own", [[CD]], [[]], AB).tolist() == [pytest.approx(softmax(2 + 1, 8), abs=1e-6)]
    # as the first, with the feature's [1, 2] and 3: hidden [8, 3], inner [8, 5]
    assert judge.classify("own", [[AB]], [["a"]], CD).tolist() == [pytest.approx(softmax(8 + 1, 5 + 3), abs=1e-6)]


def test_ranker_shares_one_among_the_places(judge: Judge) -> None:
    # "ab" as above: inner [7, 1]; "none" is [0, 0]: hidden [3, 2], inner [3, 1]; out is the difference, and 1
    found = judge.rank("dataset", [AB, None], [[], []], CD)
    assert found.tolist() == pytest.approx(softmax(7 - 1 + 1, 3 - 1 + 1), abs=1e-6)
    many = judge.rank("dataset", [AB, CD, BOTH, None], [["dataset"], [], ["unknown"], []], CD)
    assert many.shape == (4,)
    assert many.sum() == pytest.approx(1)
    assert judge.rank("dataset", [None], [[]], CD).tolist() == [1]


def test_without_items_there_is_nothing(judge: Judge) -> None:
    assert judge.classify("kind", [], []).shape == (0, len(HEADS["kind"]))
    assert judge.classify("entity", [], [], AB).shape == (0, len(HEADS["entity"]))


def test_a_text_without_pieces_is_judged_by_features_alone(heads: Heads) -> None:
    nothing = np.empty(0, dtype=np.int64)
    judge = Judge(heads, Encoded(nothing, nothing, np.empty((0, 1), dtype=np.float32)))
    # vector [0, 0]; with the feature hidden [0, -1] + [1, 2] = [1, 1], inner [1, 1]
    found = judge.classify("kind", [[(0, 1)], [(0, 1)]], [[], ["a"]])
    assert found.tolist() == [pytest.approx(softmax(1, 0, 0, 0)), pytest.approx(softmax(1 + 1, 1 + 3, 0, 0))]
    assert judge.rank("task", [(0, 1), None], [[], []], (1, 2)).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("missing", [WEIGHTS, FEATURES])
def test_missing_file(tmp_path: Path, missing: str) -> None:
    write(tmp_path, all_arrays())
    (tmp_path / missing).unlink()
    with pytest.raises(ModelError, match=rf"no usable heads.npz and features.txt \(.*{missing}.*make them with"):
        Heads(tmp_path)


@pytest.mark.parametrize("size", [0, 100, 10_000])
def test_cut_file(tmp_path: Path, size: int) -> None:
    write(tmp_path, all_arrays())
    content = (tmp_path / WEIGHTS).read_bytes()
    assert size < len(content)
    (tmp_path / WEIGHTS).write_bytes(content[:size])
    with pytest.raises(ModelError, match=r"no usable heads\.npz"):
        Heads(tmp_path)


@pytest.mark.parametrize("name", ["project.bias", "kind.bag", "kind.inner", "own.context", "entity.both"])
def test_missing_weights_are_named(tmp_path: Path, name: str) -> None:
    arrays = {key: array for key, array in all_arrays().items() if key != name}
    with pytest.raises(ModelError, match=name):
        Heads(write(tmp_path, arrays))


@pytest.mark.parametrize("lines", [[], ["a"], ["a"] * 40])
def test_features_of_another_model(tmp_path: Path, lines: list[str]) -> None:
    rows = sum(len(features_of(head)) for head in HEADS)
    with pytest.raises(ModelError, match=rf"{len(lines)} lines of features, weights for {rows}\)"):
        Heads(write(tmp_path, all_arrays(), lines))


def test_feature_with_another_line_break_stays_one_line(tmp_path: Path) -> None:
    lines = [f.replace("metric", "met\r\N{LINE SEPARATOR}ric") for head in HEADS for f in features_of(head)]
    assert Heads(write(tmp_path, all_arrays(), lines))


class Mischief:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (self.folder,)


def test_weights_cannot_run_code(tmp_path: Path) -> None:
    made = tmp_path / "made"
    bad = np.array([Mischief(made)], dtype=object)
    with pytest.raises(ModelError, match="allow_pickle=False"):
        Heads(write(tmp_path, all_arrays() | {"kind.span": bad}))
    assert not made.exists()


def test_training_computes_the_same(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from kg.train.network import WIDTH, Network  # noqa: PLC0415 - behind importorskip
    from kg.train.shipping import write_heads  # noqa: PLC0415

    torch.manual_seed(0)
    encoder: Any = torch.nn.Identity()
    encoder.width = 5
    features = {head: [f"{head} {i}" for i in range(20 if head != "task" else 0)] for head in HEADS}
    network: Any = Network(encoder, features).eval()
    for head in network.heads.values():
        torch.nn.init.normal_(head.bag.weight, std=0.3)
        torch.nn.init.normal_(head.direct.weight, std=0.3)
    write_heads(network, features, tmp_path)
    heads = Heads(tmp_path)
    assert np.array_equal(heads.project, network.project.weight.detach().numpy().T)
    random = np.random.default_rng(0)
    spans, context = random.random((30, WIDTH), dtype=np.float32), random.random(WIDTH, dtype=np.float32)
    for name in HEADS:
        rows = [random.permutation(len(features[name]))[: i % 6].tolist() for i in range(len(spans))]
        starts = np.cumsum([0, *map(len, rows[:-1])])
        ids = torch.tensor([i for row in rows for i in row], dtype=torch.long)
        about = context if name in CONTEXT else None
        with torch.inference_mode():
            wanted = network.heads[name](
                torch.from_numpy(spans), torch.from_numpy(context).expand(30, -1), ids, torch.from_numpy(starts)
            ).numpy()
        known = [[features[name][i] for i in row] for row in rows]
        found = heads[name].scores(spans, about, known)
        assert np.abs(found - wanted).max() < 0.02, "a bag of int8 is off by a 254th of its largest weight"
        without = heads[name].scores(spans, about, [[] for _ in rows])
        assert np.abs(without - wanted).max() > 0.2 or not features[name]
