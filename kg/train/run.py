"""Trains a model: `kg train` calls `train`.

Out-of-fold first: for each fold a model of the other papers reads the fold's, so that every paper has a record by a
model that never saw it. From those come the figures of the model card and the calibration. Then the model of all
papers. Papers held out as a whole take the place of the folds; the model of all papers may then learn from them too.
A folder that is done is not made again, and a network goes on from its last epoch. Papers without annotation, where
given, come before all of that: the encoder reads them first, and every model begins with it.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg import data
from kg.errors import InputError
from kg.extraction import Extractor, metric_phrases
from kg.extraction.encoder import Tokens
from kg.extraction.gazetteer import Gazetteer
from kg.matching import Record, id_of
from kg.readers import read_all
from kg.record_json import to_record
from kg.reliability import judge
from kg.train import calibrate, checkpoints, pretrain, teach, vocabulary
from kg.train.card import card
from kg.train.encoder import CasedEncoder, base_folder
from kg.train.export import export
from kg.train.fit import BATCH, EPOCHS, fit
from kg.train.gold import AnnotatedPaper, read_papers, records_in
from kg.train.lessons import Vocabulary, prune
from kg.train.shipping import write_heads

RECORDS = "records.jsonl"
CARD = "MODEL_CARD.md"
HELD_OUT = "held-out"
PRETRAINED = "pretrained.pt"
CLAIM = "plan.sha256"
"""What a folder was made from: papers and options."""
FOLDS = 5

Sources = Sequence[tuple[Path, Path]]
"""Files of annotated records with those of their papers."""

Show = Callable[[str, int, int], None]
"""Told what is done, and how far of how much."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training run is made from; `held_out` papers, where given, take the place of the folds."""

    data: Sources
    held_out: Sources = ()
    final: bool = False
    """Train on the held-out papers too, once the model without them is measured."""
    folds: int = FOLDS
    epochs: int = EPOCHS
    seed: int = 0
    unlabelled: Sequence[Path] = ()
    """Papers that the encoder reads before it is taught, any input that kg reads."""
    start: Path | None = None
    """Its weights to begin with, which `train` makes of them; the base weights if left out."""


def train(plan: Plan, output: Path, show: Show = lambda *_: None) -> str:
    """Writes the model, its calibration and its card to the folder; returns the card.

    Raises InputError where records or papers cannot be used, or there is nothing to measure the model on.
    """
    papers, tests = _papers(plan.data), _papers(plan.held_out)
    if not papers or not (tests or plan.folds > 1):
        raise InputError("needs annotated papers, and held-out ones or at least 2 folds to measure the model on")
    _claim(output, plan)
    if plan.unlabelled:
        plan = replace(plan, start=_pretrained([*papers, *tests], output, plan, show))
    raw: list[Record] = []
    for name, rest, inside in _parts(papers, tests, plan):
        raw += _read_out_of_fold(rest, inside, output / name, plan, show)
    make([*papers, *tests] if plan.final else papers, output, plan, show)
    gold = list({id_of(paper.record): paper.record for paper in tests or papers}.values())
    judgements = judge(gold, raw)
    calibrate.write(output, judgements)
    text = card(
        plan.data,
        plan.held_out,
        gold,
        raw,
        judgements,
        folds=0 if tests else plan.folds,
        final=plan.final,
        unlabelled=plan.unlabelled,
    )
    (output / CARD).write_text(text, encoding="utf-8")
    return text


def _parts(
    papers: Sequence[AnnotatedPaper], tests: Sequence[AnnotatedPaper], plan: Plan
) -> Iterator[tuple[str, Sequence[AnnotatedPaper], Sequence[AnnotatedPaper]]]:
    """Folder of a model to be measured, the papers it learns from and, each once, those it is measured on."""
    if tests:
        yield (HELD_OUT if plan.final else "."), papers, _once(tests)
        return
    for fold in range(plan.folds):
        rest = [paper for paper in papers if _fold(paper, plan.folds) != fold]
        yield f"fold-{fold}", rest, [paper for paper in _once(papers) if _fold(paper, plan.folds) == fold]


def _claim(folder: Path, plan: Plan) -> None:
    """Makes the folder this plan's own. Raises InputError where it holds a run on other papers or options."""
    digest = hashlib.sha256(repr((plan.folds, plan.epochs, plan.seed, plan.final, bool(plan.held_out))).encode())
    for file in (*(file for pair in (*plan.data, *plan.held_out) for file in pair), *plan.unlabelled):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    folder.mkdir(parents=True, exist_ok=True)
    claim = folder / CLAIM
    if claim.exists() and claim.read_text("utf-8") != digest.hexdigest():
        raise InputError(
            f"{folder} holds a run on other papers or with other options; take another folder for this one"
        )
    claim.write_text(digest.hexdigest(), encoding="utf-8")


