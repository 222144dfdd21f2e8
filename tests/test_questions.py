"""The files of cypher/ and their headers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg import questions
from kg.errors import QueryError
from kg.questions import Parameter, Query, all_queries, convert, load, markdown, names, parse
from kg.stores.base import Cell, Store

TEXT = """// Which papers are there?
// $kind: absolute|change? = "", of the result
// $own: bool? = null
// $ids: string[] = ["a"]
// columns: paper, share.2,
//   year
// A note.
MATCH (p:Paper) // $no: int = 1
RETURN p.id AS paper
"""


def test_parse() -> None:
    assert parse("some", TEXT) == Query(
        "some",
        "Which papers are there?",
        (
            Parameter("kind", "absolute|change", True, "", "of the result"),
            Parameter("own", "bool", True, None),
            Parameter("ids", "string[]", False, ["a"]),
        ),
        ("paper", "share", "year"),
        {"share": 2},
        TEXT,
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "q.cypher, line 1: must be the question, as in `// Which papers report a metric?`"),
        ("// $a: int = 1", "q.cypher, line 1: must be the question, as in `// Which papers report a metric?`"),
        ("// What?", "q.cypher: the header needs a line such as `// columns: paper, title`"),
        ("// What?\n// columns: a, b c", "q.cypher: the header needs a line such as `// columns: paper, title`"),
        (
            "// What?\n// $a int = 1",
            "q.cypher, line 2: a parameter is written as `$metric: metric = \"metric:fid\"`, not '$a int = 1'",
        ),
        (
            "// What?\n// $a: inti = 1",
            "q.cypher, line 2: unknown type 'inti'; did you mean int?",
        ),
        (
            "// What?\n// $a: z = 1",
            (
                "q.cypher, line 2: unknown type 'z'; known: string, int, float, bool, string[], method, dataset, "
                "metric, task, entity, paper, author, or a choice such as up|down"
            ),
        ),
        ("// What?\n// $a: int = one", "q.cypher, line 2: the default of $a is not JSON: 'one'"),
        ('// What?\n// $a: int = "x"', "q.cypher, line 2: $a must be a whole number, not 'x'"),
    ],
)
def test_broken_headers(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse("q", text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("type", "optional", "value", "converted"),
    [
        ("int", False, "2", 2),
        ("int", False, " 2 ", 2),
        ("int", False, 2.0, 2),
        ("float", False, "2", 2.0),
        ("float", False, 3, 3.0),
        ("float", False, "1e-3", 0.001),
        ("bool", False, "Yes", True),
        ("bool", False, "0", False),
        ("bool", True, "", None),
        ("bool", True, None, None),
        ("string", True, None, ""),
        ("metric", True, "", ""),
        ("metric", False, "FID", "FID"),
        ("string[]", False, "a, b", ["a", "b"]),
        ("string[]", False, ["a"], ["a"]),
        ("up|down", False, "up", "up"),
    ],
)
def test_convert(type: str, optional: bool, value: Cell, converted: Cell) -> None:
    found = convert(Parameter("x", type, optional, None), value, "query q")
    assert found == converted
    assert found.__class__ is converted.__class__


@pytest.mark.parametrize(
    ("type", "value", "message"),
    [
        ("int", "two", "query q: $x must be a whole number, not 'two'"),
        ("int", 2.5, "query q: $x must be a whole number, not 2.5"),
        ("int", True, "query q: $x must be a whole number, not True"),
        ("int", str(2**63), "query q: $x must be a whole number, not '9223372036854775808'"),
        ("float", "nan", "query q: $x must be a number, not 'nan'"),
        ("float", "1e999", "query q: $x must be a number, not '1e999'"),
        ("bool", "maybe", "query q: $x must be true or false, not 'maybe'"),
        ("string", 3, "query q: $x must be text, not 3"),
        ("string[]", ["a", 1], "query q: $x must be a list of texts, not ['a', 1]"),
        ("up|down", "sideways", "query q: $x must be up or down, not 'sideways'"),
        ("metric", "", "query q: $x is missing; it must be a metric"),
        ("author", None, "query q: $x is missing; it must be an author"),
    ],
)
def test_values_that_do_not_fit(type: str, value: Cell, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        convert(Parameter("x", type, False, None), value, "query q")
    assert str(caught.value) == message


def test_unknown_query_and_parameter() -> None:
    with pytest.raises(QueryError, match=r"^no query is called 'paper_reporting'; did you mean papers_reporting"):
        load("paper_reporting")
    with pytest.raises(QueryError, match=r"^no query is called '~'; `kg queries` lists them$"):
        load("~")
    with pytest.raises(QueryError, match=r"^query coauthors has no parameter 'auhtor'; did you mean author\?$"):
        load("coauthors").values({"auhtor": "x"})
    with pytest.raises(QueryError, match=r"^query coauthors has no parameter '~'; it has author$"):
        load("coauthors").values({"~": "x"})
    with pytest.raises(QueryError, match=r"^query papers_by_year has no parameter 'year'; it has none$"):
        load("papers_by_year").values({"year": 2})


def test_parameters_left_out_have_the_example() -> None:
    assert load("speedups").values({"at_least": "3"}) == {"method": "method:diffusionmodel", "at_least": 3.0}


def test_missing_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "__file__", str(tmp_path / "kg" / "questions.py"))
    with pytest.raises(QueryError, match=r"^the questions are missing: no folder cypher/ in or beside .*; install kg"):
        names()


def test_an_installed_package_has_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kg" / "cypher").mkdir(parents=True)
    (tmp_path / "cypher").mkdir()
    (tmp_path / "kg" / "cypher" / "mine.cypher").touch()
    monkeypatch.setattr(questions, "__file__", str(tmp_path / "kg" / "questions.py"))
    assert names() == ["mine"]


def test_an_optional_parameter_left_out_filters_nothing() -> None:
    """But most_used_methods asks for names unless told otherwise."""
    optional = [(query.name, p) for query in all_queries() for p in query.parameters if p.optional]
    assert [(name, p.name) for name, p in optional if p.default != p.empty] == [("most_used_methods", "named")]


@pytest.mark.parametrize("query", all_queries(), ids=lambda query: query.name)
def test_house_rules_of_a_question(query: Query) -> None:
    code = re.sub("//.*", "", query.text)
    assert query.question.endswith("?")
    assert {name.removeprefix("$") for name in re.findall(r"\$\w+", code)} == {p.name for p in query.parameters}
    final = code[code.rindex("RETURN ") :]
    assert "ORDER BY" in final
    banned = (
        r"\bUNION\b|\bCALL\b|labels\(|\bavg\(|substring\(|NULLS|shortestPath|COUNT \{|\bsum\(|SET |CREATE|DELETE|MERGE"
    )
    assert not re.search(banned, code)
    assert not re.search(r"EXISTS \{\s*\(", code)
    assert not re.search(r"\[\w+ IN ", code)
    assert not re.search(r"any\([^)]*\$", code)
    bare_coalesce = r"\b(WHERE|AND|OR|NOT) coalesce\([^()]*(\([^()]*\)[^()]*)*\)\s*(AND|OR|WITH|RETURN|MATCH|OPTIONAL)"
    assert not re.search(bare_coalesce, code), "Ladybug 0.22 answers with other rows"


def test_every_question_runs_on_an_empty_graph(store: Store) -> None:
    """With the examples of their headers, as names need not be looked up."""
    assert [query.name for query in all_queries() if store.read(query.text, query.values({}))] == []


def test_the_page_of_questions_is_up_to_date() -> None:
    page = Path(__file__).parents[1] / "docs" / "queries.md"
    assert page.read_text(encoding="utf-8") == markdown(), "run: python -m kg.questions > docs/queries.md"
