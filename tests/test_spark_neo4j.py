"""Folders of kg.spark into a real Neo4j by the connector for Spark. Needs the extra, Java, Maven and a server."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hand_graph import GRAPHS

import kg
from kg import spark_neo4j
from kg.export import jsonl
from kg.schema import EDGES, NODES
from kg.stores.parquet import Tables

CONNECTOR = "org.neo4j:neo4j-connector-apache-spark_2.13:5.3.8_for_spark_3"

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed; pip install 'kg-abstracts[spark]'")
pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("mvn") is None:
        pytest.skip("no mvn on PATH to get the connector")
    folder = tmp_path_factory.mktemp("connector")
    command = ["mvn", "-q", "-B", "dependency:copy", f"-Dartifact={CONNECTOR}", f"-DoutputDirectory={folder}"]
    subprocess.run(command, check=True, capture_output=True)
    (jar,) = folder.glob("*.jar")
    return jar


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The graph of tests/hand_graph.py, a file a folder; a table without a row is left out by `Tables`."""
    place, flat = tmp_path / "graph", tmp_path / "flat"
    flat.mkdir()
    with Tables(flat) as tables:
        tables.fill(iter(GRAPHS))
        files = dict(tables.files())
    assert set(files) == {*NODES, *EDGES}
    for name, file in files.items():
        beside = place / ("nodes" if name in NODES else "relationships") / name
        beside.mkdir(parents=True)
        file.rename(beside / file.name)
    return place


def submitted(jar: Path, *words: str) -> subprocess.CompletedProcess[str]:
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [str(submit), "--master", "local[2]", "--jars", str(jar), spark_neo4j.__file__, *words]
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def test_the_connector_makes_the_same_graph(connector: Path, folder: Path, neo4j_url: str, tmp_path: Path) -> None:
    with kg.open_store(tmp_path / "s") as store:
        store.ensure_schema()
        store.write(GRAPHS)
        expected = list(jsonl.lines(store))
    for words in ((), ("--again",)):
        done = submitted(connector, str(folder), "--store", neo4j_url, *words)
        assert done.returncode == 0, done.stderr[-3000:]
        with kg.open_store(neo4j_url, read_only=True) as server:
            assert list(jsonl.lines(server)) == expected
    refused = submitted(connector, str(folder), "--store", neo4j_url)
    assert refused.returncode == 1
    assert (
        "the database is not empty: use `kg load`" in refused.stdout + refused.stderr
    )  # spark-submit joins what Python says on both
