"""Annotated papers -> lessons. Every label, feature and place comes from the pipeline's own functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from kg.extraction import abbreviations, links, metrics, numbers, owner_features, sentences
from kg.extraction.candidates import Candidate, find_candidates
from kg.extraction.context import Sentence
from kg.extraction.context import sentences as contexts
from kg.extraction.encoder import Tokens
from kg.extraction.entity_features import View as Words
from kg.extraction.entity_features import features as entity_features
from kg.extraction.gazetteer import Entry, Gazetteer
from kg.extraction.heads import NONE
from kg.extraction.link_features import FAR, Place, Target
from kg.extraction.metric_phrases import implied
from kg.extraction.number_features import carried, features
from kg.extraction.results import about_metric
from kg.extraction.tokens import blank_pipeline
from kg.extraction.types import Draft, Mention, Number
from kg.records import Result
from kg.train import loglinear
from kg.train.answers import Keys, align, key_of, keys_of, same_metric
from kg.train.gold import AnnotatedPaper, GoldEntity
from kg.train.lessons import Lesson, Span, Teacher, Vocabulary
from kg.train.vocabulary import count, judged

COMPONENTS = (sentences.kg_sentences, abbreviations.kg_abbreviations, numbers.kg_numbers)

Answered = tuple[Draft, Result]


def lessons(
    papers: Sequence[AnnotatedPaper],
    gazetteer: Gazetteer,
    tokens: Tokens,
    vocabulary: Vocabulary,
    progress: Callable[[], None] = lambda: None,
) -> list[Lesson]:
    """A lesson a paper; `progress` is called for each. Numbers the features in `vocabulary`."""
    nlp = blank_pipeline()
    for component in COMPONENTS:
        nlp.add_pipe(component.__name__)
    docs = [nlp(paper.text) for paper in papers]
    rows = [list(candidate_rows(doc, paper, gazetteer)) for doc, paper in zip(docs, papers, strict=True)]
    found = loglinear.judged(rows)
    taught = []
    for doc, paper, candidates, mentions in zip(docs, papers, rows, found, strict=True):
        doc._.mentions = mentions
        teacher = Teacher(paper.text, tokens, vocabulary)
        title = (0, Words.of(paper.text).title_end)
        for candidate, known, truth in candidates:
            teacher.classify("entity", candidate.spans, known, truth, title)
        _teach_results(teacher, doc, paper)
        taught.append(teacher.lesson)
        progress()
    return taught


def candidate_rows(doc: Doc, paper: AnnotatedPaper, gazetteer: Gazetteer) -> Iterator[loglinear.Row]:
    """Features and label of each candidate that the paper would have if the gazetteer did not know it."""
    view = Words.of(paper.text)
    own = {key: Entry(cases, frozenset()) for key, cases in count([paper], gazetteer).items()}
    gold = judged(paper)
    for candidate in find_candidates(paper.text, gazetteer, doc._.abbreviations):
        mine = own.get(candidate.key)
        if _forget(candidate, gazetteer, mine):
            truth = next(map(_label, gold.get(candidate.id, {}).values()), NONE)
            yield candidate, entity_features(candidate, view, gazetteer, mine), truth


def _label(entity: GoldEntity) -> str:
    named = None if entity.kind != "method" else "named" if entity.named else "plain"
    return ":".join(part for part in (entity.kind, entity.role, named) if part)


def _forget(candidate: Candidate, gazetteer: Gazetteer, own: Entry | None) -> bool:
    """Take the paper's own knowledge from a candidate; whether it would still be one."""
    entry = gazetteer[candidate.key]
    if entry and own and not entry.lists and entry.all.seen <= own.all.seen:
        candidate.sources.discard("gazetteer")
    return bool(candidate.sources)


def _teach_results(teacher: Teacher, doc: Doc, paper: AnnotatedPaper) -> None:
    gold = _Gold(doc.text, contexts(doc), align(doc.text, doc._.numbers, paper.results), keys_of(paper))
    answered = [a for sentence in gold.sentences for a in _teach_numbers(teacher, gold, sentence)]
    _teach_links(teacher, links.View(doc), answered, gold.keys)


@dataclass(frozen=True, slots=True)
class _Gold:
    """The right answers of a paper."""

    text: str
    sentences: Sequence[Sentence]
    results: dict[Number, list[Result]]
    keys: Keys


def _teach_numbers(teacher: Teacher, gold: _Gold, sentence: Sentence) -> Iterator[Answered]:
    before: dict[int, str] = {}
    previous: Mention | None = None
    last: int | None = None
    text = gold.text
    places = metrics.candidates(text, sentence, gold.sentences, implied()) if sentence.numbers else []
    for at in sentence.numbers:
        number = sentence.number(at)
        found = gold.results.get(number, [])
        around = features(sentence, at)
        before[at] = found[0].kind if found else NONE
        span = number.span
        teacher.classify("kind", [span], [*around, *carried(sentence, at, before)], before[at])
        if not found:
            continue
        target = Target(sentence, at, before[at], previous, FAR if last is None else at - last)
        right = {
            i for i, p in enumerate(places) if any(same_metric(text, p.mention, r.metric, gold.keys) for r in found)
        }
        last, previous = at, None
        if not right:
            continue
        teacher.rank("metric", _spans(places), metrics.features(text, target, places), right, span)
        previous = places[min(right, key=lambda i: _distance(places[i], at))].mention
        result, metric = found[0], previous.span
        known = [*around, *about_metric(text, before[at], previous, around)]
        owner = owner_features.features(sentence, at, gold.sentences)
        teacher.classify("own", [span], [*known, *owner], "own" if result.own else "other", metric)
        if result.direction:
            teacher.classify("direction", [span], known, result.direction, metric)
        yield Draft(number, result.kind, None, result.own, sentence.start, sentence.end, metric=previous), result


def _teach_links(teacher: Teacher, view: links.View, answered: Sequence[Answered], keys: Keys) -> None:
    previous: dict[str, Mention | None] = {}
    last: Draft | None = None
    for draft, result in answered:
        sentence = view.sentence_of(draft.number.start)
        at = sentence.position(draft.number)
        near = last is not None and last.number.start >= sentence.start
        gap = at - sentence.position(last.number) if near and last else FAR
        names = {"dataset": result.dataset, "method": result.method}
        names |= {"baseline": result.baseline, "task": result.task}
        for slot, kind in links.SLOTS.items():
            places = links.candidates(view, slot, sentence)
            target = Target(sentence, at, draft.kind, previous.get(slot), gap)
            rows = links.features(view, draft, target, places, carry=last is not None)
            right = _right(view, places, names[slot], kind, keys)
            if right and places:
                teacher.rank(slot, [*_spans(places), None], rows, right, draft.number.span)
            best = min(right - {len(places)}, key=lambda i: _distance(places[i], at), default=None)
            previous[slot] = None if best is None else places[best].mention
            setattr(draft, slot, previous[slot])
        last = draft


def _right(view: links.View, places: Sequence[Place], name: str | None, kind: str, keys: Keys) -> set[int]:
    """The places that mean `name`; the one behind the last, "none", where there is no name."""
    if name is None:
        return {len(places)}
    wanted = keys.get((kind, name), {key_of(name)})
    return {i for i, p in enumerate(places) if key_of(view.text[p.mention.start : p.mention.end]) in wanted}


def _spans(places: Sequence[Place]) -> list[Span | None]:
    return [p.mention.span for p in places]


def _distance(place: Place, at: int) -> tuple[bool, int]:
    return not place.inside, abs(place.first - at)
