"""The only orchestration: read -> extract -> resolve -> write, as streams that hold one window of papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from typing_extensions import Self

from kg.cuts import Cuts
from kg.errors import RecordError
from kg.quarantine import Quarantine
from kg.readers import read_all
from kg.record_files import read_records, record_line
from kg.record_json import dumps, paper_to_json
from kg.records import JSON, Extraction, Paper, Rejected, merge_papers
from kg.resolve import Resolver
from kg.schema import PaperGraph
from kg.stores import batches
from kg.stores.base import Store, WriteReport
from kg.text import person_name

T = TypeVar("T")
Facts = TypeVar("Facts", Extraction, None)
Source = str | Path

WINDOW = 1000
"""Papers looked up in the store at once; repeats within a window are merged before they are extracted."""
BATCH = 100
"""Papers a transaction at most while they are extracted, so that a kill costs a few seconds of work."""

_ANY_NODE = "MATCH (n:Paper|Author|Method|Dataset|Metric|Task|Result) RETURN n.id AS id LIMIT 1"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What became of every paper that was read: read = written + merged + unchanged + quarantined."""

    read: int = 0
    written: int = 0
    """New, or facts rewritten because text, extractor, tables, corrections or options changed."""
    merged: int = 0
    """Repeats within the input, and stored papers that only got another field."""
    unchanged: int = 0
    quarantined: int = 0
    dropped: int = 0
    """Facts that failed a check, such as evidence that does not hold the number, or lay under `min_precision`."""
    retries: int = 0
    """Transactions sent again."""

    def __add__(self, other: BuildReport) -> BuildReport:
        mine, theirs = asdict(self), asdict(other)
        return BuildReport(**{name: mine[name] + theirs[name] for name in mine})

    def __str__(self) -> str:
        whole = f"{self.read} read = {self.written} written + {self.merged} merged + {self.unchanged} unchanged"
        return f"{whole} + {self.quarantined} quarantined; {self.dropped} facts dropped, {self.retries} writes retried"

    def to_json(self) -> dict[str, JSON]:
        return dict(asdict(self))


Progress = Callable[[BuildReport], None]
"""Called with the counts so far, after every write."""


