"""Names -> ids, and one paper's extraction -> rows of the graph."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

from kg import data
from kg.records import EntityKind, Extraction, Paper
from kg.resolve.corrections import Corrections, load_corrections
from kg.resolve.graph import Resolved, fingerprint, paper_graph
from kg.resolve.identities import Identities
from kg.resolve.results import Dropped
from kg.resolve.tables import TABLES, shipped
from kg.schema import VERSION

__all__ = ["Dropped", "Resolved", "Resolver"]


class Resolver:
    """The shipped tables with the user's corrections. Raises CorrectionsError for a bad corrections file."""

    def __init__(self, corrections: Path | None = None) -> None:
        tables = shipped()
        compiled = Corrections() if corrections is None else load_corrections(corrections, tables)
        self._identities = Identities(tables, compiled)

    @cached_property
    def signature(self) -> str:
        """sha256 (hex) over tables, what the corrections say, and the schema's version."""
        parts = (data.signature(TABLES), self._identities.corrections.signature, str(VERSION))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def entity_id(self, kind: EntityKind, name: str) -> str:
        """Id of a name outside any paper: that of the alias table's target, else "kind:normal form"."""
        return self._identities.entity_id(kind, name)

    def entity_name(self, kind: EntityKind, id: str) -> str | None:
        """Name from corrections or tables; None where only papers name the entity, or for an id of another kind."""
        return self._identities.name(id) if id.startswith(f"{kind}:") else None

    def aliases(self, kind: EntityKind, id: str) -> tuple[str, ...]:
        """Other names from tables and corrections, sorted; none for an id of another kind."""
        return self._identities.aliases(id) if id.startswith(f"{kind}:") else ()

    def fingerprint(self, paper: Paper, extractor: str, *, options: str = "") -> str:
        """What `graph` will store for an extraction by this extractor: ask a store before extracting.

        Raises RecordError where NUL or a lone surrogate stands in the text.
        """
        return fingerprint(paper, extractor, self.signature, options)

    def graph(self, paper: Paper, extraction: Extraction, *, options: str = "") -> Resolved:
        """Rows of one paper, facts that fail a check left out and listed.

        Records made by hand name no extractor; their fingerprint covers what they say instead.

        Raises
        ------
        RecordError
            Text that no store takes: NUL, a lone surrogate; or a number beyond 64 bits.
        CorrectionsError
            Two corrections set one field of a result to different values.
        """
        extractor = extraction.extractor or hashlib.sha256(ascii(extraction).encode()).hexdigest()
        mark = self.fingerprint(paper, extractor, options=options)
        return paper_graph(paper, extraction, self._identities, mark)
