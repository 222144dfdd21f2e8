"""What `--min-precision` leaves out: results, then links of the others, under the confidence that reached it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kg import calibration
from kg.records import Extraction


@dataclass(frozen=True, slots=True)
class Cuts:
    """Least confidence by kind of fact; without any, every fact stays."""

    least: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def at(cls, min_precision: float | None, model: Path | None) -> Cuts:
        """Those of a model, the shipped one if None; none without a precision.

        Raises InputError where its results never reached the precision, ModelError where its table is damaged.
        """
        return cls({} if min_precision is None else calibration.load(model).thresholds(min_precision))

    @property
    def options(self) -> str:
        """What the fingerprint of a paper says of them."""
        return " ".join(f"{fact}>={least}" for fact, least in self.least.items())

    def __call__(self, extraction: Extraction) -> tuple[Extraction, int]:
        """The extraction without the facts under the cuts, and how many those were."""
        if not self.least:
            return extraction, 0
        kept, dropped = [], 0
        for result in extraction.results:
            if result.confidence < self.least[calibration.RESULT]:
                dropped += 1
                continue
            named = [link for link in calibration.CUT_LINKS if getattr(result, link) is not None]
            certain = calibration.CERTAIN
            weak = {link for link in named if result.link_confidence.get(link, certain) < self.least[link]}
            dropped += len(weak)
            kept.append(
                replace(
                    result,
                    dataset=None if "dataset" in weak else result.dataset,
                    method=None if "method" in weak else result.method,
                    baseline=None if "baseline" in weak else result.baseline,
                    task=None if "task" in weak else result.task,
                )
            )
        return replace(extraction, results=tuple(kept)), dropped
