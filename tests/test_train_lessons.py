"""What the heads learn from papers annotated by hand."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import spacy
from annotated import TITLE, annotated, plain, rich

from kg import data
from kg.extraction.candidates import Candidate, find_candidates
from kg.extraction.encoder import Tokens
from kg.extraction.entity_features import View, features
from kg.extraction.gazetteer import Gazetteer
from kg.extraction.heads import HEADS, NONE
from kg.extraction.types import Mention
from kg.train import loglinear, teach, vocabulary
from kg.train.gold import AnnotatedPaper
from kg.train.lessons import FULL, Lesson, Sheet, Teacher, Vocabulary, prune

TEXT = "QuillNet beats BarNet."
QUILL, BEATS, BAR = (0, 8), (9, 14), (15, 21)


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    return Tokens(data.folder() / "tokenizer.json")


def covered(lesson: Lesson, text: str, span: int) -> str:
    """The text that a span of the lesson's pieces covers."""
    first, after = lesson.spans[span]
    return text[lesson.pieces.starts[first] : lesson.pieces.ends[after - 1]]


def items(lesson: Lesson, text: str, head: str) -> list[tuple[list[str], str | None, str]]:
    """Of each item of a classifier the texts of its spans, that of its context, and its label."""
    sheet = lesson.sheets[head]
    return [
        ([covered(lesson, text, s) for s in spans], None if context < 0 else covered(lesson, text, context), label)
        for spans, context, label in zip(
            sheet.spans, sheet.contexts, (HEADS[head][a] for a in sheet.answers), strict=True
        )
    ]


def questions(lesson: Lesson, text: str, head: str) -> list[tuple[str, list[str], list[str]]]:
    """Of each question of a ranker what it is about, the texts of all places ("" for none) and of the right ones."""
    sheet = lesson.sheets[head]
    found: dict[int, tuple[str, list[str], list[str]]] = {}
    for group, spans, context, right in zip(sheet.groups, sheet.spans, sheet.contexts, sheet.answers, strict=True):
        _, every, rights = found.setdefault(group, (covered(lesson, text, context), [], []))
        place = covered(lesson, text, spans[0]) if spans else ""
        every.append(place)
        rights += [place] * right
    return list(found.values())


def features_of(vocabulary: Vocabulary, sheet: Sheet, head: str) -> list[list[str]]:
    names = list(vocabulary.index[head])
    return [[names[i] for i in row] for row in sheet.features]


def test_teacher_writes_items_of_a_classifier(tokens: Tokens) -> None:
    known = Vocabulary()
    teacher = Teacher(TEXT, tokens, known)
    teacher.classify("entity", [QUILL, BAR], ["a", "b"], "method:used:named", (0, 22))
    teacher.classify("entity", [BEATS], ["b", "b", "c"], NONE)
    lesson = teacher.lesson
    assert items(lesson, TEXT, "entity") == [
        (["QuillNet", "BarNet"], TEXT, "method:used:named"),
        (["beats"], None, NONE),
    ]
    assert features_of(known, lesson.sheets["entity"], "entity") == [["a", "b"], ["b", "b", "c"]]
    assert known.index["entity"] == {"a": 0, "b": 1, "c": 2}
    assert all(after > first for first, after in lesson.spans)
    with pytest.raises(ValueError, match="not in tuple"):
        teacher.classify("own", [BEATS], [], "eaten")


def test_teacher_numbers_the_questions_of_a_ranker(tokens: Tokens) -> None:
    teacher = Teacher(TEXT, tokens, Vocabulary())
    teacher.rank("method", [QUILL, BAR, None], [["x"], [], ["none"]], {1}, BEATS)
    teacher.rank("method", [QUILL, None], [[], []], {0, 1}, BAR)
    lesson = teacher.lesson
    assert lesson.sheets["method"].groups == [0, 0, 0, 1, 1]
    assert questions(lesson, TEXT, "method") == [
        ("beats", ["QuillNet", "BarNet", ""], ["BarNet"]),
        ("BarNet", ["QuillNet", ""], ["QuillNet", ""]),
    ]
    assert len(lesson.spans) == 3, "a span is written down once"
    with pytest.raises(ValueError, match="zip"):
        teacher.rank("method", [QUILL], [], set(), BAR)


