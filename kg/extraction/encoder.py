"""Text -> word pieces with a vector each, from a small BERT (Devlin et al. 2019) run by onnxruntime.

One text a run, on one thread: nothing is padded, and a text's vectors do not depend on its neighbours.
kg/train/export.py makes the model.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kg.errors import ModelError

MODEL, TOKENIZER = "encoder.onnx", "tokenizer.json"
"""Files of a model's folder. The model: `ids`, `cases` (int64, (T,)) -> `vectors` (float32, (T, width))."""
LONGEST = 510
"""Pieces that go through the encoder together: it knows 512 positions, two of them for [CLS] and [SEP]."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The n word pieces of a text, without special tokens."""

    ids: NDArray[np.int64]
    """(n,)"""
    cases: NDArray[np.int64]
    """(n,), as `letter_case` tells them: the vocabulary is in lower case and without accents"""
    starts: NDArray[np.int64]
    """(n,), characters (code points) of the text; never falling, as are the ends"""
    ends: NDArray[np.int64]
    windows: list[tuple[int, int]]
    """Slices of the pieces that go through the encoder together: at most LONGEST each, in order, without gaps."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """The n word pieces of a text with their vectors."""

    starts: NDArray[np.int64]
    """(n,), characters (code points) of the text; never falling, as are the ends"""
    ends: NDArray[np.int64]
    vectors: NDArray[np.float32]
    """(n, width)"""

    def places(self, spans: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
        """First and one past the last piece (n, 2) that overlap each of n >= 1 slices of the text; where none does, the
        piece that follows, or else the last; 0 and 0 in a text without pieces."""
        starts, ends = np.array(spans, dtype=np.int64).T
        first = np.minimum(np.searchsorted(self.ends, starts, side="right"), max(len(self.ends) - 1, 0))
        after = np.maximum(first + 1, np.searchsorted(self.starts, ends, side="left"))
        return np.stack([first, np.minimum(after, len(self.ends))], axis=1)


class Tokens:
    """WordPiece (Wu et al. 2016) of a tokenizer.json. Raises ModelError where the file is missing or damaged."""

    def __init__(self, file: Path) -> None:
        self._tokenizer = _tokenizer(file)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        ids = [self._tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", ".")]
        if None in ids:
            raise ModelError(f"{file} is not the vocabulary of a BERT; {_WAY_OUT}")
        self.cls, self.sep, self._stop = ids

    def __call__(self, text: str) -> Pieces:
        found = self._tokenizer.encode(text, add_special_tokens=False)
        ids = np.array(found.ids, dtype=np.int64)
        starts, ends = np.array(found.offsets, dtype=np.int64).reshape(-1, 2).T
        cases = np.array([letter_case(text[start:end]) for start, end in found.offsets], dtype=np.int64)
        # The stop in "1.5" touches the next piece, that of a sentence does not.
        stops = np.flatnonzero((ids[:-1] == self._stop) & (starts[1:] > ends[:-1])) + 1
        return Pieces(ids, cases, starts, ends, windows(len(ids), stops))


class Encoder:
    """The model of a folder. Raises ModelError where one of its two files is missing or damaged."""

    def __init__(self, folder: Path) -> None:
        self.tokens = Tokens(folder / TOKENIZER)
        self._session = _session(folder / MODEL)
        self.width = int(self._session.get_outputs()[0].shape[1])

    def __call__(self, text: str) -> Encoded:
        pieces = self.tokens(text)
        vectors = [self._run(pieces.ids[i:j], pieces.cases[i:j]) for i, j in pieces.windows]
        none = np.empty((0, self.width), dtype=np.float32)
        return Encoded(pieces.starts, pieces.ends, np.concatenate([none, *vectors]))

    def _run(self, ids: NDArray[np.int64], cases: NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors (T, width) of one window, [CLS] and [SEP] put around it and cut off again."""
        inputs = {"ids": np.concatenate([[self.tokens.cls], ids, [self.tokens.sep]]), "cases": np.pad(cases, 1)}
        vectors: NDArray[np.float32] = self._session.run(["vectors"], inputs)[0]
        return vectors[1:-1]


@lru_cache(maxsize=100_000)
def letter_case(piece: str) -> int:
    """0 no capital, 1 the first letter alone is one, 2 two letters or more, all capitals, 3 mixed, 4 holds a digit."""
    if any(c.isdigit() for c in piece):
        return 4
    capitals = [c.isupper() for c in piece if c.isalpha()]
    if not any(capitals):
        return 0
    if len(capitals) > 1 and all(capitals):
        return 2
    return 3 if any(capitals[1:]) else 1


def windows(count: int, stops: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Slices of `count` pieces, at most LONGEST each: cut at the last of the `stops` (rising; each one past the end of
    a sentence) in the window's second half, and where there is none, at its end."""
    cuts = [0]
    while count - cuts[-1] > LONGEST:
        end = cuts[-1] + LONGEST
        before = max(stops[stops <= end], default=0)
        cuts.append(int(before) if before > end - LONGEST // 2 else end)
    return list(zip(cuts, [*cuts[1:], count], strict=True)) if count else []


_WAY_OUT = "install kg again, or give a folder that holds a whole model"


def _tokenizer(file: Path) -> Tokenizer:
    if not file.is_file():
        raise ModelError(f"{file} is missing; {_WAY_OUT}")
    try:
        return Tokenizer.from_file(str(file))
    except Exception as exc:  # the library raises nothing narrower
        raise ModelError(f"{file} is damaged ({exc}); {_WAY_OUT}") from exc


def _session(file: Path) -> ort.InferenceSession:
    if not file.is_file():
        raise ModelError(f"{file} is missing; {_WAY_OUT}")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 3  # errors only
    if not _has_vnni():  # there pairs of products are cut to 16 bits, unless this slower way is taken
        options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        session = ort.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # its errors share no narrower class
        raise ModelError(f"{file} is damaged ({exc}); {_WAY_OUT}") from exc
    names = [node.name for node in (*session.get_inputs(), *session.get_outputs())]
    if names != ["ids", "cases", "vectors"]:
        raise ModelError(f"{file} is another model: it has {', '.join(names)}; {_WAY_OUT}")
    return session


def _has_vnni() -> bool:
    """Whether the processor adds up products of bytes in 32 bits; False also where Linux does not say so."""
    try:
        return "vnni" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
