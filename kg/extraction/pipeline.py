"""The pipeline: which components run in which order, and how a stream of papers goes through it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

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
from kg.interpreter import garbage_kept
from kg.records import Extraction, OnReject, Paper, Rejected
from kg.text import has_surrogate
from kg.weighed import by_weight

VERSION = 5
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

TOGETHER = 50_000
"""Characters of those that go through a component together: their vectors are in memory at once, half a kB for each."""


def build_pipeline(model: Path | None = None) -> Language:
    """A blank English pipeline with our components; `model` is a folder with a model instead of the shipped one.

    Raises ModelError where a file is missing or damaged.
    """
    nlp = blank_pipeline()
    nlp.max_length = 2**31 - 1  # readers cap the length of a record, and no component is quadratic
    for component in COMPONENTS:
        takes_model = "model" in (Language.get_factory_meta(component).default_config or {})
        nlp.add_pipe(component, config={"model": str(model)} if model and takes_model else {})
    return nlp


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
        (found,) = self._extracted([paper])
        if isinstance(found, RecordError):
            raise found
        return found

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
        with self._nlp.memory_zone(), garbage_kept():
            found = self._extracted([paper for _, paper in chunk])
            return [
                _rejected(number, paper, what) if isinstance(what, RecordError) else what
                for (number, paper), what in zip(chunk, found, strict=True)
            ]

    def _extracted(self, papers: Sequence[Paper]) -> Iterator[Extraction | RecordError]:
        """Component by component, which leaves the processor's caches to one at a time: 3 % faster than by paper."""
        for group in by_weight(papers, lambda paper: len(paper.text), TOGETHER):
            docs: list[Doc | RecordError] = [self._doc(paper) for paper in group]
            with self._threads.limit(limits=1, user_api="blas"):
                for name, component in self._nlp.pipeline:
                    docs = [doc if isinstance(doc, RecordError) else _done(name, component, doc) for doc in docs]
            for paper, doc in zip(group, docs, strict=True):
                if isinstance(doc, RecordError):
                    yield doc
                else:
                    yield to_extraction(doc, paper, self.signature, self._calibration)

    def _doc(self, paper: Paper) -> Doc | RecordError:
        if has_surrogate(paper.text):
            return RecordError("the text holds a lone surrogate, which UTF-8 cannot carry; repair the input's encoding")
        return self._nlp.make_doc(paper.text)


def _done(name: str, component: Callable[[Doc], Doc], doc: Doc) -> Doc | RecordError:
    try:
        return component(doc)
    except Exception as error:  # noqa: BLE001  whatever it is, it is this paper's alone
        failed = RecordError(f"{name}: {type(error).__name__}: {error}")
        failed.__cause__ = error
        return failed


def _rejected(number: int, paper: Paper, error: RecordError) -> Rejected:
    return Rejected(paper.source or "", number, "extract", str(error), json.dumps(asdict(paper), sort_keys=True))


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