def test_pruning_keeps_frequent_features_and_numbers_them_in_order(tokens: Tokens) -> None:
    known = Vocabulary()
    teachers = [Teacher(TEXT, tokens, known) for _ in range(5)]
    for i, teacher in enumerate(teachers):
        teacher.classify("entity", [QUILL], ["z", "two\nlines", *(["rare"] if i else [])], NONE)
        teacher.classify("entity", [BAR], ["a"], NONE)
        teacher.classify("kind", [BAR], ["y", *(["x"] if i < 3 else ["w"])], NONE)
    lessons = [teacher.lesson for teacher in teachers]
    left = prune(lessons, known)
    assert left == {head: [] for head in HEADS} | {"entity": ["a", "z"], "kind": ["x", "y"]}
    assert [row.tolist() for row in lessons[1].sheets["entity"].features] == [[1], [0]]
    assert [x.sheets["kind"].features[0].tolist() for x in lessons] == [[1, 0]] * 3 + [[1]] * 2
    assert lessons[0].sheets["kind"].features[0].dtype == np.int32


def test_of_more_papers_a_feature_must_occur_more_often(tokens: Tokens) -> None:
    known = Vocabulary()
    teacher = Teacher(TEXT, tokens, known)
    for i in range(6):
        teacher.classify("kind", [BAR], ["x", *(["y"] if i < 5 else [])], NONE)
    few, many = ([teacher.lesson, *[Lesson(tokens(TEXT))] * others] for others in (FULL - 1, 2 * FULL - 1))
    assert prune(few, known)["kind"] == ["x", "y"]
    teacher.lesson.sheets["kind"].features = [np.array([0, 1], dtype=np.int32)] * 5 + [np.array([0], dtype=np.int32)]
    assert prune(many, known)["kind"] == ["x"], "6 of twice as many papers"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[AnnotatedPaper]:
    return annotated(tmp_path_factory.mktemp("gold"), [rich(), plain("p2", "LumaNet", 60.5)])


