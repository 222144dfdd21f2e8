"""Calibration tables for tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from kg.calibration import FACTS, TABLE

Curve = Sequence[tuple[float, float, float]]
"""Knots as score, probability, precision."""

LINE: Curve = [(0.0, 0.0, 0.8), (1.0, 0.99, 0.95)]


def write_table(folder: Path, curves: Mapping[str, Curve] | None = None) -> Path:
    """A table of these curves, and of LINE for the kinds of fact left out; returns the folder."""
    rows = [(fact, *knot) for fact in sorted(FACTS) for knot in (curves or {}).get(fact, LINE)]
    lines = ["fact\tscore\tprobability\tprecision", *("\t".join(map(str, row)) for row in rows)]
    (folder / f"{TABLE}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
