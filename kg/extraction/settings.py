"""The circumstances of a result in its own words: "zero-shot", "512x512", "20% labels"."""

import re

from kg.extraction.context import Sentence
from kg.extraction.types import Number

_PATTERNS = [
    r"(?:zero|one|few|\d+)-shot",
    r"\d{2,5}\s?(?:x|×|\\times)\s?\d{2,5}",
    r"\d+(?:\.\d+)?\s?\\?%\s(?:of\sthe\s)?(?:labels?|labell?ed\s\w+|annotations)",
    r"class-conditional|unconditional(?:ly)?",
    r"(?:fine-tun|finetun)(?:ed|ing)|linear\sprob(?:e|ing)|from\sscratch|self-supervised|semi-supervised|unsupervised|weakly[-\s]supervised",
    r"on\saverage|\baverage\b|\brelative(?=\s)|single[-\s]model|single[-\s]scale|multi-scale|single[-\s]crop",
    r"test-dev|test-std|test\sset|validation\sset|dev(?:elopment)?\sset|val\sset|leaderboard|in-domain|out-of-domain|cross-domain",
    r"(?:with|in|using)\s(?:only\s)?\d[\d,]*\s(?:sampling\s|denoising\s|diffusion\s|training\s)?(?:steps?|epochs|iterations|NFEs?)",
    r"with\s\d[\d.]*\s?(?:[KMBT]|million|billion)\s(?:parameters|params)",
    r"\b[248]-bit|INT[48]|FP(?:8|16)",
]
_SETTING = re.compile("|".join(f"(?:{p})" for p in _PATTERNS), re.IGNORECASE)
_CLAUSE = re.compile(r"[;:]\s|,\s(?:while|whereas|but|and)\s")
_REACH = 90
"""Characters on either side of a number within its clause."""


def setting(text: str, sentence: Sentence, number: Number) -> str | None:
    """What the number's clause says about how it was measured, wordings joined by commas; None for nothing."""
    start, end = max(sentence.start, number.start - _REACH), min(sentence.end, number.end + _REACH)
    start = max((m.end() for m in _CLAUSE.finditer(text, start, number.start)), default=start)
    cut = _CLAUSE.search(text, number.end, end)
    end = cut.start() if cut else end
    found = {
        " ".join(m.group().split()): None
        for m in _SETTING.finditer(text, start, end)
        if m.end() <= number.start or m.start() >= number.end
    }
    return ", ".join(found) or None
