"""Plain text of one paper: the first line is the title, the rest the abstract."""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg.readers.fields import Collector
from kg.readers.open import Input, whole
from kg.records import JSON, OnReject, Paper


def read_text(source: Input, on_reject: OnReject) -> Iterator[Paper]:
    """The paper of the file; line breaks within the abstract stay."""
    title, _, abstract = whole(source).strip().partition("\n")
    row: dict[str, JSON] = {"title": title, "abstract": abstract}
    paper = Collector(source.name, on_reject).row(1, row, json.dumps(row))
    if paper is not None:
        yield paper
