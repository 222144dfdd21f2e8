"""Of which kind a result is as the words beside it say: "12% fewer" is a change, "33 vs 83" are two absolute values.

In the annotated papers, each read by a model that had not seen it, such words are right about 527 of the 529 results
that have them, the trained head alone about 486.
"""

from __future__ import annotations

import re
from typing import Literal

from kg.extraction.polarity import FILL, UNIT
from kg.extraction.types import Number

Kind = Literal["absolute", "change", "ratio"]

_CHANGES = re.compile(
    rf"{UNIT}\b(?:faster|slower|fewer|less|more|lower|higher|smaller|larger|shorter|longer|greater|better|worse|reduced|loss"
    r"|(?:improvement|gain|increase|reduction|decrease|decline|degradation|drop|boost|lift|saving)s?)\b",
    re.IGNORECASE,
)
"""Right behind a number."""
_CHANGE_OF = re.compile(
    rf"\b(?:improvement|gain|increase|reduction|decrease|degradation|drop|boost|lift|loss|saving)s?\sof\s{FILL}$",
    re.IGNORECASE,
)
_TURN = r"(?:→|⇒|->|\\to\b|\\rightarrow\b|\b(?:vs|v\.s|versus)\b\.?\\?)"
"""Between two values of one measure."""
_TURNS = re.compile(rf"(?:[\s$]|\\?%|points?\b)*{_TURN}(?=\D{{0,25}}\d)", re.IGNORECASE)
_TURNED = re.compile(rf"{_TURN}[\s$]*$", re.IGNORECASE)
_OF_PERFORMANCE = re.compile(r"[\s\\%$]*of\s(?:[\w'’-]+\s){0,5}?performance\b", re.IGNORECASE)
_REACH = 70
"""Characters before a number that are looked at."""


def kind_beside(text: str, number: Number) -> Kind | None:
    """The kind that the words beside a number of the text say; None where they do not.

    >>> kind_beside("It has 12% fewer parameters.", Number(7, 10, 12.0, "%"))
    'change'
    """
    before = text[max(0, number.start - _REACH) : number.start]
    if _TURNS.match(text, number.end) or _TURNED.search(before):
        return "absolute"
    if number.unit in {"%", "points", ""} and (_CHANGES.match(text, number.end) or _CHANGE_OF.search(before)):
        return "change"
    return "ratio" if number.unit == "%" and _OF_PERFORMANCE.match(text, number.end) else None
