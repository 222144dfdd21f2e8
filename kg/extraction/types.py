"""What the components write on a Doc. Offsets count code points of `text_of(doc)`, which is the paper's text unedited.

Set by            attribute             value
abbreviations     doc._.abbreviations   list[Abbreviation]
numbers           doc._.numbers         list[Number]
encode            doc._.judge           Judge of spans of the text
mentions          doc._.mentions        list[Mention], by start, none overlapping
results           doc._.drafts          list[Draft]; may add implied metric mentions ("faster")
entities          doc._.groups          list[Group]: mentions of one thing, with role
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from spacy.tokens import Doc

from kg.records import EntityKind


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form and the long form that the text gives for it."""

    short_start: int
    short_end: int
    long_start: int
    long_end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; `text[start:end]` is what value and unit were read from ("20x", "1,890", "twice")."""

    start: int
    end: int
    value: float
    unit: str
    bound: Literal["=", "~", ">", "<", "<="] = "="

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Mention:
    """A surface form of an entity."""

    start: int
    end: int
    kind: EntityKind
    score: float = 1.0
    source: str = "gazetteer"
    """Which rule found it; kept so that errors can be traced."""
    name: str | None = None
    """The entity's name where the wording is not one: "speedup" for "faster"."""
    proposed: float = 0.0
    """Probability that it names what the paper proposes."""

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end


@dataclass(slots=True)
class Draft:
    """A number taken for a result; its links point to mentions, which `convert` turns into entity names."""

    number: Number
    kind: Literal["absolute", "change", "ratio"]
    direction: Literal["up", "down"] | None
    own: bool
    start: int
    """Evidence is `text[start:end]`."""
    end: int
    setting: str | None = None
    metric: Mention | None = None
    dataset: Mention | None = None
    method: Mention | None = None
    baseline: Mention | None = None
    task: Mention | None = None
    confidence: float = 1.0
    """The model's own estimate that the number is a result of this kind; `convert` calibrates it."""
    link_confidence: dict[str, float] = field(default_factory=dict)
    """The model's own estimate of each link, by slot."""


@dataclass(slots=True)
class Group:
    """The mentions of one entity, first one first."""

    kind: EntityKind
    name: str
    mentions: list[Mention]
    role: str | None = None
    named: bool | None = None


if not Doc.has_extension("judge"):
    Doc.set_extension("judge", default=None)
for _name in ("abbreviations", "numbers", "mentions", "drafts", "groups"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=[])


def text_of(doc: Doc) -> str:
    """The text, joined from the tokens once; spaCy does it at every access to `doc.text`."""
    text: str | None = doc.user_data.get("text")
    if text is None:
        text = doc.user_data["text"] = doc.text
    return text
