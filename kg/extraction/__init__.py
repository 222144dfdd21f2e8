"""Paper -> Extraction: the only folder that imports spaCy."""

from kg.extraction.pipeline import Extractor, signature
from kg.extraction.processes import available_cores, extract

__all__ = ["Extractor", "available_cores", "extract", "signature"]
