"""`kg copy`: a graph in folders of Parquet into an empty embedded store, whoever wrote the files."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hand_graph import GRAPHS

import kg
from kg.cli import root
from kg.errors import KgError
from kg.export import jsonl
from kg.schema import EDGES, NODES
from kg.stores.folders import copy_folders
from kg.stores.ladybug import LadybugStore
from kg.stores.parquet import Tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The graph of tests/hand_graph.py; tables without a row are folders without a file."""
    place = tmp_path / "graph"
    for name in NODES:
        (place / "nodes" / name).mkdir(parents=True)
    for name in EDGES:
        (place / "relationships" / name).mkdir(parents=True)
    (tmp_path / "flat").mkdir()
    with Tables(tmp_path / "flat") as tables:
        tables.fill(iter(GRAPHS))
        for name, file in tables.files():
            whole = pq.read_table(file)
            half = whole.num_rows // 2
            beside = place / ("nodes" if name in NODES else "relationships") / name
            for number, part in enumerate((whole[:half], whole[half:])):
                pq.write_table(part, beside / f"{number}.parquet")
    return place


def dump(store: kg.stores.Store) -> list[str]:
    return list(jsonl.lines(store))


def test_the_graph_is_the_one_that_was_written(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["copy", str(folder), "--store", str(tmp_path / "a")], prog_name="kg")
    with kg.open_store(tmp_path / "b") as store:
        store.ensure_schema()
        store.write(GRAPHS)
        expected = dump(store)
    nodes = sum(line.startswith('{"id"') for line in expected)
    assert (result.exit_code, result.stdout) == (0, f"{nodes} nodes, {len(expected) - nodes} relationships\n")
    with kg.open_store(tmp_path / "a", read_only=True) as store:
        assert dump(store) == expected


def test_a_store_with_papers_is_left_alone(folder: Path, tmp_path: Path) -> None:
    with LadybugStore(tmp_path / "s") as store:
        copy_folders(store, folder)
        before = dump(store)
        with pytest.raises(KgError, match=r"is not empty \(it has a Paper\); load with write, or into a new --store"):
            copy_folders(store, folder)
        assert dump(store) == before


def test_a_missing_folder_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "relationships" / "WROTE").rename(tmp_path / "elsewhere")
    with LadybugStore(tmp_path / "s") as store, pytest.raises(KgError, match=r"no folder .*relationships/WROTE"):
        copy_folders(store, folder)


def test_a_relationship_without_its_end_leaves_the_store_empty(folder: Path, tmp_path: Path) -> None:
    astray = pa.table({"startId": ["nobody"], "endId": ["no-paper"], "position": [1]})
    pq.write_table(astray, folder / "relationships" / "WROTE" / "astray.parquet")
    with LadybugStore(tmp_path / "s") as store:
        with pytest.raises(KgError, match=r"(?i)unable to find primary key|does not exist|nobody"):
            copy_folders(store, folder)
        assert dump(store) == []


@pytest.mark.neo4j
def test_only_embedded_stores_are_filled(folder: Path, neo4j_url: str) -> None:
    result = CliRunner().invoke(root, ["copy", str(folder), "--store", neo4j_url], prog_name="kg")
    assert result.exit_code == 1
    assert "only embedded stores are filled from Parquet" in result.stderr
