"""What may be the metric of a number besides known metrics: wordings that imply one, and certain noun phrases.

"Implied" wordings ("faster", "outperforms") come from a table with the metric that they stand for. Noun phrases are
taken where a sentence names a measured quantity: "fewer PHRASE", "reduces PHRASE by", "40% of PHRASE", "PHRASE rate".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from kg.data import rows
from kg.extraction.context import Sentence, Token
from kg.extraction.types import Mention

TABLE = "implied_metrics"

_STOP = frozenset((
    "a", "an", "the", "its", "their", "our", "all", "each", "this", "that", "these", "those", "any", "and",
    "or", "of", "in", "on", "at", "by", "to", "from", "for", "with", "without", "while", "when", "than", "over",
    "as", "is", "are", "was", "were", "be", "been", "it", "we", "they", "which", "who", "where", "compare",
    "compared", "respectively", "against", "under", "up", "upto", "about", "around", "more", "less", "fewer",
    "most", "least", "only", "even", "just", "both", "between", "across", "through", "during", "via", "per",
    "not", "no", "can", "could", "may", "has", "have", "had", "such", "other", "using", "used", "uses", "use",
    "but", "also", "then", "relative", "absolute", "average", "overall", "better", "higher", "lower", "faster",
    "smaller", "larger", "significant", "significantly", "substantial", "substantially", "state-of-the-art",
    "previous", "prior", "existing", "baseline", "baselines", "method", "methods", "model", "models",
    "approach", "approaches", "result", "results", "respect", "terms", "factor", "dataset", "datasets",
    "within", "further", "very", "comparable", "competitive", "i", "e", "g", "vs", "thus", "including",
))  # fmt: skip
_STOP_STEMS = ("achiev", "improv", "reduc", "increas", "decreas", "outperform", "obtain", "reach", "surpass", "exceed",
               "maintain", "requir", "enabl", "provid", "attain", "yield")  # fmt: skip
_DETERMINERS = frozenset((
    "the", "its", "their", "our", "all", "a", "an", "overall", "average", "total", "required", "original",
    "available", "full", "up",
))  # fmt: skip
_HEADS = frozenset((
    "accuracy", "accuracies", "rate", "rates", "error", "errors", "score", "scores", "cost", "costs",
    "precision", "recall", "latency", "size", "time", "efficiency", "ratio", "ratios", "memory", "usage",
    "speed", "speedup", "speedups", "success", "throughput", "complexity", "overhead", "footprint",
    "consumption", "distance", "coefficient", "correlation", "coverage", "perplexity", "similarity",
    "parameters", "flops", "tokens", "steps", "labels", "bias", "gap", "loss", "quality", "robustness",
    "fairness", "consistency", "regret", "reward", "return", "returns", "auc", "variance", "energy",
    "computation", "compute", "bandwidth", "storage", "likelihood", "agreement", "index", "fidelity", "utility",
    "entropy", "sparsity", "budget", "effort", "calls", "queries", "iterations", "length", "overlap",
    "stability",
))  # fmt: skip
_COMPARATIVES = frozenset((
    "fewer", "less", "lower", "smaller", "higher", "shorter", "longer", "larger", "more", "better", "greater",
    "reduced", "increased", "improved",
))  # fmt: skip
_CHANGES = ("reduc", "increas", "decreas", "improv", "lower", "boost", "cut", "sav", "shrink", "enhanc", "rais",
            "accelerat", "drop", "degrad", "gain", "declin", "minimi", "speedup", "speed-up", "loss",
            "growth")  # fmt: skip
_NOUNS = frozenset((
    "reduction", "reductions", "improvement", "improvements", "gain", "gains", "saving", "savings", "increase",
    "increases", "decrease", "drop", "drops", "speedup", "speedups", "speed-up", "overhead", "boost",
    "degradation",
))  # fmt: skip
_WORD = re.compile(r"[a-z][a-z'’-]*")
_SHAPED = re.compile(r"[A-Z]\w*[A-Z@\d](?:[\w@.-]*\w)?|\w+@\d+|[A-Z]\w*-[A-Z\d]\w*|[rR]ank-\d+|[tT]op-\d+")
_AFTER_UNIT = re.compile(r"[\s$}]*(?:points?\s+)?(?:(?:of|in|on)\s+)?(?:the\s+)?(?:terms\sof\s+)?")


@lru_cache(maxsize=4)
def implied(folder: Path | None = None) -> dict[str, str]:
    """Wording -> metric. Raises ModelError as `kg.data.rows` does."""
    return {row["wording"]: row["name"] for row in rows(TABLE, folder)}


def find_metrics(text: str, sentence: Sentence, wordings: Mapping[str, str]) -> list[Mention]:
    """Candidates of a sentence by start, beside its known metrics: none overlaps a known mention or another candidate.

    `wordings`: as `implied` gives them. O(tokens).
    """
    taken = {i for i, token in enumerate(sentence.tokens) if token.mention is not None}
    found: list[Mention] = []
    for source, first, last in _places(text, sentence, wordings):
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            start, end = sentence.tokens[first].start, sentence.tokens[last].end
            name = wordings.get(sentence.tokens[first].form) if source == "implied" else None
            found.append(Mention(start, end, "metric", 0.5, source, name))
    known = [t.mention for t in sentence.tokens if t.mention is not None]
    for mention in (*_units(text, sentence, wordings), *_after_numbers(text, sentence)):
        if all(mention.end <= m.start or m.end <= mention.start for m in (*known, *found)):
            found.append(mention)
    return sorted(found, key=lambda m: m.start)


def _units(text: str, sentence: Sentence, wordings: Mapping[str, str]) -> Iterator[Mention]:
    """Units that tell what is measured: "41 images/s"."""
    for i in sentence.numbers:
        number = sentence.tokens[i].number
        name = wordings.get(number.unit.lower()) if number and number.unit else None
        if number and name and text.endswith(number.unit, number.start, number.end):
            yield Mention(number.end - len(number.unit), number.end, "metric", 0.5, "unit", name)


def _after_numbers(text: str, sentence: Sentence) -> Iterator[Mention]:
    """Names such as "6.4 XCOMET", "3 % in Recall@1"."""
    for i in sentence.numbers:
        gap = _AFTER_UNIT.match(text, sentence.tokens[i].end, sentence.end)
        shaped = gap and _SHAPED.match(text, gap.end(), sentence.end)
        if shaped:
            yield Mention(*shaped.span(), "metric", 0.5, "after")


def _places(text: str, sentence: Sentence, wordings: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Source, first and last token of each candidate; implied wordings first."""
    for i, token in enumerate(sentence.tokens):
        if token.form in wordings and token.mention is None:
            last = i + 1 if token.form.startswith("speed") and sentence.forms(i + 1, i + 2) == ["up"] else i
            yield "implied", i, last
    phrases = _Phrases(text, sentence)
    for i, token in enumerate(sentence.tokens):
        for source, (first, last) in _spans(phrases, sentence, i, token):
            if first <= last:
                yield source, first, last


