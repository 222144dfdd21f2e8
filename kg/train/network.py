"""Encoder and heads as one network, and the loss of a batch of lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from kg.extraction.encoder import Tokens
from kg.extraction.heads import CONTEXT, HEADS
from kg.train.encoder import MASK, CasedEncoder, padded
from kg.train.lessons import Lesson, Sheet

WIDTH = 256
HIDDEN = {"entity": 128}
_HIDDEN = 96
SHARE = {"entity": 4.0, "kind": 2.0, "own": 0.5, "direction": 0.5}
"""Weights of the heads' mean losses; 1 for the others."""
SMOOTHING = 0.03
FORGOTTEN = 0.5
"""Share of the features left out of an item while fitting, so that the heads lean on the encoder too."""
DROPPED = 0.25
"""Share of the numbers in a vector that are dropped while fitting."""
HIDDEN_WORDS = 0.08
"""Share of the pieces shown as [MASK] while fitting."""


class Head(nn.Module):
    """As kg.extraction.heads computes it; shapes there."""

    def __init__(self, features: int, labels: int, hidden: int, context: bool) -> None:
        super().__init__()
        self.span = nn.Linear(WIDTH, hidden)
        self.context = nn.Linear(WIDTH, hidden, bias=False) if context else None
        self.both = nn.Linear(hidden, hidden, bias=False) if context else None
        self.bag = nn.EmbeddingBag(max(1, features), hidden, mode="sum")
        self.direct = nn.EmbeddingBag(max(1, features), labels, mode="sum")
        self.inner = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, labels)
        self.drop = nn.Dropout(DROPPED)
        nn.init.normal_(self.bag.weight, std=0.02)
        nn.init.zeros_(self.direct.weight)

    def forward(self, spans: Tensor, contexts: Tensor, ids: Tensor, starts: Tensor) -> Tensor:
        """Scores (items, labels) of items (items, WIDTH) with contexts of the same shape and bags of feature ids."""
        hidden = self.span(spans)
        about = hidden - self.span.bias
        if self.context is not None and self.both is not None:
            context = self.context(contexts)
            hidden = hidden + context + self.both(about * context)
        hidden = self.drop(functional.relu(hidden + self.bag(ids, starts)))
        hidden = functional.relu(self.inner(hidden))
        scores: Tensor = self.out(hidden) + self.direct(ids, starts)
        return scores


