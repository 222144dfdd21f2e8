"""The shipped tables: names with their spellings and expansions, and which way a metric is better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from kg import data
from kg.errors import ModelError
from kg.records import KINDS, EntityKind
from kg.text import name_key

TABLES = ("aliases", "metrics")


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the alias table. Its name, aliases and expansions all lead to `id`."""

    kind: EntityKind
    name: str
    aliases: tuple[str, ...] = ()
    """Other spellings and short forms."""
    expansions: tuple[str, ...] = ()
    """What the name, an acronym, stands for."""
    higher_is_better: bool | None = None
    unit: str | None = None

    @property
    def id(self) -> str:
        return plain_id(self.kind, self.name)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases, *self.expansions)


@lru_cache(maxsize=1 << 16)
def plain_id(kind: EntityKind, name: str) -> str:
    """Identity of a name that no table knows."""
    return f"{kind}:{name_key(name)}"


class Tables:
    """Targets by every name they have. Raises ModelError where a name of one kind leads to two targets."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._targets: dict[str, Target] = {}
        self._by_name: dict[str, Target] = {}
        for target in targets:
            self._targets[target.id] = target
            for name in target.names:
                known = self._by_name.setdefault(plain_id(target.kind, name), target)
                if known is not target:
                    both = f"{known.name!r} and for {target.name!r}"
                    raise ModelError(f"aliases.tsv: {target.kind} {name!r} stands for {both}; keep one")

    def find(self, kind: EntityKind, name: str) -> Target | None:
        """The target with this name, alias or expansion, whatever its case, blanks and hyphens."""
        return self._by_name.get(plain_id(kind, name))

    def get(self, id: str) -> Target | None:
        return self._targets.get(id)

    def __iter__(self) -> Iterator[Target]:
        return iter(self._targets.values())

    def entity_id(self, kind: EntityKind, name: str) -> str:
        target = self.find(kind, name)
        return plain_id(kind, name) if target is None else target.id


@cache
def shipped() -> Tables:
    """The tables of the package, read once. Raises ModelError where one is missing or broken."""
    facts = {
        row["name"]: (_better(row["name"], row["higherIsBetter"]), row["unit"] or None) for row in data.rows("metrics")
    }
    targets = []
    for row in data.rows("aliases"):
        if row["kind"] not in KINDS:
            raise ModelError(f"aliases.tsv: unknown kind {row['kind']!r} of {row['name']!r}; known: {', '.join(KINDS)}")
        better, unit = facts.pop(row["name"], (None, None)) if row["kind"] == "metric" else (None, None)
        targets.append(
            Target(row["kind"], row["name"], _listed(row["aliases"]), _listed(row["expansions"]), better, unit)
        )
    if facts:
        raise ModelError(f"metrics.tsv: {', '.join(sorted(facts))} is no metric of aliases.tsv; add it there")
    return Tables(targets)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(name for name in cell.split("|") if name)


def _better(name: str, cell: str) -> bool | None:
    if cell not in {"true", "false", ""}:
        raise ModelError(f"metrics.tsv: higherIsBetter of {name!r} is {cell!r}; it must be true, false or empty")
    return None if cell == "" else cell == "true"
