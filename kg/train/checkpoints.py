"""Where a training run stands, so that it goes on when run again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import TypeAlias

import torch

from kg.errors import InputError

Part: TypeAlias = torch.nn.Module | torch.optim.Optimizer | torch.optim.lr_scheduler.LRScheduler


def save(checkpoint: Path, done: int, parts: Mapping[str, Part]) -> None:
    """Writes the state of the parts and what is done, whole or not at all."""
    state = {"done": done} | {name: part.state_dict() for name, part in parts.items()}
    torch.save(state, checkpoint.with_suffix(".part"))
    checkpoint.with_suffix(".part").replace(checkpoint)


def restore(checkpoint: Path, parts: Mapping[str, Part]) -> int:
    """Brings the parts to where the checkpoint left them; what is done, 0 without a checkpoint.

    Raises InputError where the checkpoint is damaged or of other papers.
    """
    if not checkpoint.exists():
        return 0
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        return int(state["done"])
    except (EOFError, KeyError, RuntimeError, ValueError, UnpicklingError) as error:
        raise InputError(f"{checkpoint} is damaged or of other papers; remove it to begin again") from error
