"""The same graph from a Spark cluster: papers -> records -> rows -> Parquet, one folder a label and relationship type.

    python -m kg.spark papers.jsonl --output graph                      # all cores of this machine
    spark-submit --master spark://HOST:7077 kg/spark.py /data/arxiv.json --output /data/graph

Two steps, each one pass of Python over partitions (`mapInArrow`). The first merges repeats and extracts; its records
are kept in OUTPUT/records, so that other corrections or another precision need only the second step, which resolves
names and costs little. Extractor, resolver and merging rules are those of `kg build`, and so is the graph.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg import data, readers
from kg import spark_workers as workers
from kg.build import BuildReport
from kg.cuts import Cuts
from kg.errors import InputError, KgError
from kg.resolve import Resolver
from kg.schema import EDGES, NODES, PERMANENT_LABELS, Type

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_SPARK = {"string": "string", "int": "bigint", "float": "double", "bool": "boolean", "string[]": "array<string>"}


def session(master: str | None = None) -> SparkSession:
    """The running session, or a new one: spark-submit's, at `master`, or on all cores of this machine.

    Raises ImportError where the extra is not installed.
    """
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - the extra
    except ImportError as error:
        raise ImportError("pyspark is not installed; pip install 'kg-abstracts[spark]'") from error
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # not under spark-submit: workers would be the first python3 on PATH
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("kg")
    return (builder.master(master) if master else builder).getOrCreate()


def read(spark: SparkSession, inputs: Sequence[str | Path], *, format: str | None = None) -> DataFrame:
    """Papers of files and folders that every worker sees under the same path, one task a file.

    Columns: key, paper (JSON), rejected (a quarantine line; the others are null then). A file that cannot be read
    as a whole is rejected too. Raises InputError where an input is not there.
    """
    files = [str(Path(file).absolute()) for given in inputs for file in _files(given)]
    paths = spark.createDataFrame([(file,) for file in files], "file string").repartition(len(files))
    return paths.mapInArrow(lambda batches: workers.read(batches, format), _ddl(workers.PAPERS))


def papers_of(table: DataFrame, source: str) -> DataFrame:
    """Papers of a table with the columns of the JSON Lines format (title, abstract, ...), as `read` gives them.

    `source` is the name that papers without a column of that name get.
    """
    return table.mapInArrow(lambda batches: workers.from_table(batches, source), _ddl(workers.PAPERS))


def openalex(works: DataFrame) -> DataFrame:
    """The table for `papers_of` from OpenAlex works, read with `OPENALEX` as schema; works without abstract left out.

    OpenAlex gives an abstract as word -> places (https://docs.openalex.org/api-entities/works/work-object).
    """
    words = (
        "transform(array_sort(flatten(transform(map_entries(abstract_inverted_index), "
        "e -> transform(e.value, place -> struct(place, e.key AS word))))), w -> w.word)"
    )
    return works.where("size(abstract_inverted_index) > 0").selectExpr(
        "id",
        "title",
        f"array_join({words}, ' ') AS abstract",
        "transform(authorships, a -> a.author.display_name) AS authors",
        "publication_year AS year",
        "publication_date AS date",
        "doi",
        "id AS url",
        "primary_location.source.display_name AS venue",
    )


OPENALEX = (
    "id string, doi string, title string, publication_year int, publication_date string, "
    "abstract_inverted_index map<string, array<int>>, authorships array<struct<author: struct<display_name: string>>>, "
    "primary_location struct<source: struct<display_name: string>>"
)
"""Schema of the OpenAlex snapshot's works as far as it is used: `spark.read.schema(OPENALEX).json(...)`."""


def build(  # noqa: PLR0913 - the options of the command
    papers: DataFrame,
    output: str,
    *,
    corrections: Path | None = None,
    min_precision: float | None = None,
    model: Path | None = None,
    partitions: int | None = None,
) -> BuildReport:
    """Extract and resolve what `read` or `papers_of` gave; OUTPUT/records and what `graph` writes are new folders.

    Paths of model and corrections are opened by every worker. `partitions` is the number of extracting tasks, 4 a
    core by default. Raises as `graph` does.
    """
    from pyspark.sql import Observation  # noqa: PLC0415 - the extra

    spark = papers.sparkSession
    data.verify(data.folder(model))
    Cuts.at(min_precision, model)
    tasks = partitions or 4 * spark.sparkContext.defaultParallelism
    seen = Observation("read")
    by_key = papers.observe(seen, *_counts("key", "rejected")).repartition(tasks, "key").sortWithinPartitions("key")
    records = by_key.mapInArrow(lambda batches: workers.extract(batches, model), _ddl(workers.RECORDS))
    _write(records, f"{output}/records")
    report = graph(
        spark.read.parquet(f"{output}/records"),
        output,
        corrections=corrections,
        min_precision=min_precision,
        model=model,
    )
    read = sum(seen.get.values())
    return replace(report, read=read, merged=read - report.written - report.quarantined)


def graph(
    records: DataFrame,
    output: str,
    *,
    corrections: Path | None = None,
    min_precision: float | None = None,
    model: Path | None = None,
) -> BuildReport:
    """Resolve the records that `build` kept and write OUTPUT/nodes/LABEL, OUTPUT/relationships/TYPE (Parquet, by key).

    OUTPUT/quarantine holds, as text, quarantine lines of all that was rejected in either step.

    Raises
    ------
    InputError
        A folder to write is there already, corrections are wrong, or results never reached `min_precision`.
    ModelError
        A file of the model is missing or damaged.
    """
    from pyspark import StorageLevel  # noqa: PLC0415 - the extra

    cuts = Cuts.at(min_precision, model)
    Resolver(corrections)
    rows = records.mapInArrow(lambda batches: workers.resolve(batches, corrections, cuts), _ddl(workers.ROWS))
    rows = rows.persist(StorageLevel.DISK_ONLY)
    try:
        for table, folder in _tables(rows, output):
            _write(table, folder)
        rejected = _table(rows, workers.QUARANTINE, "rejected").orderBy("rejected")
        rejected.coalesce(1).write.text(f"{output}/quarantine")
        counts = {str(row["table"]): row for row in rows.groupBy("table").agg(*_totals()).collect()}
    finally:
        rows.unpersist()
    written, bad = (counts[t]["rows"] if t in counts else 0 for t in ("Paper", workers.QUARANTINE))
    dropped = counts[workers.DROPPED]["facts"] if workers.DROPPED in counts else 0
    return BuildReport(read=written + bad, written=written, quarantined=bad, dropped=dropped)


def _files(given: str | Path) -> Iterator[str | Path]:
    if given == "-" or not Path(given).exists():
        raise InputError(f"cannot read {given}: name files and folders that driver and workers see under one path")
    return readers.files(given)


def _counts(*names: str) -> list[Column]:
    from pyspark.sql import functions as f  # noqa: PLC0415 - the extra

    return [f.count(name).alias(name) for name in names]


def _totals() -> list[Column]:
    from pyspark.sql import functions as f  # noqa: PLC0415 - the extra

    return [f.count("table").alias("rows"), f.sum("dropped").alias("facts")]


def _tables(rows: DataFrame, output: str) -> Iterator[tuple[DataFrame, str]]:
    """Each table of the graph in key order, and the folder it belongs into."""
    for label, kind in NODES.items():
        nodes = _table(rows, label, "id", *kind.properties)
        yield (_joined(nodes) if label in PERMANENT_LABELS else nodes).orderBy("id"), f"{output}/nodes/{label}"
    for name, edge in EDGES.items():
        edges = _table(rows, name, *workers.ENDS, *edge.properties)
        yield edges.orderBy(*workers.ENDS), f"{output}/relationships/{name}"


def _table(rows: DataFrame, name: str, *columns: str) -> DataFrame:
    return rows.where(f"`table` = '{name}'").select(*columns)


def _joined(nodes: DataFrame) -> DataFrame:
    """One row an id. Spark compares strings as UTF-8, so by code point: the least name wins as in the stores.

    All else is a function of the id under one set of tables and corrections, as is the name of what a table names.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415 - the extra

    return nodes.groupBy("id").agg(*(f.min(name).alias(name) for name in nodes.columns if name != "id"))


def _write(table: DataFrame, folder: str) -> None:
    from pyspark.errors import AnalysisException  # noqa: PLC0415 - the extra

    try:
        table.write.parquet(folder)
    except AnalysisException as error:
        if error.getCondition() != "PATH_ALREADY_EXISTS":
            raise
        raise InputError(f"{folder} is there already: name another output, or delete it") from error


def _ddl(types: Mapping[str, Type]) -> str:
    return ", ".join(f"`{name}` {_SPARK[kind]}" for name, kind in types.items())


_PATH = click.Path(path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("inputs", metavar="INPUT...", nargs=-1)
@click.option("--output", required=True, metavar="DIR", help="Folder for records, nodes, relationships and quarantine.")
@click.option("--records", metavar="DIR", help="Records of an earlier run to resolve again, instead of INPUT.")
@click.option("--format", type=click.Choice(sorted(readers.FORMATS)), help="Format of the inputs; else by content.")
@click.option("--corrections", type=_PATH, metavar="FILE", help="Corrections to names and facts (YAML).")
@click.option("--min-precision", type=click.FloatRange(0, 1), metavar="P", help="As `kg build` has it.")
@click.option("--model", type=_PATH, metavar="DIR", help="A model that kg train made, instead of the shipped one.")
@click.option("--partitions", type=click.IntRange(1), metavar="N", help="Tasks that extract; 4 a core by default.")
@click.option("--master", metavar="URL", help="Only without spark-submit: local[2], spark://HOST:7077, ...")
def main(  # noqa: PLR0913, PLR0917 - a command has its options as arguments
    inputs: tuple[str, ...],
    output: str,
    records: str | None,
    format: str | None,
    corrections: Path | None,
    min_precision: float | None,
    model: Path | None,
    partitions: int | None,
    master: str | None,
) -> None:
    """Write the graph of many papers as Parquet by Spark. Exit codes: 0, 1, 2 and 3 as `kg build` has them."""
    if bool(inputs) == bool(records):
        raise click.UsageError("name INPUT, or --records of an earlier run")
    try:
        spark = session(master)
        if records:
            kept = spark.read.parquet(records)
            report = graph(kept, output, corrections=corrections, min_precision=min_precision, model=model)
        else:
            report = build(
                read(spark, inputs, format=format),
                output,
                corrections=corrections,
                min_precision=min_precision,
                model=model,
                partitions=partitions,
            )
    except (KgError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    spark.stop()
    click.echo(str(report))
    if report.quarantined:
        click.echo(f"kg: {report.quarantined} records went to {output}/quarantine", err=True)
        sys.exit(3)


if __name__ == "__main__":
    main()
