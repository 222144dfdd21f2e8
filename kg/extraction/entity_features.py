"""Features by which a candidate is taken for an entity of a kind and role: its words, its shape, what stands around."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.extraction.candidates import Candidate
from kg.extraction.gazetteer import CASES, EMPTY, NOTHING, Case, Entry, Evidence, Gazetteer, case_of
from kg.text import squeeze

_TOKEN = re.compile(r"[^\W\d_]+|\d[\d.,]*|[^\w\s]")
_SENTENCE_END = frozenset(".!?")
_CUES = (
    "propos introduc present develop design devis releas creat construct buil contribut call name dub term denot refer "
    "compar outperform surpass exceed than baselin such like includ us utili employ leverag adopt appl bas combin "
    "extend evaluat experiment train pretrain finetun benchmark test achiev improv reduc increas decreas obtain attain "
    "reach report measur collect annotat consist contain inspir follow integrat study investigat analyz"
)
_CUE = re.compile("|".join(sorted(_CUES.split(), key=len, reverse=True)))
_NOUNS = frozenset(
    """dataset datasets benchmark benchmarks corpus corpora database data challenge testbed suite environment
    method model models framework approach network networks algorithm architecture system loss module strategy mechanism
    technique pipeline transformer toolkit library paradigm agent scheme solution metric measure score rate task problem
    tasks methods algorithms metrics techniques platform tool attack layer""".split()  # noqa: SIM905
)
_LEADS = frozenset(
    """on than with over as including like from to using via outperforms outperform surpasses e.g namely of
    by""".split()  # noqa: SIM905
)
_LINKS = frozenset(", and or & the both / ( ) : - – { } $ \\ ' our".split())  # noqa: SIM905
_APPOSES = frozenset({",", ":", "-", "–", "—", "is"})
_ARTICLES = frozenset({"a", "an", "the", "our", "which"})
_OCCURRENCES = 6
_MAX_LIST = 30


@dataclass(frozen=True, slots=True)
class View:
    """A text as tokens, with what can be said of each token's place once for all candidates."""

    text: str
    starts: list[int]
    low: list[str]
    leads: list[str]
    """The word before the enumeration that the token stands in ("on A, B and C")."""
    nouns: list[str]
    """The noun after it ("A, B and C datasets")."""
    stems: list[str]
    """Stem of each token that is a cue."""
    cues: list[str]
    """Nearest cue before the token within its sentence, with its distance."""
    title_end: int
    abstract_end: int

    @classmethod
    def of(cls, text: str) -> View:
        tokens = list(_TOKEN.finditer(text))
        surface = [t[0] for t in tokens]
        low = ["#" if t[0].isdigit() else t.lower() for t in surface]
        title_end = text.find("\n") if "\n" in text else len(text)
        stems = [_stem(t) for t in low]
        return cls(
            text,
            [t.start() for t in tokens],
            low,
            _leads(surface, low),
            _nouns(surface, low),
            stems,
            list(_cues(low, stems, sum(t.start() < title_end for t in tokens))),
            title_end,
            len(text),
        )

    def forms(self, at: int) -> list[str]:
        """Three tokens; what lies outside the text is "^"."""
        if at >= 0 and at + 3 <= len(self.low):
            return self.low[at : at + 3]
        return [self.low[i] if 0 <= i < len(self.low) else "^" for i in range(at, at + 3)]


@lru_cache(maxsize=100_000)
def _stem(token: str) -> str:
    match = _CUE.match(token)
    return match[0] if match else ""


def _listed(surface: str) -> bool:
    """Whether a token may stand in an enumeration of names."""
    return surface in _LINKS or surface[0].isupper() or surface[0].isdigit() or not surface.islower()


def _leads(surface: list[str], low: list[str]) -> list[str]:
    lead, length, found = "", 0, []
    for token, lower in zip(surface, low, strict=True):
        if lower in _LEADS and lower not in _LINKS:
            lead, length = lower, 0
        elif length > _MAX_LIST or not _listed(token):
            lead = ""
        length += 1
        found.append(lead)
    return found


def _nouns(surface: list[str], low: list[str]) -> list[str]:
    noun, length, found = "", 0, []
    for token, lower in zip(reversed(surface), reversed(low), strict=True):
        found.append(noun)
        if lower in _NOUNS:
            noun, length = lower, 0
        elif length > _MAX_LIST or not _listed(token):
            noun = ""
        length += 1
    return found[::-1]


def _cues(low: list[str], stems: list[str], title: int) -> Iterator[str]:
    cue, distance = "", 0
    for at, (token, stem) in enumerate(zip(low, stems, strict=True)):
        yield f"{cue}{'' if distance < 3 else '+' if distance < 8 else '++'}" if cue else ""
        distance += 1
        if at < title or token in _SENTENCE_END:
            cue = ""
        elif stem:
            cue, distance = stem, 0


def features(candidate: Candidate, view: View, gazetteer: Gazetteer, own: Entry | None = None) -> list[str]:
    """Features of a candidate, each once. `own`: what its paper itself brought to the table, left out when fitting."""
    spans = list(candidate.spans)
    cases = {case_of(view.text[a:b]) for a, b in spans}
    case: Case = max(cases, key=CASES.index)
    found = [
        *_word_features(candidate, case, squeeze(view.text[slice(*spans[0])])),
        *_known(gazetteer[candidate.key], case, own),
        *_place(candidate, spans, view),
    ]
    for start, end in spans[:_OCCURRENCES]:
        found += _around(start, end, view, case)
    return list(dict.fromkeys(found))


