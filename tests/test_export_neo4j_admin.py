"""Files for neo4j-admin: read back by its importer, and by a server on the database that it made."""

import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import neo4j_server as starter
import pytest
from click.testing import CliRunner
from conftest import in_ci
from graphs import paper

import kg
from kg.cli import root
from kg.errors import StoreError
from kg.export import export, jsonl
from kg.schema import EDGES, NODES, Edge, Node, PaperGraph, Value
from kg.stores import Store, open_store

ODD = (
    'he said "no", twice""',
    '\\"back\\slash\\',
    " spaces around ",
    "one\nline\r\nand\rmore\n",
    "a;b|c,d\te\x1ff",
    "",
    " ",
    "null",
    "\ufeff\u2028\U0001f600 \u202eright to left\u0301",
    "'=1+1'",
)


def odd_graph(number: int, text: str) -> PaperGraph:
    """A paper whose every text is this one: keys, names, lists and plain values."""
    key, method = f"p{number}{text}", f"method:{number}{text}"
    mention: dict[str, Value] = {
        "name": text,
        "mentions": (text, f"{text};"),
        "startChar": 0,
        "endChar": 2**62,
        "confidence": 0.125,
    }
    nodes = (
        Node("Author", f"{text}{number}", {"name": text}),
        Node("Method", method, {"name": text, "aliases": (f"{text}x", text)}),
        Node(
            "Result", f"r{number}", {"value": (-0.0, 1e-07, 2.5e300)[number % 3], "own": number % 2 == 0, "unit": text}
        ),
    )
    edges = (
        Edge("WROTE", f"{text}{number}", key, {"position": 1}),
        Edge("USES", key, method, {**mention, "named": False}),
        Edge("REPORTS", key, f"r{number}"),
        Edge("OF_METHOD", f"r{number}", method, {"confidence": 1.0}),
    )
    values: dict[str, Value] = {"title": text, "abstract": text, "year": -(2**63), "upvotes": 2**63 - 1, "venue": text}
    return PaperGraph(Node("Paper", key, {**values, "fingerprint": f"f{number}"}), nodes, edges)


LONG = Node("Paper", "long", {"title": "Long", "abstract": '"' * (5 << 20), "fingerprint": "f"})
"""More than the importer reads at once unless told so."""
GRAPHS = [
    *(odd_graph(number, text) for number, text in enumerate(ODD)),
    *(paper(f"plain{n}", f"text {n}", authors=("Ada", "Bo"), year=2020) for n in range(20)),
    PaperGraph(LONG),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("admin") / "papers.lbug") as opened:
        opened.ensure_schema()
        opened.write(GRAPHS)
        yield opened


def test_headers_are_typed_and_every_label_has_its_ids(store: Store, tmp_path: Path) -> None:
    export(store, "neo4j-admin", tmp_path / "f")
    files = {str(path.relative_to(tmp_path / "f")) for path in tmp_path.rglob("*.*")}
    assert files == {f"nodes/{label}.csv" for label in (*NODES, "KgMeta")} | {f"relationships/{t}.csv" for t in EDGES}
    heads = {path.stem: path.read_text("utf-8").split("\n", 1)[0] for path in tmp_path.rglob("*.csv")}
    assert heads["KgMeta"] == "id:ID(KgMeta),version:long"
    assert heads["Metric"] == "id:ID(Metric),name:string,aliases:string[],higherIsBetter:boolean,unit:string"
    assert heads["MEASURES"] == ":START_ID(Result),:END_ID(Metric),confidence:double"
    assert (tmp_path / "f/nodes/KgMeta.csv").read_text("utf-8").split("\n")[1:] == ['"kg",1', ""]


def test_the_command_names_every_file(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "a folder, it's"
    command = shlex.split(export(store, "neo4j-admin", folder) or "")
    assert command[:8] == ["cd", str(folder), "&&", "neo4j-admin", "database", "import", "full", "neo4j"]
    files = [part.rpartition("=")[2] for part in command if part.startswith(("--nodes=", "--relationships="))]
    assert sorted(files) == sorted(str(path.relative_to(folder)) for path in folder.rglob("*.csv"))
    sizes = [int(part.partition("=")[2]) for part in command if part.startswith("--read-buffer-size=")]
    assert [size > 2 * (5 << 20) for size in sizes] == [True]


def test_a_broken_run_leaves_no_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> str:
        raise StoreError("gone")

    monkeypatch.setattr("kg.export.neo4j_admin._longest", breaks)
    with pytest.raises(StoreError):
        export(store, "neo4j-admin", tmp_path / "f")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_one_store_always_gives_the_same_files(store: Store, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    export(store, "neo4j-admin", first)
    export(store, "neo4j-admin", second)
    files = sorted(path.relative_to(first) for path in first.rglob("*.csv"))
    assert [(second / file).read_bytes() for file in files] == [(first / file).read_bytes() for file in files]


def test_the_command_line_prints_the_command(store: Store, tmp_path: Path) -> None:
    url = str(tmp_path / "small.lbug")
    with kg.open_store(url) as small:
        small.ensure_schema()
        small.write(GRAPHS[:1])
    done = CliRunner().invoke(root, ["export", "neo4j-admin", str(tmp_path / "f"), "--store", url])
    assert done.stdout.startswith(
        f"cd {tmp_path / 'f'} && neo4j-admin database import full neo4j --multiline-fields=true"
    )
    assert done.stdout.count("\n") == 1
    both = CliRunner().invoke(root, ["export", "neo4j-admin", "x", "-o", "y", "--store", url])
    assert (both.exit_code, "name one FILE" in both.stderr) == (2, True)


@pytest.mark.neo4j
def test_the_importer_makes_the_graph_that_bolt_makes(store: Store, neo4j_store: Store, tmp_path: Path) -> None:
    if starter.missing() or os.environ.get("NEO4J_URI"):
        pytest.fail("CI must have Maven and Java") if in_ci() else pytest.skip("no importer without Maven and Java")
    neo4j_store.write(GRAPHS)
    wanted = list(jsonl.lines(neo4j_store))
    folder, home = tmp_path / "it's, a folder", tmp_path / "home"
    _, where, _, _, *arguments = shlex.split(export(store, "neo4j-admin", folder) or "")
    home.mkdir()
    starter.admin(home, *arguments, cwd=Path(where))
    shutil.rmtree(folder)
    with starter.running(home) as server:
        kg.open_store(server.bolt, read_only=True).close()  # it is ours already
        with kg.open_store(server.bolt) as imported:
            imported.ensure_schema()
            assert list(jsonl.lines(imported)) == wanted
            assert imported.write(GRAPHS).unchanged == len(GRAPHS)
            constrained = imported.read("SHOW CONSTRAINTS YIELD labelsOrTypes AS on, properties AS of")
            more = paper("plain1", "a longer text than that", authors=("Ada",))
            assert imported.write([more]).written == 1
            neo4j_store.write([more])
            assert list(jsonl.lines(imported)) == list(jsonl.lines(neo4j_store))
    assert sorted(str(row["on"]) for row in constrained) == sorted(str([label]) for label in (*NODES, "KgMeta"))