@pytest.fixture(scope="module")
def table(papers: list[AnnotatedPaper], tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("table")
    vocabulary.write(folder, papers, {})
    return Gazetteer.load(folder)


def told(papers: Sequence[AnnotatedPaper]) -> list[list[Mention]]:
    """The right mentions of the papers."""
    found = []
    for paper in papers:
        places = {(paper.text.find(s), s, e.kind, e.role) for e in paper.entities for s in e.surfaces}
        found.append([
            Mention(start, start + len(s), kind, source=f"{kind}:{role}" if role else kind)
            for start, s, kind, role in sorted(places, key=lambda p: p[0]) if start >= 0
        ])  # fmt: skip
    return found


@pytest.fixture
def lessons(
    papers: list[AnnotatedPaper], table: Gazetteer, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> list[Lesson]:
    monkeypatch.setattr(loglinear, "judged", lambda _: told(papers))
    done: list[None] = []
    found = teach.lessons(papers, table, tokens, Vocabulary(), lambda: done.append(None))
    assert len(done) == len(papers)
    return found


def test_candidates_are_asked_about_the_title(lessons: list[Lesson], papers: list[AnnotatedPaper]) -> None:
    found = items(lessons[0], papers[0].text, "entity")
    assert {context for _, context, _ in found} == {TITLE}
    labels = {spans[0]: label for spans, _, label in found}
    assert labels["QuillNet"] == "method:proposed:named"
    assert labels["BarNet"] == "method:compared:named"
    assert labels["FooBench"] == "dataset:evaluated"
    assert NONE in labels.values()


def test_numbers(lessons: list[Lesson], papers: list[AnnotatedPaper]) -> None:
    first, second = (
        [items(lesson, paper.text, head) for head in ("kind", "own", "direction")]
        for lesson, paper in zip(lessons, papers, strict=True)
    )
    assert first == [
        [
            (["91.2%"], None, "absolute"),
            (["88.5%"], None, "absolute"),
            (["3 points"], None, "change"),
            (["40"], None, NONE),
        ],
        [(["91.2%"], "accuracy", "own"), (["88.5%"], "accuracy", "other"), (["3 points"], "recall", "own")],
        [(["3 points"], "recall", "up")],
    ]
    assert second == [
        [(["60.5%"], None, "absolute"), (["12"], None, NONE)],
        [(["60.5%"], "accuracy", "own")],
        [],
    ]


def test_right_places(lessons: list[Lesson], papers: list[AnnotatedPaper]) -> None:
    asked = {head: questions(lessons[0], papers[0].text, head) for head, labels in HEADS.items() if len(labels) == 1}
    right = {head: [(about, rights) for about, _, rights in found] for head, found in asked.items()}
    assert right == {
        "metric": [("91.2%", ["accuracy"]), ("88.5%", ["accuracy"]), ("3 points", ["recall"])],
        "dataset": [("91.2%", ["FooBench"]), ("88.5%", ["FooBench"]), ("3 points", [""])],
        "method": [("91.2%", ["QuillNet"]), ("88.5%", ["BarNet"]), ("3 points", ["QuillNet"])],
        "baseline": [("91.2%", [""]), ("88.5%", [""]), ("3 points", ["BarNet"])],
        "task": [("91.2%", ["Tree Search"]), ("88.5%", ["Tree Search"]), ("3 points", [""])],
    }
    for head, found in asked.items():
        assert all((places.count("") == 1) is (head != "metric") for _, places, _ in found), head
    assert asked["method"][0][1] == ["BarNet", "QuillNet", ""], "the sentence's own before that of the title"


def test_a_papers_own_contribution_to_the_table_is_forgotten(
    papers: list[AnnotatedPaper], table: Gazetteer, tmp_path: Path
) -> None:
    assert all(table[key,] is not None for key in ("quillnet", "foobench"))
    vocabulary.write(tmp_path, papers[1:], {})
    others = Gazetteer.load(tmp_path)
    assert others["quillnet",] is None
    doc = spacy.blank("en")(papers[0].text)
    within = {c.key: sorted(known) for c, known, _ in teach.candidate_rows(doc, papers[0], table)}
    view = View.of(doc.text)
    without = {c.key: sorted(features(c, view, others)) for c in find_candidates(doc.text, others, [])}
    assert within == without
    assert "unknown" in within["quillnet",]
    assert "unknown" not in within["foobench",], "the other paper has it"


def rows(nets: str = "method:proposed:named") -> list[list[loglinear.Row]]:
    """Twelve papers with a net, which is `nets` in the first of them, and a word that is nothing."""
    papers: list[list[loglinear.Row]] = []
    for i in range(12):
        net = Candidate(f"net{i}", (f"net{i}",), spans={(0, 4): None})
        word = Candidate("word", ("word",), spans={(5, 9): None})
        label = nets if i == 0 else "method:proposed:named"
        papers.append([(net, ["shape=net", f"key={i}"], label), (word, ["shape=word"], NONE)])
    return papers


def test_a_log_linear_judge_learns_from_other_papers_and_is_the_same_every_time() -> None:
    found = loglinear.judged(rows())
    assert [[(m.start, m.end, m.kind, m.source) for m in mentions] for mentions in found] == [
        [(0, 4, "method", "method:proposed:named")]
    ] * 12
    assert loglinear.judged(rows()) == found, "scores too"
    other = loglinear.judged(rows(nets="task"))
    assert other[0] == found[0], "its own label has no part in it"
    assert other[1] != found[1]


def test_a_single_paper_has_no_others_to_learn_from() -> None:
    done: list[None] = []
    assert loglinear.judged(rows()[:1], lambda: done.append(None)) == [[]]
    assert len(done) == loglinear.FOLDS
