"""Fitting a small random network to papers written by hand. Needs the extra `train`."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from annotated import Stopped, annotated, install_tiny_base, many, stop_after  # noqa: E402  behind importorskip
from torch.optim.swa_utils import AveragedModel  # noqa: E402  behind importorskip

from kg.errors import InputError  # noqa: E402
from kg.extraction.encoder import Tokens  # noqa: E402
from kg.extraction.gazetteer import Gazetteer  # noqa: E402
from kg.extraction.heads import HEADS  # noqa: E402
from kg.train import fit as fitting  # noqa: E402
from kg.train import teach, vocabulary  # noqa: E402
from kg.train.encoder import CasedEncoder, base_folder  # noqa: E402
from kg.train.fit import BATCH, fit  # noqa: E402
from kg.train.lessons import Lesson, Vocabulary, prune  # noqa: E402
from kg.train.network import Network  # noqa: E402
from kg.train.steps import batches  # noqa: E402

Features = dict[str, list[str]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("base")
        install_tiny_base(folder, patch)
        assert base_folder() == folder / "tiny"
        return base_folder()


@pytest.fixture(autouse=True)
def tiny(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(base.parent)


@pytest.fixture(scope="module")
def tokens(base: Path) -> Tokens:
    return Tokens(base / "tokenizer.json")


@pytest.fixture(scope="module")
def taught(tokens: Tokens, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Lesson], Features]:
    """Lessons of twenty papers."""
    folder = tmp_path_factory.mktemp("gold")
    papers = annotated(folder, many(20))
    vocabulary.write(folder, papers, {})
    known = Vocabulary()
    lessons = teach.lessons(papers, Gazetteer.load(folder), tokens, known)
    return lessons, prune(lessons, known)


@pytest.fixture
def run(taught: tuple[list[Lesson], Features], tokens: Tokens) -> Callable[..., Network]:
    return lambda checkpoint, **more: fit(*taught, tokens, checkpoint, **more)


def weights(network: Network) -> dict[str, list[float]]:
    return {name: tensor.flatten().tolist() for name, tensor in network.state_dict().items()}


def pieces_of(lesson: Lesson) -> int:
    return len(lesson.pieces.ids)


@pytest.mark.parametrize("count", [1, BATCH, BATCH + 1, 10 * BATCH + 3])
def test_batches_have_every_lesson_once(taught: tuple[list[Lesson], Features], count: int) -> None:
    lessons = [Lesson(taught[0][i % 20].pieces) for i in range(count)]
    found = list(batches(lessons, pieces_of, BATCH, np.random.default_rng(0)))
    assert sorted(id(x) for batch in found for x in batch) == sorted(id(x) for x in lessons)
    assert all(0 < len(batch) <= BATCH for batch in found)
    again, other = (list(batches(lessons, pieces_of, BATCH, np.random.default_rng(seed))) for seed in (0, 1))
    assert [[id(x) for x in batch] for batch in again] == [[id(x) for x in batch] for batch in found]
    if count > 10 * BATCH:
        assert [[id(x) for x in batch] for batch in other] != [[id(x) for x in batch] for batch in found]


def test_batches_are_of_like_length(taught: tuple[list[Lesson], Features]) -> None:
    found = list(batches(taught[0], pieces_of, BATCH, np.random.default_rng(0)))
    ranges = sorted((min(sizes), max(sizes)) for b in found if (sizes := [len(x.pieces.ids) for x in b]))
    assert all(a[1] <= b[0] for a, b in pairwise(ranges))


def test_loss_falls(run: Callable[..., Network], tmp_path: Path) -> None:
    losses: list[float] = []
    run(tmp_path / "checkpoint.pt", epochs=8, progress=losses.append)
    assert len(losses) == 8 * 3, "steps of 20 papers"
    assert np.mean(losses[-3:]) < 0.6 * np.mean(losses[:3])


def test_a_run_broken_off_ends_as_an_unbroken_one(
    run: Callable[..., Network], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fitting, "_EVERY", 1)
    monkeypatch.setattr(fitting, "AVERAGED", 0.9)
    whole = weights(run(tmp_path / "whole.pt", epochs=2))
    with pytest.raises(Stopped):
        run(tmp_path / "broken.pt", epochs=2, progress=stop_after(3 + 2))
    assert torch.load(tmp_path / "broken.pt", weights_only=True)["done"] == 1
    steps: list[float] = []
    assert weights(run(tmp_path / "broken.pt", epochs=2, progress=steps.append)) == whole
    assert len(steps) == 3, "the first epoch is not done again"
    assert weights(run(tmp_path / "other.pt", epochs=2, seed=1)) != whole


def test_a_run_too_short_for_a_mean_gives_the_last_weights(
    run: Callable[..., Network], taught: tuple[list[Lesson], Features], tmp_path: Path
) -> None:
    found = weights(run(tmp_path / "checkpoint.pt", epochs=1))
    last = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert last["mean"]["n_averaged"] == 0
    assert found == {name: tensor.flatten().tolist() for name, tensor in last["network"].items()}
    torch.manual_seed(0)
    start = weights(Network(CasedEncoder(), taught[1]))
    assert {name for name in found if found[name] != start[name]} >= {"project.weight", "encoder.cases.weight"}


def test_mean_of_the_last_weights(run: Callable[..., Network], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fitting, "_EVERY", 1)
    monkeypatch.setattr(fitting, "AVERAGED", 0.5)
    seen: list[dict[str, list[float]]] = []
    update = AveragedModel.update_parameters

    def spy(mean: object, network: Network) -> None:
        seen.append(weights(network))
        update(mean, network)

    monkeypatch.setattr(AveragedModel, "update_parameters", spy)
    found = weights(run(tmp_path / "checkpoint.pt", epochs=2))
    assert len(seen) == 3, "of six steps"
    for name in ("project.weight", "heads.kind.out.bias"):
        assert np.allclose(found[name], np.mean([w[name] for w in seen], axis=0), atol=1e-6)
        assert found[name] != seen[-1][name]


def test_checkpoint_of_other_papers(
    run: Callable[..., Network], taught: tuple[list[Lesson], Features], tokens: Tokens, tmp_path: Path
) -> None:
    file = tmp_path / "checkpoint.pt"
    run(file, epochs=1)
    fewer = taught[1] | {"kind": taught[1]["kind"][1:]}
    with pytest.raises(InputError, match=r"checkpoint\.pt is damaged or of other papers; remove it"):
        fit(taught[0], fewer, tokens, file, epochs=2)
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(InputError, match=r"checkpoint\.pt is damaged or of other papers; remove it"):
        run(file, epochs=2)


def test_words_stay_as_they_are(run: Callable[..., Network], tmp_path: Path) -> None:
    found = run(tmp_path / "checkpoint.pt", epochs=1)
    torch.manual_seed(0)
    start = CasedEncoder()
    words = [e.bert.get_input_embeddings().weight for e in (found.encoder, start)]
    assert torch.equal(words[0].cpu(), words[1])


def test_every_head_with_items_has_a_loss(taught: tuple[list[Lesson], Features], tokens: Tokens) -> None:
    network = Network(CasedEncoder(), taught[1]).eval()
    random = np.random.default_rng(0)
    with torch.inference_mode():
        losses = network.loss(taught[0][:BATCH], tokens, random)
        again = network.loss(taught[0][:BATCH], tokens, random)
    asked = {head for head in HEADS if any(lesson.sheets[head].answers for lesson in taught[0][:BATCH])}
    assert losses.keys() == asked
    assert asked >= {"entity", "kind", "own", "direction", "metric", "dataset", "method", "baseline"}
    assert all(torch.isfinite(value) and value > 0 for value in losses.values())
    assert {h: v.item() for h, v in again.items()} == {h: v.item() for h, v in losses.items()}, "nothing is random"