def _spans(phrases: _Phrases, sentence: Sentence, i: int, token: Token) -> Iterator[tuple[str, tuple[int, int]]]:
    """Noun phrases that the token at i points to; an empty span where it points to none."""
    form, after = token.form, sentence.forms(i + 1, i + 2)[0]
    if form in _HEADS:
        yield "head", phrases.before(i)
    if form in _COMPARATIVES:
        yield "compared", phrases.after(i + 1)
    if form in _NOUNS and i and phrases.is_word[i - 1]:
        yield "before", phrases.before(i - 1)
    if form.startswith(_CHANGES):
        first, last = phrases.after(i + 2 if after in {"in", "of", "on"} else i + 1)
        if after in {"in", "of", "on"} or sentence.forms(last + 1, last + 2)[0] in {"by", "from", "to", "of", "up"}:
            yield "object", (first, last)
    if token.number is not None and token.number.unit == "%":
        yield "of", phrases.after(i + 2 if after == "of" else i + 1)
    if form == "terms" and after == "of":
        yield "terms", phrases.after(i + 2)


class _Phrases:
    """Runs of words that may be a noun phrase."""

    def __init__(self, text: str, sentence: Sentence) -> None:
        self.tokens = sentence.tokens
        self.is_word = [_is_word(t.form) for t in self.tokens]
        pairs = pairwise(self.tokens)
        self.joined = [text[a.end : b.start].isspace() for a, b in pairs]

    def after(self, i: int) -> tuple[int, int]:
        """First and last token of the phrase of up to four words that begins at i or after determiners."""
        while i < len(self.tokens) and self.tokens[i].form in _DETERMINERS:
            i += 1
        if i >= len(self.tokens) or not self.is_word[i]:
            return i, i - 1
        last = i
        while last < min(i + 3, len(self.joined)) and self.joined[last] and self.is_word[last + 1]:
            last += 1
        return i, last

    def before(self, i: int) -> tuple[int, int]:
        """First and last token of the phrase of up to three words that ends at i."""
        first = i
        while first > max(0, i - 2) and self.is_word[first - 1] and self.joined[first - 1]:
            first -= 1
        return first, i


@lru_cache(maxsize=20_000)
def _is_word(form: str) -> bool:
    return form not in _STOP and not form.startswith(_STOP_STEMS) and _WORD.fullmatch(form) is not None
