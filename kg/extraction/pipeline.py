"""The pipeline: which components run in which order, and how a stream of papers goes through it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
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

CHUNK = 64
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


def signature(model: Path | None = None, *, calibrated: bool = True) -> str:
    """Of the rules' version and the model, byte by byte: two extractors of one signature find the same.

    Takes no loading of the model. Raises ModelError as `kg.data.verify` does.
    """
    pinned = data.verify(data.folder(model))
    tables = data.signature(SHARED) + data.signature([calibration.TABLE] if calibrated else [], model)
    return hashlib.sha256(" ".join([str(VERSION), *pinned.values(), tables]).encode()).hexdigest()[:16]


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
        self.signature = signature(model, calibrated=calibrated)
        self._nlp = build_pipeline(model)
        self._calibration = calibration.load(model) if calibrated else calibration.UNCALIBRATED
        # More threads than processes only wait for each other, and their number can change the last digit of a sum.
        self._threads = ThreadpoolController()

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
        while chunk := list(islice(numbered, CHUNK)):
            yield from paired(chunk, self.chunk(chunk), on_reject)

    def chunk(self, chunk: Sequence[tuple[int, Paper]]) -> list[Extraction | Rejected]:
        """What is in each of some numbered papers, or why it is not known."""
        # Strings and lexemes of a zone are freed at its end, else spaCy keeps every word it ever met.
        with self._nlp.memory_zone():
            return [self._one(number, paper) for number, paper in chunk]

    def _one(self, number: int, paper: Paper) -> Extraction | Rejected:
        try:
            return self(paper)
        except RecordError as error:
            record = json.dumps(asdict(paper), sort_keys=True)
            return Rejected(paper.source or "", number, "extract", str(error), record)


def paired(
    chunk: Iterable[tuple[int, Paper]], found: Iterable[Extraction | Rejected], on_reject: OnReject | None
) -> Iterator[tuple[Paper, Extraction]]:
    """The papers of a chunk with what was found; rejected ones go to `on_reject`, else RecordError is raised."""
    for (_, paper), extraction in zip(chunk, found, strict=True):
        if isinstance(extraction, Extraction):
            yield paper, extraction
        elif on_reject is None:
            raise RecordError(f"paper {extraction.line}: {extraction.reason}")
        else:
            on_reject(extraction)
