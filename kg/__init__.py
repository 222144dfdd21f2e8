"""kg: from paper abstracts to a knowledge graph that people query.

>>> import kg
>>> for paper, extraction in kg.extract(kg.read("pages.txt")):  # doctest: +SKIP
...     print(paper.title, [r.evidence for r in extraction.results])
>>> with kg.open_store("papers.lbug", read_only=True) as store:  # doctest: +SKIP
...     rows = kg.reports(store, "FID", "ImageNet")

Names are imported on first use, so that `import kg` loads neither spaCy nor a database driver. What builds, exports and
scores lives in modules of its own: `kg.build.build`, `kg.export.export`, `kg.evaluate.evaluate`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.boards import leaderboard as leaderboard
    from kg.boards import reports as reports
    from kg.boards import show as show
    from kg.errors import KgError as KgError
    from kg.extraction import Extractor as Extractor
    from kg.extraction import extract as extract
    from kg.readers import read as read
    from kg.records import Entity as Entity
    from kg.records import Extraction as Extraction
    from kg.records import Paper as Paper
    from kg.records import Rejected as Rejected
    from kg.records import Result as Result
    from kg.stores import open_store as open_store

__version__ = "0.1.0"

_HOME = {
    "Entity": "kg.records",
    "Extraction": "kg.records",
    "Extractor": "kg.extraction",
    "KgError": "kg.errors",
    "Paper": "kg.records",
    "Rejected": "kg.records",
    "Result": "kg.records",
    "extract": "kg.extraction",
    "leaderboard": "kg.boards",
    "open_store": "kg.stores",
    "read": "kg.readers",
    "reports": "kg.boards",
    "show": "kg.boards",
}

__all__ = [
    "Entity",
    "Extraction",
    "Extractor",
    "KgError",
    "Paper",
    "Rejected",
    "Result",
    "extract",
    "leaderboard",
    "open_store",
    "read",
    "reports",
    "show",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
