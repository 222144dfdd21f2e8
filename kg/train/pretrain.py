"""Goes on with the encoder's pretraining on texts of the field (Gururangan et al. 2020): it guesses hidden words.

A sixth of the words are hidden as a whole (Devlin et al. 2019; whole-word masking), with their letter case left to
see, so that the vectors of the cases are learnt too. Nothing is annotated for this: any abstracts will do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.extraction.encoder import Pieces, Tokens
from kg.train import checkpoints
from kg.train.encoder import MASK, CasedEncoder, padded
from kg.train.fit import DECAY, Progress
from kg.train.steps import batches, rise_and_fall

BATCH = 16
"""Texts in a step."""
RATES = {"encoder": 1.5e-4, "guess": 1e-3}
WARM_UP = 0.04
"""Share of the steps in which the rates rise; then they fall to 0."""
LONGEST_STEP = 1.0
"""Norm that gradients are cut to."""
HIDDEN = 0.15
"""Share of the words that are guessed."""
SHOWN = 0.15
"""Share of the pieces to guess that are shown nevertheless."""
PART = 256
"""Steps between two checkpoints."""


class Guess(nn.Module):
    """Scores (pieces, words) of the vocabulary for vectors (pieces, width), by the encoder's own vectors of words."""

    def __init__(self, width: int, words: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.turn = nn.Linear(width, width, bias=False)
        self.bias = nn.Parameter(torch.zeros(words))
        nn.init.eye_(self.turn.weight)

    def forward(self, vectors: Tensor, words: Tensor) -> Tensor:
        turned = self.turn(self.norm(functional.gelu(self.inner(vectors))))
        return turned @ words.T.to(turned.dtype) + self.bias


def pretrain(
    texts: Sequence[str], tokens: Tokens, checkpoint: Path, *, seed: int = 0, progress: Progress = lambda _: None
) -> CasedEncoder:
    """The encoder after one pass over the texts. Saves itself to `checkpoint` now and then, and goes on from there.

    Of a text the first window is read. Raises InputError where the checkpoint is damaged or of other texts.
    """
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder = CasedEncoder().freeze_words()
    encoder.to(device)
    words = encoder.bert.get_input_embeddings().weight.detach()
    guess = Guess(encoder.width, len(words)).to(device)
    trained = [p for p in encoder.parameters() if p.requires_grad]
    groups = [
        {"params": trained, "lr": RATES["encoder"]},
        {"params": list(guess.parameters()), "lr": RATES["guess"]},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY, fused=True)
    steps = math.ceil(len(texts) / BATCH)
    schedule = rise_and_fall(optimiser, steps, WARM_UP)
    parts = {"encoder": encoder, "guess": guess, "optimiser": optimiser, "schedule": schedule}
    done = checkpoints.restore(checkpoint, parts)
    order = np.random.default_rng(seed).permutation(len(texts)).tolist()
    for first in range(done, steps, PART):
        random = np.random.default_rng((seed, first))
        part = [tokens(texts[i]) for i in order[first * BATCH : (first + PART) * BATCH]]
        part = [pieces for pieces in part if pieces.windows]  # control characters alone make no piece
        for batch in batches(part, lambda pieces: len(pieces.ids), BATCH, random):
            loss = _loss(encoder, guess, words, *_hidden(batch, tokens, random))
            loss.backward()
            nn.utils.clip_grad_norm_([*trained, *guess.parameters()], LONGEST_STEP)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad(set_to_none=True)
            progress(loss.item())
        checkpoints.save(checkpoint, first + PART, parts)
    encoder.cpu()
    return encoder


def _hidden(
    batch: Sequence[Pieces], tokens: Tokens, random: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ids as shown, cases, mask (B, T), and the ids to guess, -100 where there is nothing to guess."""
    windows = []
    goals = []
    for pieces in batch:
        first, after = pieces.windows[0]
        ids = pieces.ids[first:after]
        new = pieces.starts[first + 1 : after] != pieces.ends[first : after - 1]
        word = np.cumsum(np.concatenate([[0], new]))
        hidden = (random.random(word[-1] + 1) < HIDDEN)[word]
        windows.append((np.where(hidden & (random.random(len(ids)) >= SHOWN), MASK, ids), pieces.cases[first:after]))
        goals.append(np.where(hidden, ids, -100))
    shown, cases, mask = padded(windows, tokens)
    wanted = torch.full_like(shown, -100)
    for row, goal in enumerate(goals):
        wanted[row, 1 : len(goal) + 1] = torch.from_numpy(goal)
    return shown, cases, mask, wanted


def _loss(  # noqa: PLR0913, PLR0917
    encoder: CasedEncoder, guess: Guess, words: Tensor, shown: Tensor, cases: Tensor, mask: Tensor, wanted: Tensor
) -> Tensor:
    """Mean cross entropy of the hidden pieces; 0 where none was hidden."""
    device = words.device
    asked = (wanted >= 0).to(device)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        vectors = encoder(shown.to(device), cases.to(device), mask.to(device))
        scores = guess(vectors[asked], words)
    goals = wanted.to(device)[asked]
    return functional.cross_entropy(scores.float(), goals, reduction="sum") / max(1, len(goals))
