"""Which way a metric moves when it is improved: "improves FID by 12%" brings FID down.

In the annotated training papers a change or ratio of a lower-is-better metric whose clause speaks of improvement, and
neither of more nor of less, goes down in 54 cases of 55.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kg import data
from kg.extraction.coreference import aliases
from kg.extraction.gazetteer import entity_key, phrase_key

_BETTER = re.compile(
    r"\b(?:improv\w*|outperform\w*|surpass\w*|gains?|boost\w*|enhanc\w*|better|exceed\w*|beat\w*)\b", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"\b(?:reduc\w*|decreas\w*|low\w*|few\w*|less|drop\w*|cut\w*|sav\w*|increas\w*|high\w*|more|larger|smaller)\b",
    re.IGNORECASE,
)
_COSTS = ("error", "error rate", "miss rate", "loss", "perplexity", "latency", "time", "cost")
"""Endings of measures that should be low, whatever stands before."""


@lru_cache(maxsize=1)
def _lower_is_better() -> frozenset[str]:
    return frozenset(row["name"] for row in data.rows("metrics") if row["higherIsBetter"] == "false")


def improves_down(metric: str, clause: str) -> bool:
    """Whether the clause says that a metric which should be low became better."""
    name = aliases().get(("metric", entity_key(phrase_key(metric))), metric)
    low = name in _lower_is_better() or name.lower().endswith(_COSTS)
    return low and bool(_BETTER.search(clause)) and not _AMOUNT.search(clause)
