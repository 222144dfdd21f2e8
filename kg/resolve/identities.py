"""Names -> ids: the tables, what a paper itself defines, and the corrections on top."""

from __future__ import annotations

from dataclasses import dataclass

from kg.records import Entity, EntityKind
from kg.resolve.acronyms import identify
from kg.resolve.corrections import EVERYWHERE, Corrections
from kg.resolve.tables import Tables
from kg.schema import Value
from kg.text import name_key, squeeze

Abbreviations = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Identified:
    """What an extracted entity is in the graph."""

    id: str
    name: str
    """The node's name as far as this paper knows: corrections', the table's, else the paper's."""
    known_as: frozenset[str]
    """Every id that a correction may mean this entity by: as the table has it, as the paper has it, as it ended."""
    rejected: bool


@dataclass(frozen=True, slots=True)
class Identities:
    tables: Tables
    corrections: Corrections

    def entity_id(self, kind: EntityKind, name: str) -> str:
        """Id of a name outside any paper."""
        return self.corrections.root(self.tables.entity_id(kind, name))

    def name(self, id: str) -> str | None:
        """The corrections' name or the table's; None where only papers name the entity."""
        target = self.tables.get(id)
        table_name = None if target is None else target.name
        return self.corrections.names.get(id) or table_name or self.corrections.given_names.get(id)

    def aliases(self, id: str) -> tuple[str, ...]:
        """All names that tables and corrections know, sorted, its own among them; () where only papers name it.

        Stores tell by this whose name an entity keeps when the papers that name it change.
        """
        target = self.tables.get(id)
        names = {self.name(id), *(() if target is None else target.names), *self.corrections.aliases.get(id, ())}
        return tuple(sorted(name for name in names if name is not None))

    def metric_facts(self, id: str) -> dict[str, Value]:
        """higherIsBetter and unit of a metric, where known."""
        target = self.tables.get(id)
        facts: dict[str, Value] = {}
        if target is not None:
            facts = {"higherIsBetter": target.higher_is_better, "unit": target.unit}
        for key in ("higherIsBetter", "unit"):
            if (id, key) in self.corrections.metric_edits:
                facts[key] = self.corrections.metric_edits[id, key].value
        return {key: value for key, value in facts.items() if value is not None}

    def in_paper(self, paper: str, entity: Entity, abbreviations: Abbreviations) -> Identified:
        """What the entity of this paper (its key) is."""
        plain = self.tables.entity_id(entity.kind, entity.name)
        found = identify(self.tables, entity.kind, entity.name, abbreviations)
        first, name = found.id, found.name
        for key in (found.id, plain):
            if (paper, key) in self.corrections.splits:
                name = self.corrections.splits[paper, key]
                first = self.tables.entity_id(entity.kind, name)
                break
        last = self.corrections.root(first)
        rejections = {(EVERYWHERE, entry) for entry in (found.id, first, last)}
        rejections |= {(paper, entry) for entry in (plain, found.id, first, last)}
        return Identified(
            id=last,
            name=self.name(last) or name,
            known_as=frozenset((plain, found.id, first, last)),
            rejected=not self.corrections.rejected.isdisjoint(rejections),
        )


def has_key(name: str) -> bool:
    """Whether anything of the name is left in its normal form."""
    return bool(name_key(squeeze(name)))
