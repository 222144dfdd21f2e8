"""The commands as people type them: what they print, where, and how they end."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from curves import write_table

import kg
from kg.cli import COMMANDS, root
from kg.cli.output import clean, print_rows
from kg.schema import Edge, Node, PaperGraph, Value
from kg.stores.base import Row

DATA = Path(__file__).parent / "data" / "cli"
RECORDS = DATA / "records.jsonl"
REPORT_COLUMNS = [
    *("paper", "title", "year", "url", "method", "metric", "dataset", "value", "unit"),
    *("kind", "direction", "bound", "baseline", "setting", "own", "evidence", "confidence"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("cli") / "papers.lbug"
    assert typed("load", RECORDS, "--store", path).exit_code == 0
    return str(path)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("KG_STORE", "NEO4J_USER", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def typed(*words: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(root, [str(word) for word in words], input=stdin, prog_name="kg")


def answered(*words: object) -> list[dict[str, object]]:
    result = typed(*words, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    rows: list[dict[str, object]] = json.loads(result.stdout)
    return rows


# ---- asking ---------------------------------------------------------------------------------------------------------


def test_reports_as_json(store: str) -> None:
    rows = answered("reports", "fid", "IMAGENET", "--store", store)
    assert [list(row) for row in rows] == [REPORT_COLUMNS] * 3
    assert rows[0] == {
        "paper": "lanternnet-sharper-pictures-from-fewer-steps",
        "title": "LanternNet: Sharper Pictures from Fewer Steps",
        "year": 2024,
        "url": "https://example.org/lanternnet",
        "method": "LanternNet",
        "metric": "FID",
        "dataset": "ImageNet",
        "value": 2.5,
        "unit": "",
        "kind": "absolute",
        "direction": None,
        "bound": "=",
        "baseline": None,
        "setting": "256x256",
        "own": True,
        "evidence": "it reaches an FID of 2.5 at 256x256",
        "confidence": 1.0,
    }


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ((), [2.5, 4.1, 4.4, 9.0]),
        (("--own",), [2.5, 4.4, 9.0]),
        (("--not-own",), [4.1]),
        (("--since", "2024-03"), [2.5, 4.1]),
        (("--kind", "ratio"), []),
    ],
)
def test_filters(store: str, options: tuple[str, ...], values: list[float]) -> None:
    assert [row["value"] for row in answered("reports", "FID", "--store", store, *options)] == values


def test_reports_as_a_table(store: str) -> None:
    lines = typed("reports", "speedup", "--store", store).stdout.splitlines()
    assert lines[0].split() == ["dataset", "title", "year", "method", "result", "baseline", "setting", "evidence"]
    assert "8 x up" in lines[1]
    assert len(lines) == 2


def test_reports_as_csv(store: str) -> None:
    rows = list(csv.DictReader(io.StringIO(typed("reports", "FID", "mscoco", "--store", store, "--csv").stdout)))
    assert list(rows[0]) == REPORT_COLUMNS
    assert [(row["dataset"], row["value"], row["own"], row["setting"]) for row in rows] == [
        ("MS COCO", "9.0", "true", "")
    ]


def test_leaderboard(store: str) -> None:
    rows = answered("leaderboard", "ImageNet", "FID", "--store", store)
    assert [(row["rank"], row["value"]) for row in rows] == [(1, 2.5), (2, 4.1), (3, 4.4)]
    assert list(rows[0]) == ["rank", *REPORT_COLUMNS]
    upside_down = answered("leaderboard", "ImageNet", "FID", "--store", store, "--higher")
    assert [row["value"] for row in upside_down] == [4.4, 4.1, 2.5]
    table = typed("leaderboard", "ImageNet", "FID", "--store", store).stdout.splitlines()
    assert table[1].split()[:2] == ["1", "LanternNet:"]


def test_show(store: str) -> None:
    text = typed("show", "lantern net", "--store", store).stdout
    assert "name: LanternNet" in text
    assert "LanternNet draws pictures 8x faster than OldBeam" in text
    shown = json.loads(typed("show", "HarborSet: Ships Seen from Above", "--store", store, "--json").stdout)
    assert (shown["kind"], shown["about"]["year"]) == ("paper", 2025)


def test_query_by_name_and_by_text(store: str) -> None:
    rows = answered("query", "who_compares_with", "--param", "method=OldBeam", "--store", store)
    assert [row["paper"] for row in rows] == ["lanternnet-sharper-pictures-from-fewer-steps"]
    text = "MATCH (p:Paper) WHERE p.year > $year RETURN p.year AS year ORDER BY year"
    assert answered("query", "--cypher", text, "--param", "year=2022", "--store", store) == [
        {"year": 2024},
        {"year": 2025},
    ]
    named = "MATCH (d:Dataset) WHERE d.name = $name RETURN d.id AS id"
    for name in ("name=HarborSet", 'name="HarborSet"'):
        assert answered("query", "--cypher", named, "--param", name, "--store", store) == [{"id": "dataset:harborset"}]
    piped = typed("query", "--cypher", "-", "--store", store, "--csv", stdin="MATCH (d:Dataset) RETURN count(d) AS n")
    assert piped.stdout == "n\n3\n"


def test_queries_lists_every_question() -> None:
    rows = answered("queries")
    assert len(rows) >= 20
    assert {"name", "question", "parameters"} == set(rows[0])
    row = next(row for row in rows if row["name"] == "papers_reporting")
    assert isinstance(row["parameters"], list)
    assert row["parameters"][0] == 'metric: metric = "metric:fid"'


# ---- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("reports", "FIDD"), 1, "kg: no metric is called 'FIDD'; did you mean FID"),
        (("reports", "FID", "--since", "soon"), 1, "kg: since must be a year or an ISO date"),
        (("query", "nix"), 1, "kg: no query is called 'nix'; "),
        (("query",), 2, "Error: give the NAME of a question (`kg queries` lists them), or --cypher TEXT"),
        (("query", "speedups", "--param", "x"), 2, "'x' is not of the form name=value, as in metric=FID"),
        (("query", "--cypher", "MATCH (p:Paper) DETACH DELETE p RETURN 1 AS n"), 1, "kg: "),
        (("export", "csv", "-o", "-"), 2, "Error: csv needs a folder, not -"),
        (("export", "graphml", "-o", "-"), 2, "Error: graphml needs a file, not -"),
        (("remove", "No Such Paper"), 1, "kg: no paper is called 'No Such Paper'"),
    ],
)
def test_errors_are_one_line(store: str, words: tuple[str, ...], code: int, message: str) -> None:
    result = typed(*words, "--store", store)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""
    assert code == 2 or result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("reports", "FID"), 1, "kg: no store at papers.lbug; make one with `kg build`"),
        (("prune",), 1, "kg: no store at papers.lbug; make one with `kg build`"),
        (("remove", "x"), 1, "kg: no store at papers.lbug; make one with `kg build`"),
        (("load", "missing.jsonl"), 1, "kg: cannot read missing.jsonl: No such file or directory"),
        (("evaluate", "missing.jsonl"), 2, "Error: give RECORDS, or the gold records' papers with --papers"),
        (("evaluate", "missing.jsonl", "missing.jsonl"), 1, "kg: cannot read missing.jsonl: No such file"),
        (("load", RECORDS, "--store", "neo4j://u:secret@host"), 1, "kg: user and password do not belong into"),
        (("load", RECORDS, "--store", "ftp://host"), 1, "kg: no store has addresses of the form ftp://"),
        (("schema",), 2, "Missing option '--dialect'"),
        (("nothing",), 2, "No such command 'nothing'"),
        (("load", RECORDS, "--min-precision", "2"), 2, "2.0 is not in the range 0<=x<=1"),
        (("load", RECORDS, "--min-precision", "1"), 1, "kg: min_precision 1.0 is out of reach: this model's results"),
        (
            ("load", RECORDS, "--min-precision", "0", "--model", "none"),
            1,
            "kg: none has no table calibration.tsv; make",
        ),
    ],
)
def test_errors_without_a_store(words: tuple[object, ...], code: int, message: str) -> None:
    result = typed(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "secret" not in result.stderr


def test_links_that_never_were_so_precise_are_named(tmp_path: Path) -> None:
    model = write_table(tmp_path, {"task": [(0.5, 0.4, 0.5)], "baseline": [(0.5, 0.4, 0.5)]})
    result = typed("load", RECORDS, "--model", model, "--min-precision", "0.9")
    assert result.exit_code == 0
    assert result.stderr.startswith("kg: links never as precise as 0.9, all left out: baseline, task\n")
    assert "links never" not in typed("load", RECORDS, "--model", model, "--min-precision", "0.4").stderr


def test_a_failed_lookup_makes_no_store() -> None:
    typed("prune")
    typed("reports", "FID")
    assert not Path("papers.lbug").exists()


def test_export_into_a_missing_folder(store: str) -> None:
    result = typed("export", "jsonl", "-o", "missing/dump.jsonl", "--store", store)
    assert (result.exit_code, result.stderr.startswith("kg: missing/")) == (1, True)
    assert result.stderr.endswith("No such file or directory\n")


# ---- building and keeping -------------------------------------------------------------------------------------------


def test_load_prints_the_counts() -> None:
    result = typed("load", RECORDS, "--store", "s", "--json")
    assert json.loads(result.stdout) == {
        "read": 5,
        "written": 5,
        "merged": 0,
        "unchanged": 0,
        "quarantined": 0,
        "dropped": 0,
        "retries": 0,
    }
    assert typed("load", "-", "--store", "s", stdin=RECORDS.read_text(encoding="utf-8")).stdout.startswith(
        "5 read = 0 written"
    )
    assert not Path("quarantine.jsonl").exists()


def test_quarantined_records_end_with_3() -> None:
    Path("r.jsonl").write_text('{"title": "Fine", "abstract": "Yes."}\nnothing\n')
    result = typed("load", "r.jsonl", "--quarantine", "bad.jsonl")
    assert (result.exit_code, result.stderr) == (3, "kg: 1 records went to bad.jsonl\n")
    assert json.loads(Path("bad.jsonl").read_text())["record"] == "nothing"


def test_export_to_stdout_is_the_file(store: str) -> None:
    typed("export", "jsonl", "-o", "dump.jsonl", "--store", store)
    assert typed("export", "jsonl", "-o", "-", "--store", store).stdout == Path("dump.jsonl").read_text(
        encoding="utf-8"
    )


def test_remove_prune_and_load_again_is_a_clean_build(store: str) -> None:
    typed("load", RECORDS, "--store", "s")
    removed = typed("remove", "HarborSet: Ships Seen from Above", "--store", "s")
    assert removed.stdout == "1 papers removed\n"
    assert typed("prune", "--store", "s").stdout == "3 nodes removed\n"  # HarborSet, recall, object detection
    assert typed("doctor", "--store", "s").stdout == "no fault found\n"
    typed("load", RECORDS, "--store", "s")
    assert typed("export", "jsonl", "-o", "-", "--store", "s").stdout == (
        typed("export", "jsonl", "-o", "-", "--store", store).stdout
    )


def test_build_and_extract() -> None:
    papers = DATA / "papers.jsonl"
    assert typed("build", papers).stdout.startswith("5 read = 5 written")
    lines = typed("extract", papers).stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [
        "lanternnet-sharper-pictures-from-fewer-steps",
        "oldbeam-a-plain-baseline-that-lasts",
        "harborset-ships-seen-from-above",
        "on-counting-without-numbers",
        "grossen-raume-ein-vergleich",
    ]
    assert "abstract" not in json.loads(lines[0])
    Path("records.jsonl").write_text(typed("extract", "--papers", papers).stdout, encoding="utf-8")
    assert typed("load", "records.jsonl").stdout.startswith("5 read = 0 written + 0 merged + 5 unchanged")


def test_evaluate(tmp_path: Path) -> None:
    rows = [
        json.loads(line) | {"id": str(n)} for n, line in enumerate(RECORDS.read_text(encoding="utf-8").splitlines())
    ]
    gold, found = tmp_path / "gold.jsonl", tmp_path / "found.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows[0]["datasets"] = []
    found.write_text("".join(json.dumps(row) + "\n" for row in rows[:4]))
    table = typed("evaluate", gold, found, "--errors", "datasets")
    assert table.stderr == "kg: 1 of 5 gold papers have no record, such as 4\n"
    measures = [line.split() for line in table.stdout.splitlines()]
    assert measures[0] == ["measure", "precision", "recall", "f1", "from", "to", "tp", "fp", "fn"]
    assert measures[4][:4] == ["datasets", "100.0", "75.0", "85.7"]
    assert measures[4][-3:] == ["3", "0", "1"]
    assert table.stdout.splitlines()[-1].startswith('missed 0 {"name": "ImageNet"')
    scores = json.loads(typed("evaluate", gold, found, "--errors", "datasets", "--json").stdout)
    assert scores["measures"]["datasets"]["fn"] == 1
    assert scores["errors"][0]["paper"] == "0"
    classes = typed("evaluate", gold, gold, "--classes", "--csv").stdout
    assert "results full: ratio x,100.0,100.0,100.0,,,1,0,0" in classes


def test_evaluate_names_the_bad_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    for text, message in (("{\n", "line 1: not JSON: "), ("\n[]\n", "line 2: a record is a JSON object")):
        bad.write_text(text)
        assert message in typed("evaluate", bad, bad).stderr


def test_schema_is_the_store_s_ddl() -> None:
    assert "CREATE CONSTRAINT" in typed("schema", "--dialect", "neo4j").stdout
    assert "CREATE NODE TABLE `Paper`" in typed("schema", "--dialect", "ladybug").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(shell: str) -> None:
    assert "_KG_COMPLETE" in typed("completion", shell).stdout


# ---- doctor ---------------------------------------------------------------------------------------------------------


def test_doctor_finds_what_is_wrong() -> None:
    paper = Node("Paper", "other", {"title": "A Title", "abstract": "Short.", "fingerprint": "f"})
    result = Node("Result", "r", {"evidence": "Long.", "startChar": 8, "endChar": 13, "value": 1.0})
    method = Node("Method", "method:x", {"name": "x"})
    mention: dict[str, Value] = {"name": "x", "mentions": ("x",), "startChar": 0, "endChar": 1}
    edges = (
        Edge("REPORTS", "other", "r"),
        Edge("PROPOSES", "other", "method:x", mention),
        Edge("USES", "other", "method:x", mention),
    )
    with kg.open_store("s") as store:
        store.ensure_schema()
        store.write([PaperGraph(paper, (method, result), edges)])
    result_ = typed("doctor", "--store", "s", "--json")
    assert result_.exit_code == 1
    assert result_.stderr == "kg: 6 faults\n"
    assert [(row["check"], row["where"]) for row in json.loads(result_.stdout)] == [
        ("evidence", "Result/r"),
        ("id", "Paper/other"),
        ("mention", "PROPOSES other -> method:x"),
        ("mention", "USES other -> method:x"),
        ("result", "Result/r"),
        ("role", "USES other -> method:x"),
    ]


# ---- help, output, terminal -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_how_it_is_used(name: str) -> None:
    result = typed(name, "--help")
    assert result.exit_code == 0
    assert f"\n      kg {name}" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_and_the_command_say_the_same(name: str) -> None:
    command = root.get_command(click.Context(root), name)
    assert command
    assert command.name == name


def test_hostile_text_stays_text(capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Row] = [{"title": "\x1b[31mred\x07[bold]x[/bold]\n:smile:\u202e", "n": 1}]
    print_rows(rows, ("title", "n"), "table")
    assert capsys.readouterr().out == "title                             n\n [31mred [bold]x[/bold] :smile:   1\n"
    assert clean("a\x1b\x9b\u2066b") == "a b"


def test_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    for style, out in (("json", "[]\n"), ("csv", "a,b\n"), ("table", "a  b\n")):
        print_rows([], ("a", "b"), style)  # type: ignore[arg-type]
        assert capsys.readouterr().out == out


def kg_process(*words: object, **more: object) -> "subprocess.Popen[str]":
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    arguments = [sys.executable, "-m", "kg", *map(str, words)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("".join(json.dumps({"title": f"Paper {n}", "abstract": "x " * 4000}) + "\n" for n in range(60)))
    process = kg_process("extract", many, "--papers")
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith('{"id": "paper-0"')
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), errors) == (1, "")


def test_ctrl_c_ends_with_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.jsonl")
    process = kg_process("load", tmp_path / "endless.jsonl", "--store", tmp_path / "s")
    with (tmp_path / "endless.jsonl").open("w"):  # returns when the process reads
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    assert (process.returncode, out, errors.strip()) == (1, "", "Aborted!")


def test_kg_store_stands_for_the_option(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_STORE", store)
    assert len(answered("reports", "FID")) == 4
