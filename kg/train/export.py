"""CasedEncoder -> the folder that kg/extraction/encoder.py reads: encoder.onnx, tokenizer.json."""

import shutil
import warnings
from copy import deepcopy
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic

from kg.errors import ModelError
from kg.extraction.encoder import MODEL, TOKENIZER, Encoder, Tokens
from kg.train.encoder import CasedEncoder, base_folder

OPSET = 20
"""The first with Gelu, hence onnxruntime 1.17 or later."""
CLOSE = 1e-3
"""Largest difference between a number of torch's and one of onnxruntime's."""
TEXTS = (
    "A probe of one sentence.",
    "Faster Sampling for Diffusion Models\nWe reach an FID of 2.17 on CIFAR-10 with 35 steps (3x fewer than DDIM).",
    "It has 51.3% top-1 accuracy on ImageNet-1K; LLaMA-2 7B and GPT-4 score 68.9 and 86.4 on MMLU (zero-shot).",
    "Naïve Bayes über alles: 模型 at 0.5 mAP\n" + "Each of these words stands in a longer text than the others. " * 45,
)


def export(encoder: CasedEncoder, folder: Path, *, quantize: bool = True) -> float:
    """Writes the folder; returns the mean cosine of the vectors it gives on TEXTS with those of the encoder.

    Quantised, each word's vector is int8 with a scale, and so is each column of a matrix; what goes into a product is
    scaled as a whole when it comes (dynamic quantisation). The rest stays float32. Raises ModelError where the model
    differs from the encoder before it is quantised.
    """
    encoder = deepcopy(encoder).cpu().float().eval()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(base_folder() / TOKENIZER, folder / TOKENIZER)
    onnx.save(_model(_Plain(encoder, int8=False)), folder / MODEL)
    difference, cosine = _compare(encoder, folder)
    if difference > CLOSE:
        raise ModelError(f"torch and onnxruntime differ by {difference:.4f}; try other versions of torch and onnx")
    if not quantize:
        return cosine
    model = _model(_Plain(encoder, int8=True))
    # One scale a matrix costs much (0.93 instead of 0.99); uint8 weights are half as fast.
    quantize_dynamic(
        model, folder / MODEL, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8
    )
    return _compare(encoder, folder)[1]


class _Plain(torch.nn.Module):
    """CasedEncoder for one text, (T,) -> (T, width), in operators for which onnxruntime has fast int8 kernels.

    transformers' own forward adds a mask of zeros, or looks for NaN, in every layer: a tenth to a third of the time.
    With a batch's dimension onnxruntime would fuse additions and layer norms into an operator that takes another fifth.
    """

    def __init__(self, encoder: CasedEncoder, int8: bool) -> None:
        super().__init__()
        table = encoder.bert.embeddings
        self.cases, self.norm, self.layers = encoder.cases, table.LayerNorm, encoder.bert.encoder.layer
        words = table.word_embeddings.weight.detach()
        scales = (words.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-12) if int8 else torch.ones(len(words), 1)
        self.register_buffer("words", (words / scales).round().to(torch.int8) if int8 else words)
        self.register_buffer("scales", scales)
        self.register_buffer("positions", (table.position_embeddings.weight + table.token_type_embeddings.weight[0]))

    def forward(self, ids: torch.Tensor, cases: torch.Tensor) -> torch.Tensor:
        words = self.words[ids].float() * self.scales[ids]
        vectors: torch.Tensor = self.norm(words + self.cases(cases) + self.positions[: ids.shape[0]])
        for layer in self.layers:
            attended = layer.attention.output(_attend(layer.attention.self, vectors), vectors)
            vectors = layer.output(layer.intermediate(attended), attended)
        return vectors


def _attend(part: torch.nn.Module, vectors: torch.Tensor) -> torch.Tensor:
    """Softmax attention (Vaswani et al. 2017) of all heads, (T, width) -> (T, width)."""
    shape = (-1, part.num_attention_heads, part.attention_head_size)
    queries, keys, values = (f(vectors).view(shape) for f in (part.query, part.key, part.value))
    weights = (queries.permute(1, 0, 2) @ keys.permute(1, 2, 0) * part.scaling).softmax(-1)
    return (weights @ values.permute(1, 0, 2)).permute(1, 0, 2).reshape(vectors.shape)


def _model(plain: _Plain) -> onnx.ModelProto:
    sample = torch.zeros(7, dtype=torch.int64)
    count = torch.export.Dim("T", min=2, max=plain.positions.shape[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # among others: "T will not be used", for its second use
        program = torch.onnx.export(
            plain.eval(),
            (sample, sample.clone()),
            input_names=["ids", "cases"],
            output_names=["vectors"],
            dynamic_shapes={"ids": {0: count}, "cases": {0: count}},
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    model: onnx.ModelProto = program.model_proto
    graph = model.graph
    for part in (graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        part.ClearField("metadata_props")  # call stacks, with the paths of this machine
    return model


def _compare(encoder: CasedEncoder, folder: Path) -> tuple[float, float]:
    """Largest difference and mean cosine of the vectors on TEXTS, the encoder's against the folder's."""
    run = Encoder(folder)
    got = np.concatenate([run(text).vectors for text in TEXTS])
    wanted = np.concatenate([_vectors(encoder, run.tokens, text) for text in TEXTS])
    cosines = (got * wanted).sum(axis=1) / np.linalg.norm(got, axis=1) / np.linalg.norm(wanted, axis=1)
    return float(np.abs(got - wanted).max()), float(cosines.mean())


def _vectors(encoder: CasedEncoder, tokens: Tokens, text: str) -> NDArray[np.float32]:
    """(n, width), a window at a time, as Encoder gives them."""
    pieces, vectors = tokens(text), []
    for start, end in pieces.windows:
        ids = torch.tensor([[tokens.cls, *pieces.ids[start:end], tokens.sep]])
        cases = torch.tensor([[0, *pieces.cases[start:end], 0]])
        with torch.inference_mode():
            vectors.append(encoder(ids, cases)[0, 1:-1].numpy())
    return np.concatenate(vectors)
