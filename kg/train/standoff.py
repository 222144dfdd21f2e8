"""Annotation without the texts: offsets stand in a record where words of the paper would.

    python -m kg.train.standoff RECORDS PAPERS > STANDOFF

For papers whose texts cannot be passed on: who has the papers has the records. Offsets count code points of title, line
break and abstract, as everywhere in kg. Names and settings stay words if they are short, or the curator's own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from kg.errors import RecordError
from kg.readers import read
from kg.record_files import raw_records
from kg.records import JSON, Paper

LONGEST_NAME = 6
"""Words of a name or setting that is written out."""


def papers_by_id(papers: Path) -> dict[str, Paper]:
    """Papers by the id that records name them by."""
    return {paper.id or paper.key: paper for paper in read(papers)}


def filled(value: JSON, text: str) -> JSON:
    """The record with words of the text where it has two offsets. Raises RecordError where they lie outside."""
    if isinstance(value, dict):
        return {key: filled(part, text) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) != 2 or not isinstance(start := value[0], int) or not isinstance(end := value[1], int):
        return [filled(part, text) for part in value]
    if not 0 <= start < end <= len(text):
        raise RecordError(f"{start}:{end} is no place in a text of {len(text)} characters")
    return text[start:end]


def emptied(value: JSON, text: str, words: int = LONGEST_NAME) -> JSON:
    """The record with two offsets for mentions, evidence and whatever else stands in the text in more than `words`."""
    if isinstance(value, dict):
        short = {"mentions": 0, "evidence": 0}
        return {key: emptied(part, text, short.get(key, words)) for key, part in value.items()}
    if isinstance(value, list):
        return [emptied(part, text, words) for part in value]
    if not isinstance(value, str) or len(value.split()) <= words:
        return value
    return [start, start + len(value)] if (start := text.find(value)) >= 0 else value


def main(records: Path, papers: Path) -> None:
    known: Mapping[str, Paper] = papers_by_id(papers)
    for _, record in raw_records(records):
        row = emptied(record, known[str(record["id"])].text)
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
