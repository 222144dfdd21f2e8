"""The pipeline: which components run in which order, and how a stream of papers goes through it."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import NoReturn

from spacy.language import Language
from spacy.tokens import Doc
from threadpoolctl import ThreadpoolController

from kg import calibration, data
from kg.errors import RecordError
from kg.extraction import (  # noqa: F401  importing a component registers it
    abbreviations,
    encode,
    entities,
    links,
    mentions,
    numbers,
    results,
    sentences,
)
from kg.extraction.convert import to_extraction
from kg.extraction.tokens import blank_pipeline
from kg.records import Extraction, OnReject, Paper, Rejected
from kg.text import has_surrogate

VERSION = 3
"""Raised by every change of the rules that can change an extraction."""

COMPONENTS = (
    "kg_sentences",
    "kg_abbreviations",
    "kg_numbers",
    "kg_encode",
    "kg_mentions",
    "kg_results",
    "kg_entities",
    "kg_links",
)
"""In this order; each declares what it requires and assigns."""

SHARED = ("aliases", "metrics")
"""Tables of the package that every model goes by."""

_CHUNK = 64
"""Papers that go to a worker, or into one of spaCy's memory zones, at once."""


def build_pipeline(model: Path | None = None) -> Language:
    """A blank English pipeline with our components; `model` is a folder with a model instead of the shipped one.

    Raises ModelError where a file is missing or damaged.
    """
    nlp = blank_pipeline()
    nlp.max_length = 2**31 - 1  # readers cap the length of a record, and no component is quadratic
    for component in COMPONENTS:
        takes_model = "model" in (Language.get_factory_meta(component).default_config or {})
        nlp.add_pipe(component, config={"model": str(model)} if model and takes_model else {})
    nlp.set_error_handler(_raise_with_name)
    return nlp


def _raise_with_name(name: str, _: Callable[[Doc], Doc], __: list[Doc], error: Exception) -> NoReturn:
    raise RecordError(f"{name}: {type(error).__name__}: {error}") from error


class Extractor:
    """Paper -> Extraction; the same paper always gives the same extraction, whatever came before it.

    >>> extraction = Extractor()(Paper("FooNet: better images", "FooNet reaches an FID of 1.8 on ImageNet."))
    >>> extraction.methods[0].name
    'FooNet'
    """

    def __init__(self, model: Path | None = None, *, calibrated: bool = True) -> None:
        """Loads a model once: the shipped one, or that of a folder. Raises ModelError as `kg.data.verify` does.

        Without `calibrated` confidences of results are the model's own estimates, and no calibration table is needed.
        """
        pinned = data.verify(data.folder(model))
        self._nlp = build_pipeline(model)
        self._calibration = calibration.load(model) if calibrated else calibration.UNCALIBRATED
        # More threads than processes only wait for each other, and their number can change the last digit of a sum.
        self._threads = ThreadpoolController()
        tables = data.signature(SHARED) + data.signature([calibration.TABLE] if calibrated else [], model)
        self.signature = hashlib.sha256(" ".join([str(VERSION), *pinned.values(), tables]).encode()).hexdigest()[:16]
        """Of the rules' version and the model, byte by byte: two extractors of one signature find the same."""

    def __call__(self, paper: Paper) -> Extraction:
        """Raises RecordError where a component fails on the paper, or its text cannot be UTF-8."""
        if has_surrogate(paper.text):
            raise RecordError("the text holds a lone surrogate, which UTF-8 cannot carry; repair the input's encoding")
        try:
            with self._threads.limit(limits=1, user_api="blas"):
                doc = self._nlp(paper.text)
        except ValueError as error:  # spaCy's own words for a KeyError in a component, past the error handler
            raise RecordError(str(error)) from error
        return to_extraction(doc, paper, self.signature, self._calibration)

    def pipe(self, papers: Iterable[Paper], on_reject: OnReject | None = None) -> Iterator[tuple[Paper, Extraction]]:
        """Extractions in the order of the papers, in flat memory.

        A paper that cannot be extracted goes to `on_reject`; without one RecordError is raised.
        """
        numbered = enumerate(papers, 1)
        while chunk := list(islice(numbered, _CHUNK)):
            for (_, paper), found in zip(chunk, self._chunk(chunk), strict=True):
                if isinstance(found, Extraction):
                    yield paper, found
                else:
                    _reject(found, on_reject)

    def _chunk(self, chunk: Sequence[tuple[int, Paper]]) -> list[Extraction | Rejected]:
        # Strings and lexemes of a zone are freed at its end, else spaCy keeps every word it ever met.
        with self._nlp.memory_zone():
            return [self._one(number, paper) for number, paper in chunk]

    def _one(self, number: int, paper: Paper) -> Extraction | Rejected:
        try:
            return self(paper)
        except RecordError as error:
            record = json.dumps(asdict(paper), sort_keys=True)
            return Rejected(paper.source or "", number, "extract", str(error), record)


def extract(
    papers: Iterable[Paper],
    *,
    jobs: int = 1,
    model: Path | None = None,
    on_reject: OnReject | None = None,
) -> Iterator[tuple[Paper, Extraction]]:
    """Papers with their extractions, in input order; the output does not depend on `jobs`, the number of processes.

    Reads only a bounded number of papers ahead of what it yields. Raises ValueError for jobs < 1, ModelError as
    `Extractor` does, and RecordError for a paper that cannot be extracted where `on_reject` is None.
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}")
    extractor = Extractor(model)  # before any process starts, so that a bad model is reported here
    if jobs == 1:
        yield from extractor.pipe(papers, on_reject)
    else:
        yield from _parallel(papers, jobs, model, on_reject)


def _parallel(
    papers: Iterable[Paper], jobs: int, model: Path | None, on_reject: OnReject | None
) -> Iterator[tuple[Paper, Extraction]]:
    numbered = enumerate(papers, 1)
    pending: deque[tuple[list[tuple[int, Paper]], Future[list[Extraction | Rejected]]]] = deque()
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _start_worker, (model,))
    try:
        while True:
            while len(pending) < 2 * jobs and (chunk := list(islice(numbered, _CHUNK))):
                pending.append((chunk, pool.submit(_work, chunk)))
            if not pending:
                return
            chunk, future = pending.popleft()
            for (_, paper), found in zip(chunk, future.result(), strict=True):
                if isinstance(found, Extraction):
                    yield paper, found
                else:
                    _reject(found, on_reject)
    finally:
        pool.shutdown(cancel_futures=True)


def _reject(rejected: Rejected, on_reject: OnReject | None) -> None:
    if on_reject is None:
        raise RecordError(f"paper {rejected.line}: {rejected.reason}")
    on_reject(rejected)


_worker: Extractor


def _start_worker(model: Path | None) -> None:
    global _worker  # noqa: PLW0603  a pool hands its initializer's work on by a global only
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which shuts the pool down
    _worker = Extractor(model)


def _work(chunk: Sequence[tuple[int, Paper]]) -> list[Extraction | Rejected]:
    return _worker._chunk(chunk)