def _pretrained(papers: Sequence[AnnotatedPaper], folder: Path, plan: Plan, show: Show) -> Path:
    """The encoder's weights once it has read the papers without annotation, none of the annotated ones among them."""
    weights = folder / PRETRAINED
    if not weights.exists():
        annotated = {paper.text for paper in papers}
        texts = list({paper.text: None for paper in read_all(plan.unlabelled) if paper.text not in annotated})
        if not texts:
            raise InputError("no paper without annotation to pretrain on")
        step = _counter(show, "pretraining", math.ceil(len(texts) / pretrain.BATCH))
        checkpoint = folder / "pretraining.pt"
        tokens = Tokens(base_folder() / "tokenizer.json")
        encoder = pretrain.pretrain(texts, tokens, checkpoint, seed=plan.seed, progress=lambda _: step())
        checkpoints.save(weights, 1, {"encoder": encoder})
        checkpoint.unlink()
    return weights


def make(papers: Sequence[AnnotatedPaper], folder: Path, plan: Plan, show: Show = lambda *_: None) -> None:
    """Trains one model into a folder, all but its calibration; nothing where the folder holds one.

    A paper that comes twice weighs twice in training, but is counted once in the vocabulary.
    """
    if (folder / data.PINS).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    times = Counter(paper.text for paper in papers)
    papers = _once(papers)
    vocabulary.write(folder, papers, vocabulary.listed_in(Gazetteer.load()))
    shutil.copyfile(data.folder() / f"{metric_phrases.TABLE}.tsv", folder / f"{metric_phrases.TABLE}.tsv")
    tokens = Tokens(base_folder() / "tokenizer.json")
    known = Vocabulary()
    done = _counter(show, f"reading papers for {folder.name}", len(papers))
    taught = teach.lessons(papers, Gazetteer.load(folder), tokens, known, done)
    lessons = [x for paper, x in zip(papers, taught, strict=True) if x.spans for _ in range(times[paper.text])]
    if not lessons:
        raise InputError(f"nothing to learn from for {folder.name}; give more annotated papers, or fewer folds")
    features = prune(lessons, known)
    steps = plan.epochs * math.ceil(len(lessons) / BATCH)
    step = _counter(show, f"training {folder.name}", steps)
    checkpoint = folder / "checkpoint.pt"
    encoder = CasedEncoder()
    if plan.start:
        checkpoints.restore(plan.start, {"encoder": encoder})
    network = fit(
        lessons,
        features,
        tokens,
        checkpoint,
        encoder=encoder,
        epochs=plan.epochs,
        seed=plan.seed,
        progress=lambda _: step(),
    )
    write_heads(network, features, folder)
    export(network.encoder, folder)
    data.pin(folder)
    checkpoint.unlink()


def _read_out_of_fold(
    rest: Sequence[AnnotatedPaper], inside: Sequence[AnnotatedPaper], folder: Path, plan: Plan, show: Show
) -> list[Record]:
    records = folder / RECORDS
    if not records.exists():
        make(rest, folder, plan, show)
        lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in _extracted(inside, folder, show)]
        records.with_suffix(".part").write_text("".join(lines), encoding="utf-8")
        records.with_suffix(".part").replace(records)
    return list(records_in(records))


def _extracted(papers: Sequence[AnnotatedPaper], folder: Path, show: Show) -> list[Record]:
    """Records with the model's own scores."""
    extractor = Extractor(folder, calibrated=False)
    done = _counter(show, f"reading with {folder.name}", len(papers))
    found: list[Record] = []
    for _, extraction in extractor.pipe(paper.paper for paper in papers):
        found.append(to_record(extraction))
        done()
    return found


def _papers(sources: Sources) -> list[AnnotatedPaper]:
    return [paper for records, papers in sources for paper in read_papers(records, papers)]


def _once(papers: Sequence[AnnotatedPaper]) -> list[AnnotatedPaper]:
    return list({paper.text: paper for paper in papers}.values())


def _fold(paper: AnnotatedPaper, folds: int) -> int:
    """By the text, so that a paper stays in its fold when others come."""
    return int(hashlib.sha256(paper.text.encode()).hexdigest(), 16) % folds


def _counter(show: Show, what: str, total: int) -> Callable[[], None]:
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        show(what, count, total)

    return step
