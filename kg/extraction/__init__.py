"""Paper -> Extraction: the only folder that imports spaCy."""

from kg.extraction.pipeline import Extractor, extract

__all__ = ["Extractor", "extract"]
