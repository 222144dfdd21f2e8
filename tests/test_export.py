"""Exports of a small graph, read back by other programs' readers."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg.build import load
from kg.errors import InputError
from kg.export import FORMATS, export, graphml, jsonl
from kg.export.files import replacing
from kg.schema import EDGES, NODES, Edge, Node
from kg.stores import Store

RECORDS = Path(__file__).parent / "data" / "cli" / "records.jsonl"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with kg.open_store(tmp_path_factory.mktemp("export") / "papers.lbug") as opened:
        load([RECORDS], opened)
        yield opened


def test_node_line() -> None:
    node = Node("Method", "method:a", {"name": 'Ä "b"', "aliases": ()})
    assert jsonl.node_line(node) == '{"id": "method:a", "label": "Method", "properties": {"name": "Ä \\"b\\""}}'


def test_edge_line() -> None:
    edge = Edge("MEASURES", "r1", "metric:fid", {"confidence": 0.9})
    assert jsonl.edge_line(edge) == (
        '{"from": "Result/r1", "properties": {"confidence": 0.900}, "to": "Metric/metric:fid", "type": "MEASURES"}'
    )


def test_result_line_has_python_floats() -> None:
    node = Node("Result", "r1", {"value": 0.00001, "confidence": 1.0, "own": True, "setting": None})
    assert jsonl.node_line(node) == (
        '{"id": "r1", "label": "Result", "properties": {"confidence": 1.000, "own": true, "value": 1e-05}}'
    )


@given(st.text(st.characters(exclude_categories=["Cs"])), st.floats(allow_nan=False, allow_infinity=False))
def test_any_line_is_json_that_says_the_same(text: str, value: float) -> None:
    line = jsonl.node_line(Node("Result", text, {"evidence": text, "value": value}))
    assert json.loads(line) == {"id": text, "label": "Result", "properties": {"evidence": text, "value": value}}
    assert "\n" not in line


def test_dump_holds_every_row_sorted(store: Store, tmp_path: Path) -> None:
    export(store, "jsonl", tmp_path / "dump.jsonl")
    lines = (tmp_path / "dump.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    nodes = [line for line in lines if "label" in json.loads(line)]
    edges = lines[len(nodes) :]
    assert (len(nodes), len(edges)) == (26, 46)
    assert lines == sorted(nodes) + sorted(edges)
    result = next(row for row in map(json.loads, nodes) if row["properties"].get("text") == "FID 2.5")
    assert result["properties"]["evidence"] == "it reaches an FID of 2.5 at 256x256"


def test_long_dumps_are_sorted_on_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(jsonl.lines(store))
    monkeypatch.setattr(jsonl, "_RUN", 3)
    assert list(jsonl.lines(store)) == whole


def test_csv_has_a_file_a_table(store: Store, tmp_path: Path) -> None:
    export(store, "csv", tmp_path / "tables")
    files = {str(path.relative_to(tmp_path / "tables")) for path in tmp_path.rglob("*.csv")}
    assert files == {f"nodes/{label}.csv" for label in NODES} | {f"relationships/{name}.csv" for name in EDGES}
    with (tmp_path / "tables/nodes/Dataset.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert sorted(rows) == ["HarborSet", "ImageNet", "MS COCO"]
    assert rows["HarborSet"] == {"id": "dataset:harborset", "name": "HarborSet", "aliases": ""}
    assert "mscoco" in {alias.lower() for alias in json.loads(rows["MS COCO"]["aliases"])}


def test_parquet_has_the_schema_s_types(store: Store, tmp_path: Path) -> None:
    export(store, "parquet", tmp_path / "tables")
    results = pq.read_table(tmp_path / "tables/nodes/Result.parquet")
    assert [str(f.type) for f in results.schema][:3] == ["string", "double", "string"]
    assert sorted(results["value"].to_pylist()) == [2.5, 4.1, 4.4, 8.0, 9.0, 71.5]
    wrote = pq.read_table(tmp_path / "tables/relationships/WROTE.parquet").to_pylist()
    assert {"from": "Bo Reed", "to": "lanternnet-sharper-pictures-from-fewer-steps", "position": 2} in wrote
    assert len(wrote) == 5


def test_parquet_writes_empty_tables(tmp_path: Path) -> None:
    with kg.open_store(tmp_path / "empty.lbug") as empty:
        empty.ensure_schema()
        export(empty, "parquet", tmp_path / "tables")
    assert pq.read_table(tmp_path / "tables/nodes/Task.parquet").schema.names == ["id", "name", "aliases"]


def test_graphml_reads_back(store: Store, tmp_path: Path) -> None:
    export(store, "graphml", tmp_path / "graph.graphml")
    graph = nx.read_graphml(tmp_path / "graph.graphml")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (26, 46)
    assert graph.nodes["Method/method:lanternnet"] == {"label": "Method", "name": "LanternNet"}
    assert graph.nodes["Paper/oldbeam-a-plain-baseline-that-lasts"]["year"] == 2022
    types = {data["type"] for _, end, data in graph.edges(data=True) if end == "Dataset/dataset:imagenet"}
    assert types == {"EVALUATES_ON", "ON_DATASET"}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_graphml_text_is_xml(text: str) -> None:
    plain = graphml.xml_text(text)
    assert len(plain) == len(text)
    assert not any(c < " " and c not in "\t\n\r" for c in plain)
    assert plain == "".join(p if p == c else "\ufffd" for p, c in zip(plain, text, strict=True))


def test_the_same_graph_gives_the_same_files(store: Store, tmp_path: Path) -> None:
    for name in FORMATS:
        for turn in ("a", "b"):
            export(store, name, tmp_path / f"{turn}-{name}")
    for path in sorted(tmp_path.rglob("*")):
        twin = Path(str(path).replace("/a-", "/b-"))
        assert path.is_dir() or path.read_bytes() == twin.read_bytes()


def test_unknown_format(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown export format 'xlsx'; known: jsonl, graphml, csv, parquet"):
        export(store, "xlsx", tmp_path / "x")


def fail_halfway(path: Path) -> None:
    with replacing(path) as beside:
        beside.write_text("half")
        raise RuntimeError


def test_a_broken_run_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "dump.jsonl"
    place.write_text("old")
    with pytest.raises(RuntimeError):
        fail_halfway(place)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("dump.jsonl", "old")]
