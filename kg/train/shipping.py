"""Network -> files that kg.extraction.heads reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from kg.extraction.heads import FEATURES, HEADS, WEIGHTS
from kg.train.network import Head, Network


def write_heads(network: Network, features: Mapping[str, Sequence[str]], folder: Path) -> None:
    """heads.npz and features.txt. Bags are kept as int8 with a scale for each feature."""
    project = network.project
    arrays: dict[str, NDArray[np.generic]]
    arrays = {"project.weight": _array(project.weight.T), "project.bias": _array(project.bias)}
    for name, head in network.heads.items():
        if isinstance(head, Head):
            arrays |= {f"{name}.{key}": array for key, array in _head(head, len(features[name])).items()}
    np.savez(folder / WEIGHTS, **arrays)  # type: ignore[arg-type]  # it takes any array; `allow_pickle` is no name here
    lines = [feature for head in HEADS for feature in features[head]]
    (folder / FEATURES).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _head(head: Head, features: int) -> dict[str, NDArray[np.generic]]:
    rows = torch.cat([head.bag.weight, head.direct.weight], dim=1)[:features]
    scales = rows.abs().amax(dim=1).clamp(min=1e-8) / 127
    arrays = {
        "bag": (rows / scales[:, None]).round().to(torch.int8).numpy(force=True),
        "scales": _array(scales),
        "span": _array(head.span.weight.T),
        "bias": _array(head.span.bias),
        "inner": _array(head.inner.weight.T),
        "inner_bias": _array(head.inner.bias),
        "out": _array(head.out.weight.T),
        "out_bias": _array(head.out.bias),
    }
    if head.context is not None and head.both is not None:
        arrays |= {"context": _array(head.context.weight.T), "both": _array(head.both.weight.T)}
    return arrays


def _array(tensor: torch.Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.numpy(force=True), dtype=np.float32)
