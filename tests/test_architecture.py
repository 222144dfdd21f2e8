"""The house rules that a program can check: imports go one way, small files, nothing heavy at the door."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import kg

PACKAGE = Path(kg.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 450

LAYERS = (
    {"errors", "text", "numerals", "data", "weighed", "interpreter"},
    {"records"},
    {"schema", "evidence", "record_json", "quarantine", "calibration"},
    {"readers", "extraction", "resolve", "stores"},
    {"questions", "queries", "record_files", "matching", "reliability", "tuples", "palette", "cuts"},
    {"build", "boards", "export", "evaluate", "doctor", "neighbourhood", "layout", "view", "browser_kit", "train"},
    {"spark", "spark_neo4j", "spark_workers"},
    {"cli", "__main__"},
)
"""A module imports from layers before its own, and within its own without a circle; but see APART."""
APART = LAYERS[3]
"""These never import each other."""
HEAVY = ("spacy", "onnxruntime", "neo4j", "ladybug", "networkx", "bokeh", "pyarrow")


def module_of(file: Path) -> str:
    """First part of the module's name under kg: "stores" for kg/stores/base.py; "" for kg/__init__.py."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


NAMES = {
    ".".join(("kg", *file.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): file for file in FILES
}
"""Modules by their full name."""


def imported(file: Path) -> Iterator[str]:
    """Full names of the modules that a file imports from kg; `kg` itself left out."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            full = ((node.module, f"{node.module}.{alias.name}") for alias in node.names)
            names = [whole if whole in NAMES else module for module, whole in full]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith("kg."))


def layer(module: str) -> int:
    return next((number for number, names in enumerate(LAYERS) if module in names), len(LAYERS))


def test_every_module_has_a_layer() -> None:
    known = set[str]().union(*LAYERS)
    assert {module_of(file) for file in FILES} - known == {""}


def test_imports_go_one_way() -> None:
    wrong = []
    for file in FILES:
        module = module_of(file)
        if not module:
            continue  # the door: its names are imported on first use
        for name in imported(file):
            other = name.split(".")[1]
            apart = module in APART and other in APART and other != module
            if layer(other) > layer(module) or apart:
                wrong.append(f"{file.relative_to(PACKAGE)} imports {name}")
    assert wrong == []


def test_no_circles() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    names = {
        ".".join(("kg", *f.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): f for f in FILES
    }
    for name, file in names.items():
        if name != "kg":
            graph.add_edges_from((name, other) for other in imported(file) if other != name)
    assert [c for c in nx.strongly_connected_components(graph) if len(c) > 1] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_files_are_small_and_without_asserts(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_LINES
    assert not [node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assert)]


def test_only_extraction_and_training_import_spacy() -> None:
    wrong = []
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(n.split(".")[0] == "spacy" for n in names) and module_of(file) not in ("extraction", "train"):
                wrong.append(str(file.relative_to(PACKAGE)))
    assert wrong == []


SENDS = {"execute", "read", "run", "_run", "_rows"}
"""Methods and functions that take a text for the store first."""


def is_made_up(text: ast.expr) -> bool:
    """Whether the text is put together on the spot: f-string, format, join, replace, or % and + on a string."""
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute):
        return text.func.attr in ("format", "join", "replace")
    if isinstance(text, ast.BinOp):
        return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(text))
    return isinstance(text, ast.JoinedStr)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("store.read(f'MATCH (n {{id: {x}}})')", True),
        ("run('MATCH ' + x, {})", True),
        ("store.read('MATCH {}'.format(x))", True),
        ("run(statements.orphans(label), {})", False),
        ("file.read(CAP + 1)", False),
        ("store.read('MATCH (n) RETURN n', {})", False),
    ],
)
def test_made_up_texts_are_seen(source: str, expected: bool) -> None:
    assert (list(made_up_texts(ast.parse(source))) != []) is expected


def made_up_texts(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SENDS and is_made_up(node.args[0]):
                yield node.lineno


def test_no_value_becomes_part_of_a_query() -> None:
    found = {str(f.relative_to(PACKAGE)): list(made_up_texts(ast.parse(f.read_text(encoding="utf-8")))) for f in FILES}
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "import kg",
        "import sys; sys.argv = ['kg', '--help']; import kg.cli; kg.cli.main()",
    ],
)
def test_the_door_loads_nothing_heavy(statement: str) -> None:
    check = (
        f"import atexit, sys\natexit.register(lambda: print([m for m in {HEAVY!r} if m in sys.modules]))\n{statement}"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["build", "load", "extract", "reports", "query", "export", "evaluate", "schema"])
def test_help_of_a_command_loads_no_spacy_and_no_driver(command: str) -> None:
    heavy = ("spacy", "onnxruntime", "neo4j", "ladybug", "pyarrow")
    check = (
        f"import atexit, sys\natexit.register(lambda: print([m for m in {heavy!r} if m in sys.modules]))\n"
        f"sys.argv = ['kg', {command!r}, '--help']\nimport kg.cli\nkg.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
