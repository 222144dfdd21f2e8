"""Fits the weights by which numbers become results and get their links.

`python -m kg.train.results --shared DIR [--output DIR]`; needs the tables of kg/train/vocabulary.py and
kg/train/entities.py in the output folder. Mentions are found as on papers that those tables do not know. Each model is
fitted on the right answers of the models before it.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict, cast

import spacy
from spacy.tokens import Doc

from kg import data
from kg.extraction import abbreviations, links, metrics, numbers, sentences
from kg.extraction.candidates import find_candidates
from kg.extraction.context import Sentence, unit_class
from kg.extraction.context import sentences as contexts
from kg.extraction.entity_features import View as Words
from kg.extraction.entity_features import features as entity_features
from kg.extraction.gazetteer import Entry, Gazetteer, entity_key, phrase_key
from kg.extraction.linear import TABLE, Weights
from kg.extraction.link_features import FAR, Place, Target
from kg.extraction.mentions import TABLE as ENTITY_TABLE
from kg.extraction.mentions import Classifier, judge, without_overlap
from kg.extraction.number_features import carried, features
from kg.extraction.results import DIRECTIONS, KINDS, NONE, OWN, about_metric
from kg.extraction.types import Draft, Mention, Number
from kg.train.loglinear import fit_classifier, fit_ranker
from kg.train.vocabulary import AnnotatedPaper, count, read_papers

Keys = dict[tuple[str, str], set[str]]
"""(kind, name) -> entity keys of an annotated entity's surface forms."""

COMPONENTS = (sentences.kg_sentences, abbreviations.kg_abbreviations, numbers.kg_numbers)
LEAST_PEAK = 0.15
"""A feature none of whose weights is larger is left out of the table."""


class GoldResult(TypedDict):
    """The fields of a result that are learned; see gold/README.md."""

    metric: str
    value: float
    unit: str
    kind: Literal["absolute", "change", "ratio"]
    direction: str | None
    method: str | None
    own: bool
    dataset: str | None
    baseline: str | None
    task: str | None
    evidence: str


@dataclass(slots=True)
class Samples:
    """What each model is fitted on."""

    classified: dict[str, list[tuple[list[str], str]]] = field(default_factory=lambda: defaultdict(list))
    ranked: dict[str, list[tuple[list[list[str]], set[int]]]] = field(default_factory=lambda: defaultdict(list))

    def fit(self) -> dict[str, Weights]:
        """Weights of every model."""
        labels = {"kind": KINDS, "direction": DIRECTIONS, "own": OWN}
        return {
            **{model: fit_classifier(self.classified[model], known) for model, known in labels.items()},
            **{model: fit_ranker(self.ranked[model]) for model in (metrics.MODEL, *links.SLOTS)},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="Fits the weights by which numbers become results and get links.")
    parser.add_argument("--shared", type=Path, required=True, help="folder with gold/")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "data")
    arguments = parser.parse_args()
    samples = Samples()
    for doc, paper, results in annotated(arguments.shared / "gold", arguments.output):
        add_samples(samples, doc, paper, results)
    with (arguments.output / f"{TABLE}.tsv").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines("\t".join(row) + "\n" for row in table(samples.fit()))


def table(models: dict[str, Weights]) -> Iterator[tuple[str, ...]]:
    """Lines of the table, the header first."""
    yield ("model", "label", "feature", "weight")
    for model, weights in sorted(models.items()):
        for feature, by_label in sorted(weights.items()):
            if max(map(abs, by_label.values())) >= LEAST_PEAK:
                for label, weight in sorted(by_label.items()):
                    yield (model, label, feature, f"{weight:.2f}")


def annotated(gold: Path, tables: Path) -> Iterator[tuple[Doc, AnnotatedPaper, list[GoldResult]]]:
    """The training papers with sentences, abbreviations, numbers and mentions on the Doc, and their results."""
    nlp = spacy.blank("en")
    for component in COMPONENTS:
        nlp.add_pipe(component.__name__)
    gazetteer, classifier = Gazetteer.load(tables), Classifier(*data.cells(ENTITY_TABLE, tables))
    with (gold / "train.jsonl").open(encoding="utf-8") as file:
        results = [json.loads(line)["results"] for line in file]
    for paper, found in zip(read_papers(gold), results, strict=True):
        doc = nlp(paper.text)
        doc._.mentions = _mentions(doc, paper, gazetteer, classifier)
        yield doc, paper, found


def _mentions(doc: Doc, paper: AnnotatedPaper, gazetteer: Gazetteer, classifier: Classifier) -> list[Mention]:
    """As the pipeline finds them, but without what the gazetteer learned from this very paper."""
    view = Words.of(doc.text)
    own = {key: Entry(cases, frozenset()) for key, cases in count([paper], gazetteer).items()}
    found: list[Mention] = []
    for candidate in find_candidates(doc.text, gazetteer, doc._.abbreviations):
        entry, mine = gazetteer[candidate.key], own.get(candidate.key)
        if entry and mine and not entry.lists and _seen(entry) <= _seen(mine):
            candidate.sources.discard("gazetteer")
        if candidate.sources:
            found += judge(candidate, classifier(entity_features(candidate, view, gazetteer, mine)))
    return without_overlap(found)


def _seen(entry: Entry) -> int:
    return sum(evidence.seen for evidence in entry.cases.values())