class Network(nn.Module):
    """Vectors of pieces by the encoder, of spans by one shared layer, then the heads."""

    def __init__(self, encoder: CasedEncoder, features: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.encoder = encoder
        self.project = nn.Linear(3 * encoder.width, WIDTH)
        self.drop = nn.Dropout(DROPPED)
        self.heads = nn.ModuleDict(
            {
                head: Head(len(features[head]), len(labels), HIDDEN.get(head, _HIDDEN), head in CONTEXT)
                for head, labels in HEADS.items()
            }
        )

    def spans(self, lessons: Sequence[Lesson], tokens: Tokens, random: np.random.Generator) -> Tensor:
        """Vectors (spans, WIDTH) of all spans of the lessons, one after the other."""
        vectors = self._pieces(lessons, tokens, random)
        sums = torch.cat([vectors.new_zeros(1, vectors.shape[1]), vectors.cumsum(0)])
        counts = np.cumsum([0, *(len(lesson.pieces.ids) for lesson in lessons)])
        places = torch.tensor(
            [
                (first + shift, after + shift)
                for lesson, shift in zip(lessons, counts.tolist(), strict=False)
                for first, after in lesson.spans
            ],
            device=vectors.device,
        )
        first, after = places[:, 0], places[:, 1]
        mean = (sums[after] - sums[first]) / (after - first)[:, None]
        return functional.relu(self.project(torch.cat([vectors[first], vectors[after - 1], mean], dim=1)))

    def _pieces(self, lessons: Sequence[Lesson], tokens: Tokens, random: np.random.Generator) -> Tensor:
        """Vectors (pieces, width) of all pieces, window by window, padded to the longest."""
        windows = [(lesson.pieces, slice(*window)) for lesson in lessons for window in lesson.pieces.windows]
        shown = [(self._hidden(pieces.ids[part], random), pieces.cases[part]) for pieces, part in windows]
        ids, cases, mask = padded(shown, tokens)
        device = self.project.weight.device
        with torch.autocast(device.type, dtype=torch.bfloat16):
            vectors = self.encoder(ids.to(device), cases.to(device), mask.to(device))
        return torch.cat([vectors[row, 1 : len(pieces) + 1].float() for row, (pieces, _) in enumerate(shown)])

    def _hidden(self, ids: NDArray[np.int64], random: np.random.Generator) -> NDArray[np.int64]:
        """While fitting, some pieces hidden."""
        return np.where(random.random(len(ids)) < HIDDEN_WORDS, MASK, ids) if self.training else ids

    def loss(self, lessons: Sequence[Lesson], tokens: Tokens, random: np.random.Generator) -> dict[str, Tensor]:
        """Mean loss of each head that the lessons have items for."""
        spans = self.drop(self.spans(lessons, tokens, random))
        shifts = np.cumsum([0, *(len(lesson.spans) for lesson in lessons)]).tolist()
        losses = {}
        for head, labels in HEADS.items():
            sheets = [(lesson.sheets[head], shift) for lesson, shift in zip(lessons, shifts, strict=False)]
            if any(sheet.answers for sheet, _ in sheets):
                scores = self._scores(head, sheets, spans, random)
                answers = torch.tensor([a for sheet, _ in sheets for a in sheet.answers], device=scores.device)
                if len(labels) > 1:
                    losses[head] = functional.cross_entropy(scores, answers, label_smoothing=SMOOTHING)
                else:
                    losses[head] = _ranking(
                        scores[:, 0], answers, _groups([sheet for sheet, _ in sheets]).to(scores.device)
                    )
        return losses

    def _scores(
        self, head: str, sheets: Sequence[tuple[Sheet, int]], spans: Tensor, random: np.random.Generator
    ) -> Tensor:
        device = spans.device
        owners: list[int] = []
        places: list[int] = []
        contexts: list[int] = []
        rows: list[NDArray[np.int32]] = []
        for sheet, shift in sheets:
            for item, context, features in zip(sheet.spans, sheet.contexts, sheet.features, strict=True):
                owners += [len(rows)] * len(item)
                places += [shift + span for span in item]
                contexts.append(shift + context if context >= 0 else 0)
                rows.append(features[random.random(len(features)) >= FORGOTTEN] if self.training else features)
        owner, place = torch.tensor([owners, places], dtype=torch.long, device=device)
        vectors = spans.new_zeros(len(rows), WIDTH).index_add(0, owner, spans[place])
        counts = torch.bincount(owner, minlength=len(rows)).clamp(min=1)
        ids = torch.from_numpy(np.concatenate(rows).astype(np.int64)).to(device)
        starts = torch.tensor(np.cumsum([0, *(len(row) for row in rows[:-1])]), device=device)
        scores: Tensor = self.heads[head](vectors / counts[:, None], spans[torch.tensor(contexts)], ids, starts)
        return scores


def _groups(sheets: Sequence[Sheet]) -> Tensor:
    """Numbers the questions of several sheets through."""
    numbered: list[int] = []
    shift = 0
    for sheet in sheets:
        numbered += [shift + group for group in sheet.groups]
        shift += sheet.groups[-1] + 1 if sheet.groups else 0
    return torch.tensor(numbered)


def _ranking(scores: Tensor, right: Tensor, groups: Tensor) -> Tensor:
    """Mean negative log-probability of the right places of each question, which share it."""
    count = int(groups.max()) + 1
    size = torch.bincount(groups, minlength=count)
    position = torch.arange(len(groups), device=groups.device) - (size.cumsum(0) - size)[groups]
    table = scores.new_full((count, int(size.max())), -1e4)
    table[groups, position] = scores
    rights = scores.new_full(table.shape, -1e4)
    rights[groups, position] = torch.where(right > 0, scores, scores.new_tensor(-1e4))
    return (table.logsumexp(1) - rights.logsumexp(1)).clamp(max=8.0).mean()
