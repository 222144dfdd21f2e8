"""Fits encoder and heads to lessons by AdamW (Loshchilov and Hutter 2019), on whatever device torch finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from kg.extraction.encoder import Tokens
from kg.train import checkpoints
from kg.train.encoder import CasedEncoder
from kg.train.lessons import Lesson
from kg.train.network import SHARE, Network
from kg.train.steps import batches, rise_and_fall

EPOCHS = 6
BATCH = 8
"""Papers in a step."""
RATES = {"encoder": 7e-5, "heads": 1e-3, "bags": 2e-3}
DECAY = 0.01
"""Of the weights of encoder and heads."""
WARM_UP = 0.06
"""Share of the steps in which the rates rise; then they fall to 0."""
LONGEST_STEP = 5.0
"""Norm that gradients are cut to."""
AVERAGED = 0.3
"""Share of the steps, the last ones, whose weights are averaged (Izmailov et al. 2018)."""
_EVERY = 10
"""Steps between two that are averaged."""
Progress = Callable[[float], None]
"""Told the mean loss after every step."""


def fit(  # noqa: PLR0913
    lessons: Sequence[Lesson],
    features: Mapping[str, Sequence[str]],
    tokens: Tokens,
    checkpoint: Path,
    *,
    encoder: CasedEncoder | None = None,
    epochs: int = EPOCHS,
    seed: int = 0,
    progress: Progress = lambda _: None,
) -> Network:
    """The fitted network; it begins with `encoder`, or with the base weights.

    Saves itself to `checkpoint` after every epoch and goes on from there when run again. Raises InputError where
    the checkpoint is damaged or of other lessons.
    """
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = Network((encoder or CasedEncoder()).freeze_words(), features)
    network.to(device)
    optimiser = torch.optim.AdamW(_groups(network), fused=True)
    steps = epochs * math.ceil(len(lessons) / BATCH)
    schedule = rise_and_fall(optimiser, steps, WARM_UP)
    mean = AveragedModel(network)
    parts = {"network": network, "mean": mean, "optimiser": optimiser, "schedule": schedule}
    first = checkpoints.restore(checkpoint, parts)
    network.train()
    for epoch in range(first, epochs):
        torch.manual_seed(seed + epoch)
        random = np.random.default_rng((seed, epoch))
        for batch in batches(lessons, _length, BATCH, random):
            losses = network.loss(batch, tokens, random)
            loss = torch.stack([SHARE.get(head, 1.0) * value for head, value in losses.items()]).sum()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), LONGEST_STEP)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad(set_to_none=True)
            step = schedule.last_epoch
            if step > (1 - AVERAGED) * steps and step % _EVERY == 0:
                mean.update_parameters(network)
            progress(loss.item())
        checkpoints.save(checkpoint, epoch + 1, parts)
    if mean.n_averaged:  # a run of few steps averages none
        network.load_state_dict(mean.module.state_dict())
    network.eval()
    return network


def _length(lesson: Lesson) -> int:
    return len(lesson.pieces.ids)


def _groups(network: Network) -> list[dict[str, object]]:
    """Parameters by rate."""
    groups: dict[str, list[torch.nn.Parameter]] = {name: [] for name in RATES}
    for name, parameter in network.named_parameters():
        if name.startswith("encoder"):
            rate = "encoder"
        else:
            rate = "bags" if name.endswith(("bag.weight", "direct.weight")) else "heads"
        if parameter.requires_grad:
            groups[rate].append(parameter)
    return [
        {"params": found, "lr": RATES[name], "weight_decay": 0.0 if name == "bags" else DECAY}
        for name, found in groups.items()
    ]