def build(  # noqa: PLR0913 - the options of the command
    inputs: Sequence[Source],
    store: Store,
    *,
    corrections: Path | None = None,
    min_precision: float | None = None,
    jobs: int | None = 1,
    quarantine: Path | None = None,
    model: Path | None = None,
    format: str | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Read papers and write them with their facts.

    A paper that the store has with the same text, extractor, tables, corrections and options is not extracted
    again. The graph does not depend on the order of the inputs, on their split into calls, or on `jobs`.

    Parameters
    ----------
    jobs
        The most processes that extract, as in `kg.extraction.extract`; None for every available core.
    min_precision
        Results are dropped whose confidence lies under the least one that reached this precision on held-out papers,
        then links under theirs; between 0 and 1. A kind of link that never reached it is left out.
    quarantine
        File to which records go that cannot be read, extracted, resolved or written. Without one they are only counted.
    model
        Folder with tables of one's own for the extractor, among them its precision by confidence.

    Raises
    ------
    InputError
        An input, or the file of corrections, cannot be used as a whole, or results never reached `min_precision`.
    ModelError
        A table of the model is missing or damaged.
    StoreError
        The store failed. What was written stays, and the same call goes on from there.
    """
    from kg.extraction import extract, signature  # noqa: PLC0415 - spaCy takes seconds, and `load` does without it

    extractor = signature(model)
    with _Loader(store, corrections, Cuts.at(min_precision, model), quarantine, progress) as loader:
        papers = loader.merged(loader.counted(read_all(inputs, format=format, on_reject=loader.reject)))
        stale = (p for p, _ in loader.stale((paper, extractor, None) for paper in papers))
        for paper, extraction in extract(stale, jobs=jobs, model=model, on_reject=loader.reject):
            loader.add(paper, extraction)
        loader.flush()
    return loader.report


def load(  # noqa: PLR0913
    records: Sequence[Source],
    store: Store,
    *,
    corrections: Path | None = None,
    min_precision: float | None = None,
    quarantine: Path | None = None,
    model: Path | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Write records that `kg extract --papers` printed, as `build` would have; parameters and errors are the same.

    `min_precision` needs the `model` that made the records, whose confidences it reads; the shipped one if left out.
    A record that was edited since is told by its digest, and replaces what the store has of that paper.
    """
    with _Loader(store, corrections, Cuts.at(min_precision, model), quarantine, progress) as loader:
        pairs = loader.counted(read_records(records, on_reject=loader.reject))
        if store.capabilities.bulk_load and not store.read(_ANY_NODE):
            loader.fill(pairs)
        else:
            loader.papers = WINDOW
            for paper, extraction in loader.stale(((p, e.extractor, e) for p, e in pairs), facts_given=True):
                loader.add(paper, extraction)
        loader.flush()
    return loader.report


class _Loader:
    """What `build` and `load` share: the counts, the pending batch, and the way into the store."""

    def __init__(
        self,
        store: Store,
        corrections: Path | None,
        cuts: Cuts,
        quarantine: Path | None,
        progress: Progress | None,
    ) -> None:
        self.report = BuildReport()
        self._store = store
        self._resolver = Resolver(corrections)
        self._cuts = cuts
        self._quarantine = Quarantine(quarantine) if quarantine else None
        self._progress = progress
        self.papers = BATCH
        """Papers a transaction at most; `batches.ROWS` is the other bound."""
        self._batch: list[PaperGraph] = []
        self._rows = 0
        store.ensure_schema()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._quarantine:
            self._quarantine.close()

    def reject(self, rejected: Rejected) -> None:
        self.report += BuildReport(read=int(rejected.stage == "read"), quarantined=1)
        if self._quarantine:
            self._quarantine(rejected)

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        for item in items:
            self.report += BuildReport(read=1)
            yield item

    def merged(self, papers: Iterable[Paper]) -> Iterator[Paper]:
        """Repeats within a window as one paper; the store merges those that stand further apart."""
        for window in _windows(papers):
            by_key: dict[str, Paper] = {}
            for paper in window:
                known = by_key.get(paper.key)
                by_key[paper.key] = merge_papers(known, paper) if known else paper
            self.report += BuildReport(merged=len(window) - len(by_key))
            yield from by_key.values()

    def stale(
        self, items: Iterable[tuple[Paper, str, Facts]], *, facts_given: bool = False
    ) -> Iterator[tuple[Paper, Facts]]:
        """Papers, each with an extractor's signature and a companion, whose facts the store lacks.

        They come as what they become in the store. Of the others the fields are merged in. With `facts_given` the
        companion holds facts of the paper's own text, which are of no use where the store's text wins.
        """
        for window in _windows(items):
            storable = [item for item in window if self._is_storable(item[0], item[2])]
            stored = self._store.papers([paper.key for paper, _, _ in storable])
            for paper, signature, companion in storable:
                before = stored.get(paper.key)
                if before is None:
                    yield paper, companion
                    continue
                given = replace(
                    paper, id=before.paper.id, authors=tuple(dict.fromkeys(map(person_name, paper.authors)))
                )
                after = merge_papers(before.paper, given)
                beaten = facts_given and after.text != paper.text
                if (
                    not beaten
                    and self._resolver.fingerprint(after, signature, options=self._cuts.options) != before.fingerprint
                ):
                    yield after, companion
                elif after == before.paper:
                    self.report += BuildReport(unchanged=1)
                else:
                    self._add_fields(paper, companion)

    def add(self, paper: Paper, extraction: Extraction) -> None:
        """Write the paper with its facts, or quarantine it."""
        graph = self._graph(paper, extraction)
        if graph:
            self._add_graph(graph)

    def fill(self, pairs: Iterable[tuple[Paper, Extraction]]) -> None:
        """Load an empty store in bulk; papers that come again are written afterwards."""
        seen: set[str] = set()
        repeats: list[PaperGraph] = []

        def first_ones() -> Iterator[PaperGraph]:
            for paper, extraction in pairs:
                graph = self._graph(paper, extraction)
                if graph:
                    if graph.paper.id in seen:
                        repeats.append(graph)
                    else:
                        seen.add(graph.paper.id)
                        yield graph

        self._count(self._store.bulk_load(first_ones()))
        for graph in repeats:
            self._add_graph(graph)

    def flush(self) -> None:
        if self._batch:
            self._count(self._store.write(self._batch))
            self._batch, self._rows = [], 0

    def _count(self, written: WriteReport) -> None:
        self.report += BuildReport(
            written=written.written, merged=written.merged, unchanged=written.unchanged, retries=written.retries
        )
        if self._progress:
            self._progress(self.report)

    def _add_graph(self, graph: PaperGraph) -> None:
        self._batch.append(graph)
        self._rows += batches.weight(graph)
        if len(self._batch) >= self.papers or self._rows >= batches.ROWS:
            self.flush()

    def _add_fields(self, paper: Paper, facts: Extraction | None) -> None:
        """Write the paper without facts. An empty text loses against any other, so that the store keeps its own."""
        try:
            graph = self._resolver.graph(paper, Extraction(paper.key)).graph
        except RecordError as error:
            self.reject(resolve_error(error, paper, facts))
            return
        empty = {**graph.paper.properties, "title": "", "abstract": "", "fingerprint": ""}
        self._add_graph(replace(graph, paper=replace(graph.paper, properties=empty)))

    def _is_storable(self, paper: Paper, facts: Extraction | None) -> bool:
        """Whether its text can be stored; else it went to quarantine."""
        try:
            self._resolver.fingerprint(paper, "")
        except RecordError as error:
            self.reject(resolve_error(error, paper, facts))
            return False
        return True

    def _graph(self, paper: Paper, extraction: Extraction) -> PaperGraph | None:
        """None where the paper went to quarantine."""
        kept, under = self._cuts(extraction)
        try:
            resolved = self._resolver.graph(paper, kept, options=self._cuts.options)
        except RecordError as error:
            self.reject(resolve_error(error, paper, extraction))
            return None
        self.report += BuildReport(dropped=under + len(resolved.dropped))
        return resolved.graph


def resolve_error(error: RecordError, paper: Paper, facts: Extraction | None) -> Rejected:
    """The quarantine line of a record, or of a paper alone, that resolving refused."""
    record = dumps(paper_to_json(paper)) if facts is None else record_line(facts, paper)
    return Rejected(paper.source or "", None, "resolve", str(error), record)


def _windows(items: Iterable[T]) -> Iterator[list[T]]:
    pending = iter(items)
    while window := list(islice(pending, WINDOW)):
        yield window
