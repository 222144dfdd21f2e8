"""How each label looks, wherever a graph is drawn: one table for `kg view` and Neo4j Browser.

Colours are those of Okabe and Ito, "Color Universal Design" (2008), told apart with any kind of colour vision.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """Fill, border and text colour; the property shown as caption; diameter in Neo4j Browser, px."""

    fill: str
    border: str
    ink: str
    caption: str
    diameter: int


_DARK = "#1b1b1b"

LOOKS: dict[str, Look] = {
    "Paper": Look("#0072b2", "#00507d", "#ffffff", "title", 80),
    "Result": Look("#f0e442", "#b3a81f", _DARK, "text", 65),
    "Method": Look("#e69f00", "#a87400", _DARK, "name", 65),
    "Dataset": Look("#2bb58c", "#00805d", _DARK, "name", 65),
    "Metric": Look("#cc79a7", "#9c4f7a", _DARK, "name", 65),
    "Task": Look("#56b4e9", "#2585ba", _DARK, "name", 65),
    "Author": Look("#c8c8c8", "#969696", _DARK, "name", 65),
}
"""By label of the schema, in the order legends show them."""

STRONG = frozenset({"PROPOSES", "INTRODUCES"})
"""Relationships drawn thick: what is new."""

RIVAL = frozenset({"COMPARES_WITH", "AGAINST"})
"""Relationships drawn dashed: what something is held against."""
