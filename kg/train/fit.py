"""Fits encoder and heads to lessons by AdamW (Loshchilov and Hutter 2019), on whatever device torch finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeAlias

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel

from kg.errors import InputError
from kg.extraction.encoder import Tokens
from kg.train.encoder import CasedEncoder
from kg.train.lessons import Lesson
from kg.train.network import SHARE, Network

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
_SORTED = 8
"""Batches made of papers of like length at once, so that little is padded."""

_Part: TypeAlias = torch.nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler

Progress = Callable[[float], None]
"""Told the mean loss after every step."""


def fit(  # noqa: PLR0913
    lessons: Sequence[Lesson],
    features: Mapping[str, Sequence[str]],
    tokens: Tokens,
    checkpoint: Path,
    *,
    epochs: int = EPOCHS,
    seed: int = 0,
    progress: Progress = lambda _: None,
) -> Network:
    """The fitted network. Saves itself to `checkpoint` after every epoch and goes on from there when run again.

    Raises InputError where the checkpoint is damaged or of other lessons.
    """
    torch.manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = Network(CasedEncoder(), features)
    network.to(device)
    optimiser = torch.optim.AdamW(_groups(network), fused=True)
    steps = epochs * math.ceil(len(lessons) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARM_UP * steps)) * (1 - step / steps)
    )
    mean = AveragedModel(network)
    parts = {"network": network, "mean": mean, "optimiser": optimiser, "schedule": schedule}
    first = _restore(checkpoint, parts)
    network.train()
    for epoch in range(first, epochs):
        torch.manual_seed(seed + epoch)
        random = np.random.default_rng((seed, epoch))
        for batch in batches(lessons, random):
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
        state = {"epoch": epoch + 1} | {name: part.state_dict() for name, part in parts.items()}
        torch.save(state, checkpoint.with_suffix(".part"))
        checkpoint.with_suffix(".part").replace(checkpoint)
    if mean.n_averaged:  # a run of few steps averages none
        network.load_state_dict(mean.module.state_dict())
    network.eval()
    return network


def batches(lessons: Sequence[Lesson], random: np.random.Generator) -> Iterator[list[Lesson]]:
    """Every lesson once, in batches of like length, which come in any order."""
    order = random.permutation(len(lessons)).tolist()
    found: list[list[Lesson]] = []
    for i in range(0, len(order), BATCH * _SORTED):
        near = sorted((lessons[k] for k in order[i : i + BATCH * _SORTED]), key=lambda x: len(x.pieces.ids))
        found += [near[j : j + BATCH] for j in range(0, len(near), BATCH)]
    yield from (found[i] for i in random.permutation(len(found)).tolist())


def _groups(network: Network) -> list[dict[str, object]]:
    """Parameters by rate. The vectors of words stay as they are: the training papers have few of the words."""
    groups: dict[str, list[torch.nn.Parameter]] = {name: [] for name in RATES}
    for name, parameter in network.named_parameters():
        if name.startswith("encoder.bert.embeddings") and "LayerNorm" not in name:
            parameter.requires_grad = False
        elif name.startswith("encoder"):
            groups["encoder"].append(parameter)
        else:
            groups["bags" if name.endswith(("bag.weight", "direct.weight")) else "heads"].append(parameter)
    return [
        {"params": found, "lr": RATES[name], "weight_decay": 0.0 if name == "bags" else DECAY}
        for name, found in groups.items()
    ]


def _restore(checkpoint: Path, parts: Mapping[str, _Part]) -> int:
    """Brings the parts to where the checkpoint left them; how many epochs it has behind it."""
    if not checkpoint.exists():
        return 0
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        return int(state["epoch"])
    except (EOFError, KeyError, RuntimeError, ValueError, UnpicklingError) as error:
        raise InputError(f"{checkpoint} is damaged or of other papers; remove it to begin again") from error