def _word_features(candidate: Candidate, case: Case, surface: str) -> Iterator[str]:
    key, size = candidate.key, min(len(candidate.key), 5)
    yield "bias"
    yield f"case={case}|{size}"
    yield f"case={case}"
    for source in sorted(candidate.sources):
        yield f"source={source}|{case}"
        yield f"source={source}"
    if len(key) <= 3:
        yield f"key={candidate.id}"
    yield f"head={key[-1]}"
    yield f"head={key[-1]}|{case}"
    yield f"first={key[0]}"
    for word in key:
        yield f"w={word}"
    if len(key) > 1:
        yield f"heads={key[-2]} {key[-1]}"
    word = surface.rsplit(maxsplit=1)[-1]
    yield f"end={word[-3:].lower()}|{case}"
    if case == "shaped":
        yield f"end4={word[-4:].lower()}"
        yield f"shape={_shape(surface)}"
        yield f"length={min(len(surface), 12)}"
    else:
        yield f"suffix={word[-4:].lower()}"
    if candidate.long_form:
        yield f"short for={candidate.long_form}"
        yield "short"
    if candidate.defined:
        yield "defined"
        yield f"defined head={key[-1]}"


def _shape(surface: str) -> str:
    """ "GPT-4" -> "A-0", "FooNet" -> "AaAa"."""
    plain = re.sub(r"[A-Z]+", "A", re.sub(r"\d+(?:\.\d+)?", "0", surface))
    return re.sub(r"[^\W\dA]+", "a", plain)[:8]


def _known(entry: Entry | None, case: Case, own: Entry | None) -> Iterator[str]:
    if entry is None or (not entry.lists and entry.all.seen <= (own.all.seen if own else 0)):
        yield "unknown"
        return
    for kind in sorted(entry.lists):
        yield f"listed={kind}|{case}"
    for scope in (case, "any"):
        evidence = _less(entry, own, scope)
        if evidence.seen <= 0:
            yield f"{scope}:unseen"
            continue
        name, many = "any" if scope == "any" else "case", min(evidence.seen.bit_length(), 4)
        for kind, right in evidence.kinds.items():
            yield f"{name}:{kind}={min(int(5 * right / evidence.seen), 4)}|{many}"
        if not evidence.kinds:
            yield f"{name}:none|{many}"
        if evidence.named > 0:
            yield f"{name}:named={min(int(5 * evidence.named / evidence.seen), 4)}"


def _less(entry: Entry, own: Entry | None, scope: str) -> Evidence:
    """What is known of a phrase in one case or any, without what its paper brought."""
    evidence, mine = (e.all if scope == "any" else e.cases.get(scope, NOTHING) for e in (entry, own or EMPTY))
    if mine is NOTHING:
        return evidence
    kinds = {kind: left for kind, n in evidence.kinds.items() if (left := n - mine.kinds.get(kind, 0)) > 0}
    return Evidence(evidence.seen - mine.seen, evidence.named - mine.named, kinds)


def _place(candidate: Candidate, spans: list[tuple[int, int]], view: View) -> Iterator[str]:
    in_title = [s for s in spans if s[0] < view.title_end]
    count = min(len(spans) - len(in_title), 4)
    yield f"times={count}"
    if "title" in candidate.sources:
        yield f"prefix|{min(len(candidate.key), 4)}|{count > 0}"
        rest = view.text[spans[0][1] : view.title_end].lower()
        for noun in ("benchmark", "dataset", "corpus", "challenge"):
            if noun in rest:
                yield f"prefix of {noun}"
    elif in_title:
        yield f"title|{count > 0}"
        yield "title"
    first = next((s for s in spans if s[0] >= view.title_end), None)
    if first:
        yield f"first at={4 * first[0] // (view.abstract_end + 1)}"
        yield f"last at={4 * spans[-1][0] // (view.abstract_end + 1)}"


def _around(start: int, end: int, view: View, case: Case) -> list[str]:
    left, right = bisect_left(view.starts, start), bisect_left(view.starts, end)
    title = "t" if start < view.title_end else ""
    l3, l2, l1 = view.forms(left - 3)
    r1, r2, r3 = view.forms(right)
    found = [
        f"{title}l1={l1}",
        f"{title}l1={l1}|{case}",
        f"{title}r1={r1}",
        f"{title}r1={r1}|{case}",
        f"l2={l2} {l1}",
        f"l3={l3} {l2} {l1}",
        f"r2={r1} {r2}",
        f"r3={r1} {r2} {r3}",
        f"lr={l1}_{r1}",
        f"2l={l2}",
        f"2r={r2}",
        *_apposition(left, right, view),
    ]
    if view.cues[left]:
        found += (f"cue={view.cues[left]}", f"cue={view.cues[left]}|{case}")
    if view.leads[left]:
        found.append(f"lead={view.leads[left]}|{case}")
    if right and view.nouns[right - 1]:
        found.append(f"noun={view.nouns[right - 1]}|{case}")
    after = next((cue for cue in view.stems[right : right + 4] if cue), None)
    if after:
        found.append(f"after={after}")
    return found


def _apposition(left: int, right: int, view: View) -> Iterator[str]:
    """The noun in "NAME, a new NOUN", and in "a new NOUN called NAME"."""
    at = right
    if view.low[at : at + 1] == ["("]:
        at = next((i + 1 for i in range(at, min(at + 12, len(view.low))) if view.low[i] == ")"), at)
    if (
        view.low[at : at + 1]
        and view.low[at] in _APPOSES
        and view.low[at + 1 : at + 2]
        and view.low[at + 1] in _ARTICLES
    ):
        noun = next((t for t in view.low[at + 2 : at + 16] if t in _NOUNS or t in _SENTENCE_END), "")
        yield f"apposed={noun}"
    before = next((t for t in reversed(view.low[max(0, left - 8) : left]) if t in _NOUNS), None)
    if before:
        yield f"noun before={before}"
