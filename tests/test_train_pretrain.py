"""Pretraining a small random encoder on texts written by hand. Needs the extra `train`."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from annotated import Stopped, install_tiny_base, many, stop_after  # noqa: E402  behind importorskip

from kg.errors import InputError  # noqa: E402
from kg.extraction.encoder import Tokens  # noqa: E402
from kg.train import pretrain as pretraining  # noqa: E402
from kg.train.encoder import MASK, CasedEncoder, base_folder  # noqa: E402
from kg.train.pretrain import pretrain  # noqa: E402


@pytest.fixture(autouse=True)
def tiny(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    install_tiny_base(tmp_path_factory.mktemp("base"), monkeypatch)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(base_folder() / "tokenizer.json")


@pytest.fixture
def texts() -> list[str]:
    return [paper.text for paper, _ in many(40)]


def weights(encoder: CasedEncoder) -> dict[str, list[float]]:
    return {name: tensor.flatten().tolist() for name, tensor in encoder.state_dict().items()}


def test_it_learns_to_guess_and_leaves_the_vectors_of_words_alone(
    texts: list[str], tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretraining, "RATES", {"encoder": 1e-3, "guess": 0.1})
    losses: list[float] = []
    before = weights(CasedEncoder())
    after = weights(pretrain(texts * 20, tokens, tmp_path / "checkpoint.pt", progress=losses.append))
    assert len(losses) == 50
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    same = {name for name in before if before[name] == after[name]}
    assert "bert.embeddings.word_embeddings.weight" in same
    assert {"cases.weight", "bert.embeddings.LayerNorm.weight"}.isdisjoint(same)


def test_a_run_broken_off_goes_on_to_the_same_weights(
    texts: list[str], tokens: Tokens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretraining, "PART", 1)
    whole = weights(pretrain(texts, tokens, tmp_path / "whole.pt"))
    with pytest.raises(Stopped):
        pretrain(texts, tokens, tmp_path / "broken.pt", progress=stop_after(2))
    steps: list[float] = []
    again = weights(pretrain(texts, tokens, tmp_path / "broken.pt", progress=steps.append))
    assert len(steps) == 2, "of three steps the first was saved"
    assert again == whole
    assert weights(pretrain(texts, tokens, tmp_path / "other.pt", seed=1)) != whole


def test_a_damaged_checkpoint_is_told(texts: list[str], tokens: Tokens, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"none")
    with pytest.raises(InputError, match="is damaged or of other papers; remove it to begin again"):
        pretrain(texts, tokens, tmp_path / "checkpoint.pt")


def test_words_are_hidden_as_a_whole(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretraining, "SHOWN", 0.0)
    pieces = [tokens("QuillNet reaches 91.2% on FooBench, unquestionably.")]
    seen = set()
    for seed in range(40):
        shown, cases, mask, wanted = pretraining._hidden(pieces, tokens, np.random.default_rng(seed))
        assert shown.shape == cases.shape == mask.shape == wanted.shape
        hidden = wanted[0] >= 0
        assert torch.equal(hidden, shown[0] == MASK)
        assert torch.equal(torch.where(hidden, wanted[0], shown[0])[1:-1], torch.from_numpy(pieces[0].ids))
        for i in range(1, len(pieces[0].ids)):
            if pieces[0].starts[i] == pieces[0].ends[i - 1]:
                assert hidden[i + 1] == hidden[i], "pieces of one word"
        seen |= set(torch.nonzero(hidden).flatten().tolist())
    assert len(seen) == len(pieces[0].ids)