def align(text: str, found: Sequence[Number], results: Iterable[GoldResult]) -> dict[Number, list[GoldResult]]:
    """The annotated results of each number: equal value and unit class, in the evidence, unused numbers first."""
    aligned: dict[Number, list[GoldResult]] = defaultdict(list)
    for result in results:
        value = float(result["value"])
        same = [n for n in found if abs(n.value - value) <= 1e-6 * max(1.0, value) and _agrees(n.unit, result["unit"])]
        start = text.find(result["evidence"])
        inside = [n for n in same if start >= 0 and start <= n.start < start + len(result["evidence"])] or same
        if inside:
            free = (n for n in inside if all(r["metric"] != result["metric"] for r in aligned.get(n, ())))
            aligned[next(free, inside[0])].append(result)
    return aligned


def _agrees(unit: str, annotated_unit: str) -> bool:
    """Percent and points count as one unit class, and so do all units of measure and none, as in gold/score.py."""
    sort = {"%": "%", "points": "%", "x": "x"}
    other = {"percent": "%", "percentage points": "%", "pp": "%", "times": "x", "fold": "x", "×": "x"}
    annotated_class = other.get(annotated_unit.lower(), unit_class(annotated_unit))
    return sort.get(unit_class(unit), "") == sort.get(annotated_class, "")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A paper with its right answers."""

    text: str
    sentences: Sequence[Sentence]
    results: dict[Number, list[GoldResult]]
    keys: Keys


def add_samples(samples: Samples, doc: Doc, paper: AnnotatedPaper, results: Sequence[GoldResult]) -> None:
    """Adds what one paper teaches."""
    keys: Keys = {(e.kind, e.surfaces[0]): e.keys for e in paper.entities}
    lesson = Lesson(doc.text, contexts(doc), align(doc.text, doc._.numbers, results), keys)
    drafts = [pair for sentence in lesson.sentences for pair in _add_numbers(samples, lesson, sentence)]
    _add_links(samples, links.View(doc), drafts, keys)


def _add_numbers(samples: Samples, lesson: Lesson, sentence: Sentence) -> Iterator[tuple[Draft, GoldResult]]:
    text = lesson.text
    before: dict[int, str] = {}
    previous: Mention | None = None
    last: int | None = None
    for at in sentence.numbers:
        number = sentence.tokens[at].number
        found = lesson.results.get(number, []) if number else []
        around = features(sentence, at)
        kind = found[0]["kind"] if found else NONE
        samples.classified["kind"].append(([*around, *carried(sentence, at, before)], kind))
        before[at] = kind
        if not found or number is None:
            continue
        places = metrics.candidates(text, sentence, lesson.sentences)
        target = Target(sentence, at, kind, previous, FAR if last is None else at - last)
        wanted = [r["metric"] for r in found]
        right = {
            i
            for i, c in enumerate(places)
            if any(same_metric(text, c.mention, metric, lesson.keys) for metric in wanted)
        }
        last, previous = at, None
        if not right:
            continue
        samples.ranked[metrics.MODEL].append((metrics.features(text, target, places), right))
        nearest = min(right, key=lambda i: (not places[i].inside, abs(places[i].first - at)))
        previous = places[nearest].mention
        result = found[0]
        about = [*around, *about_metric(text, kind, previous, around)]
        samples.classified["own"].append((about, "own" if result["own"] else "other"))
        if result["direction"]:
            samples.classified["direction"].append((about, result["direction"]))
        draft = Draft(number, result["kind"], None, result["own"], sentence.start, sentence.end, metric=previous)
        yield draft, result


def same_metric(text: str, mention: Mention, metric: str, keys: Keys) -> bool:
    """Whether a mention means an annotated metric: a common form, or the words of one contain those of the other."""
    surface = text[mention.start : mention.end]
    forms = {_key(surface), _key(mention.name or surface)}
    if forms & (keys.get(("metric", metric), set()) | {_key(metric)}):
        return True
    a, b = set(phrase_key(mention.name or surface)), set(phrase_key(metric))
    speedy = ("speed", "faster", "accelerat")
    return bool(a and (a <= b or b <= a)) or all(any(s in w for w in words for s in speedy) for words in (a, b))


def _key(surface: str) -> str:
    return entity_key(phrase_key(surface))


def _add_links(samples: Samples, view: links.View, drafts: Sequence[tuple[Draft, GoldResult]], keys: Keys) -> None:
    previous: dict[str, Mention | None] = {}
    last: Draft | None = None
    for draft, result in drafts:
        sentence = view.sentence_of(draft.number.start)
        at = sentence.position(draft.number)
        near = last is not None and last.number.start >= sentence.start
        gap = at - sentence.position(last.number) if near and last else FAR
        answers = cast("dict[str, str | None]", result)
        for slot, kind in links.SLOTS.items():
            places = links.candidates(view, slot, sentence)
            target = Target(sentence, at, draft.kind, previous.get(slot), gap)
            rows = links.features(view, draft, target, places, carry=last is not None)
            name = answers[slot]
            wanted = keys.get((kind, name), {_key(name)}) if name else set()
            right = {i for i, c in enumerate(places) if _key(view.text[c.mention.start : c.mention.end]) in wanted}
            if name is None:
                right = {len(places)}
            if right and places:
                samples.ranked[slot].append((rows, right))
            best = min(right, key=lambda i: _rank(places, i, at), default=len(places))
            mention = places[best].mention if best < len(places) else None
            setattr(draft, slot, mention)
            previous[slot] = mention
        last = draft


def _rank(places: Sequence[Place], i: int, at: int) -> tuple[bool, int]:
    return (True, 0) if i == len(places) else (not places[i].inside, abs(places[i].first - at))


if __name__ == "__main__":
    main()
