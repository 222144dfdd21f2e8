"""Which bytes a model folder holds: the sha256 of its files, in the format of `sha256sum --check`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kg.errors import ModelError

PINS = "SHA256SUMS"
PINNED = ("encoder.onnx", "features.txt", "heads.npz", "implied_metrics.tsv", "phrases.tsv", "tokenizer.json")
"""In this order. The calibration is not among them: it may be fitted again to the same model."""
_BLOCK = 1 << 20
"""Bytes read at once."""
_WAY_OUT = "install kg again, or give a folder that holds a whole model, as `kg train` makes it"


def pin(folder: Path) -> None:
    """Writes the folder's SHA256SUMS. Raises ModelError where a file that it lists is missing."""
    lines = [f"{_digest(folder / name)}  {name}\n" for name in PINNED]
    (folder / PINS).write_text("".join(lines), encoding="utf-8", newline="\n")


def verify(folder: Path) -> dict[str, str]:
    """sha256 (hex) by file name, in the order of PINNED. O(bytes).

    Raises ModelError where SHA256SUMS is missing or lists other files, or a file is missing or is not the one pinned.
    """
    pinned = _read(folder / PINS)
    for name, digest in pinned.items():
        if _digest(folder / name) != digest:
            raise ModelError(f"{folder / name} is damaged or of another model: {PINS} pins other bytes; {_WAY_OUT}")
    return pinned


def _read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{file} is missing or damaged; {_WAY_OUT}") from error
    pinned = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if tuple(pinned) != PINNED:
        raise ModelError(f"{file} does not list {', '.join(PINNED)} in this order; {_WAY_OUT}")
    return pinned


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ModelError(f"{file} is missing or cannot be read; {_WAY_OUT}") from error
    return digest.hexdigest()
