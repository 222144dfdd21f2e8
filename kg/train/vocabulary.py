"""Makes the gazetteer's table: `python -m kg.train.vocabulary --shared DIR [--output DIR]`.

Phrases come from annotated papers (gold/train.jsonl), the lists of names in vocab/ and the spans in ner/; `kg train`
takes the lists of the shipped table and counts other papers. For each phrase, in each case it is written in, the table
counts the training papers that have it outside a longer phrase, and those where a curator put it down as a method, data
set, metric or task. The same input gives the same table, byte by byte.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kg import data
from kg.extraction.gazetteer import (
    TABLE,
    Case,
    Entry,
    Evidence,
    Gazetteer,
    Key,
    candidate_key,
    case_of,
    phrase_key,
    words,
)
from kg.records import KINDS, EntityKind
from kg.train.gold import AnnotatedPaper, GoldEntity, read_papers

_LONGEST = 7
_NER_KINDS: dict[str, EntityKind] = {
    "Method": "method",
    "Task": "task",
    "Metric": "metric",
    "Material": "dataset",
    "Dataset": "dataset",
}
_LISTS: dict[str, EntityKind] = {"pwc_datasets": "dataset", "pwc_metrics": "metric", "pwc_tasks": "task"}


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the gazetteer's table from annotated papers and name lists.")
    parser.add_argument("--shared", type=Path, required=True, help="folder with gold/, vocab/ and ner/")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "data")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    gold = arguments.shared / "gold"
    papers = list(read_papers(gold / "train.jsonl", gold / "train.papers.jsonl"))
    write(arguments.output, papers, _listed(arguments.shared, data.rows("aliases")))


def write(folder: Path, papers: Sequence[AnnotatedPaper], listed: Mapping[Key, Collection[str]]) -> None:
    """The table of a model folder. `listed`: phrases of lists of names, with the kinds of those lists."""
    with (folder / f"{TABLE}.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines("\t".join(row) + "\n" for row in table(papers, listed))


def table(papers: Sequence[AnnotatedPaper], listed: Mapping[Key, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """Lines of the table, the header first."""
    keys = {key for p in papers for e in p.entities for s in e.surfaces if _fits(key := phrase_key(s))}
    known = count(papers, Gazetteer({key: Entry({}, frozenset()) for key in keys | listed.keys()}))
    yield ("phrase", "case", "lists", "seen", "named", *KINDS)
    for key in sorted(known.keys() | listed.keys()):
        lists = ",".join(sorted(listed.get(key, ())))
        for case, evidence in sorted(known.get(key, {"": Evidence()}).items()):
            kinds = (str(evidence.kinds.get(kind, 0)) for kind in KINDS)
            yield (" ".join(key), case, lists, str(evidence.seen), str(evidence.named), *kinds)


def listed_in(gazetteer: Gazetteer) -> dict[Key, frozenset[str]]:
    """The phrases that a table has from lists of names."""
    return {key: entry.lists for key in gazetteer if (entry := gazetteer[key]) is not None and entry.lists}


def count(papers: Iterable[AnnotatedPaper], gazetteer: Gazetteer) -> dict[Key, dict[str, Evidence]]:
    """What the papers say of the gazetteer's phrases; those that no paper has are left out."""
    seen: Counter[tuple[Key, Case]] = Counter()
    named: Counter[tuple[Key, Case]] = Counter()
    kinds: dict[tuple[Key, Case], Counter[EntityKind]] = defaultdict(Counter)
    for paper in papers:
        entities = judged(paper)
        for key, case in occurrences(paper.text, gazetteer):
            seen[key, case] += 1
            for entity in entities.get(candidate_key(key), {}).values():
                kinds[key, case][entity.kind] += 1
                named[key, case] += bool(entity.named)
    found: dict[Key, dict[str, Evidence]] = defaultdict(dict)
    for (key, case), number in seen.items():
        found[key][case] = Evidence(number, named[key, case], dict(kinds[key, case]))
    return dict(found)


def occurrences(text: str, gazetteer: Gazetteer) -> set[tuple[Key, Case]]:
    """Phrases that a text has outside a longer one, with the case they are written in."""
    found = words(text)
    covered, result = -1, set()
    for first, last in gazetteer.find(text, found):
        if last > covered:
            covered = last
            surface = text[found[first].start : found[last].end]
            result.add((tuple(w.key for w in found[first : last + 1]), case_of(surface)))
    return result


def judged(paper: AnnotatedPaper) -> dict[str, dict[EntityKind, GoldEntity]]:
    """The paper's entities by entity key and kind."""
    entities: dict[str, dict[EntityKind, GoldEntity]] = defaultdict(dict)
    for entity in paper.entities:
        for key in entity.keys:
            entities[key].setdefault(entity.kind, entity)
    return entities


def _fits(key: Key) -> bool:
    return 0 < len(key) <= _LONGEST and any(w.isalpha() for w in key) and len("".join(key)) > 1


def _listed(shared: Path, aliases: Iterable[Mapping[str, str]]) -> dict[Key, set[str]]:
    """Phrases of the alias table and the lists of names, and spans that ner/ annotates as one kind in two places."""
    listed: dict[Key, set[str]] = defaultdict(set)
    for row in aliases:
        for surface in (row["name"], *row["aliases"].split("|"), *row["expansions"].split("|")):
            if _fits(key := phrase_key(surface)):
                listed[key].add(f"known {row['kind']}")
    for name, kind in _LISTS.items():
        with (shared / "vocab" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            for _, surface in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                if _fits(key := phrase_key(surface)):
                    listed[key].add(kind)
    for key, kind in _annotated_spans(shared / "ner"):
        listed[key].add(kind)
    return dict(listed)


def _annotated_spans(ner: Path) -> Iterator[tuple[Key, EntityKind]]:
    """Phrases that two documents or sentences of ner/ annotate as one kind."""
    found: Counter[tuple[Key, EntityKind]] = Counter()
    for path in sorted(ner.glob("*.train.jsonl")):
        seen: set[tuple[str, Key, EntityKind]] = set()
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(map(json.loads, file)):
                for start, end, label in line["entities"]:
                    key = phrase_key(" ".join(line["tokens"][start:end]))
                    if label in _NER_KINDS and _fits(key):
                        seen.add((str(line.get("doc", number)), key, _NER_KINDS[label]))
        found.update((key, kind) for _, key, kind in seen)
    return (span for span, number in found.items() if number > 1)


if __name__ == "__main__":
    main()
