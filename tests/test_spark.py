"""Spark against the single process: the same graph, the same counts, the same quarantine. Needs the extra and Java."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from dumps import dump, written

import kg
from kg import build as building
from kg import calibration, spark, spark_workers
from kg.build import BuildReport
from kg.errors import InputError
from kg.quarantine import read_quarantine
from kg.records import JSON
from kg.stores.folders import copy_folders
from kg.stores.ladybug import LadybugStore

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed; pip install 'kg-abstracts[spark]'")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("no java on PATH and no JAVA_HOME", allow_module_level=True)

# py4j leaves its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SAMPLE = Path(kg.__file__).parent / "data" / "sample.jsonl"
PAPERS = Path(__file__).parent / "data" / "cli" / "papers.jsonl"
ROWS: list[dict[str, JSON]] = [json.loads(line) for line in PAPERS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def session() -> Iterator["SparkSession"]:
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    opened = spark.session("local[2]")
    opened.conf.set("spark.sql.shuffle.partitions", "4")
    yield opened
    opened.stop()


def copied(folder: Path) -> list[str]:
    """The dump of an embedded store that was filled from the folders."""
    path = folder / "copied.lbug"
    with LadybugStore(path) as store:
        copy_folders(store, folder)
    return dump(path)


def alone(
    folder: Path, inputs: Sequence[Path], *, corrections: Path | None = None, min_precision: float | None = None
) -> tuple[BuildReport, list[str]]:
    """What one process makes of the inputs; its quarantine is in the folder."""
    with kg.open_store(folder / "alone.lbug") as store:
        report = building.build(
            inputs,
            store,
            quarantine=folder / "alone.quarantine",
            corrections=corrections,
            min_precision=min_precision,
        )
    return report, dump(folder / "alone.lbug")


def mixed(folder: Path) -> list[Path]:
    """Papers that come twice and more, with other fields, texts and authors, in several files; and bad records."""
    longer = f"{ROWS[3]['abstract']} It also wins on CIFAR-10, where its accuracy is 91.5%."
    again: list[JSON] = [
        {**ROWS[0], "upvotes": 99, "year": 2023, "date": "2023-12-01", "venue": "A"},
        {**ROWS[0], "abstract": "Too short to win.", "authors": ["Quill, Ada", "Bo Reed", "Some One"], "venue": "B"},
        {**ROWS[3], "abstract": longer, "id": "3b"},
        {**ROWS[3], "title": str(ROWS[3]["title"]).upper()},
    ]
    bad = folder / "bad.jsonl"
    bad.write_text('{"title": "Good one", "abstract": "Fine."}\n{"title": 7}\n{"title": "Cut off\n')
    return [SAMPLE, PAPERS, written(folder / "again.jsonl", again), bad]


def test_the_same_graph_as_one_process(tmp_path: Path) -> None:
    """As people run it, by spark-submit; a job of six tasks and two files a core."""
    inputs = mixed(tmp_path)
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    job = [str(submit), "--master", "local[2]", "--conf", "spark.ui.enabled=false", spark.__file__]
    options = ["--output", str(tmp_path / "graph"), "--partitions", "6"]
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [*job, *map(str, inputs), *options], check=False, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 3, done.stderr[-3000:]
    report, lines = alone(tmp_path, inputs)
    assert (report.quarantined, report.merged + report.unchanged) == (2, 4)
    assert (
        f"{report.read} read = {report.read - 6} written + 4 merged + 0 unchanged + 2 quarantined; "
        f"{report.dropped} facts dropped, 0 writes retried\n"
    ) in done.stdout
    assert copied(tmp_path / "graph") == lines
    parts = sorted((tmp_path / "graph" / "quarantine").glob("part-*"))
    found = [rejected for part in parts for rejected in read_quarantine(part)]
    assert sorted(found, key=str) == sorted(read_quarantine(tmp_path / "alone.quarantine"), key=str)


def test_records_are_resolved_again_without_extracting(session: "SparkSession", tmp_path: Path) -> None:
    corrections = tmp_path / "corrections.yaml"
    corrections.write_text("- merge: {kind: method, names: [LanternNet], into: OldBeam}\n")
    precision = max(knot.precision for knot in calibration.load().knots[calibration.RESULT])
    spark.build(spark.read(session, [PAPERS]), str(tmp_path / "first"))
    records = session.read.parquet(str(tmp_path / "first" / "records"))
    again = spark.graph(records, str(tmp_path / "again"), corrections=corrections, min_precision=precision)
    report, lines = alone(tmp_path, [PAPERS], corrections=corrections, min_precision=precision)
    assert again == report
    assert report.dropped > 0
    assert copied(tmp_path / "again") == lines != copied(tmp_path / "first")


def test_a_model_is_loaded_once_a_worker(session: "SparkSession", tmp_path: Path) -> None:
    spark.build(spark.read(session, [PAPERS, SAMPLE]), str(tmp_path / "graph"), partitions=8)

    def loads(batches: Iterator[object]) -> Iterator[object]:
        import pyarrow as pa  # noqa: PLC0415 - runs in a worker

        for _ in batches:
            misses = spark_workers.extractor.cache_info().misses
            yield pa.RecordBatch.from_pydict({"misses": [misses]}, pa.schema([("misses", pa.int64())]))

    counts = [row["misses"] for row in session.range(8, numPartitions=8).mapInArrow(loads, "misses bigint").collect()]
    assert max(counts) == 1


def test_tables_of_openalex(session: "SparkSession", tmp_path: Path) -> None:
    """Works as the snapshot has them, against the same papers as JSON Lines."""
    papers: list[dict[str, JSON]] = [
        {**ROWS[n], "id": f"https://openalex.org/W{n}", "url": f"https://openalex.org/W{n}", "venue": "Made Up"}
        for n in (0, 1)
    ]
    works: list[JSON] = [{"id": "https://openalex.org/W9", "title": "No abstract", "abstract_inverted_index": None}]
    for paper in papers:
        for name in ("upvotes", "doi", "source"):
            paper.pop(name, None)
        places: dict[str, JSON] = {}
        for place, word in enumerate(str(paper["abstract"]).split()):
            places[word] = [*places.get(word, []), place]  # type: ignore[misc]
        authors: list[JSON] = [{"author": {"display_name": name}, "raw": 1} for name in paper.get("authors", ())]  # type: ignore[union-attr]
        works.append(
            {
                **{name: paper[name] for name in ("id", "title")},
                "publication_year": paper.get("year"),
                "publication_date": paper.get("date"),
                "abstract_inverted_index": places,
                "authorships": authors,
                "primary_location": {"source": {"display_name": "Made Up"}},
            }
        )
    table = session.read.schema(spark.OPENALEX).json(str(written(tmp_path / "works.jsonl", works)))
    report = spark.build(spark.papers_of(spark.openalex(table), "same.jsonl"), str(tmp_path / "graph"))
    assert report == BuildReport(read=2, written=2, dropped=report.dropped)
    _, lines = alone(tmp_path, [written(tmp_path / "same.jsonl", papers)])
    assert copied(tmp_path / "graph") == lines


def test_rows_that_are_no_papers(session: "SparkSession", tmp_path: Path) -> None:
    table = session.createDataFrame([("A title", 2020), (None, 2021)], "title string, year int")
    report = spark.build(spark.papers_of(table, "a table"), str(tmp_path / "graph"))
    assert report == BuildReport(read=2, written=1, quarantined=1)
    (line,) = (tmp_path / "graph" / "quarantine").glob("part-*")
    (found,) = read_quarantine(line)
    assert (found.source, found.stage, found.reason) == ("a table", "read", "neither title nor abstract")
    assert json.loads(found.record) == {"title": None, "year": 2021}


def test_a_damaged_file_is_quarantined_and_the_rest_is_read(session: "SparkSession", tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(PAPERS.read_bytes())[:-9])
    report = spark.build(spark.read(session, [PAPERS, cut]), str(tmp_path / "graph"))
    assert (report.written, report.quarantined) == (5, 1)
    (line,) = (tmp_path / "graph" / "quarantine").glob("part-*")
    (found,) = read_quarantine(line)
    assert (found.source, found.stage) == ("cut.jsonl.gz", "read")
    assert "cut off" in found.reason


def test_what_stands_in_the_way_is_named(session: "SparkSession", tmp_path: Path) -> None:
    (tmp_path / "graph" / "records").mkdir(parents=True)
    papers = spark.read(session, [PAPERS])
    with pytest.raises(InputError, match=r"graph/records is there already: name another output, or delete it"):
        spark.build(papers, str(tmp_path / "graph"))
    with pytest.raises(InputError, match=r"cannot read .*nowhere\.jsonl"):
        spark.read(session, [tmp_path / "nowhere.jsonl"])
    with pytest.raises(InputError, match=r"min_precision must lie between 0 and 1"):
        spark.build(papers, str(tmp_path / "other"), min_precision=1.5)
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("words", [[], ["papers.jsonl", "--records", "records"]])
def test_wrong_usage(words: list[str]) -> None:
    result = CliRunner().invoke(spark.main, [*words, "--output", "graph"])
    assert result.exit_code == 2
    assert "name INPUT, or --records of an earlier run" in result.stderr
