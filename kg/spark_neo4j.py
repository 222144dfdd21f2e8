"""What kg.spark wrote into an empty Neo4j database, by the Neo4j connector for Spark.

    export NEO4J_USER=neo4j NEO4J_PASSWORD=…
    spark-submit --packages org.neo4j:neo4j-connector-apache-spark_2.13:5.3.8_for_spark_3 \\
        kg/spark_neo4j.py graph --store neo4j://HOST:7687

Nodes first, by as many writers as there are files, for no two rows are one node; then relationships in key order by one
writer, for those that share a node would wait for each other's locks and break each other's deadlocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.errors import KgError, StoreError
from kg.schema import EDGES, NODES
from kg.spark import session
from kg.stores.address import parse
from kg.stores.neo4j import Neo4jStore, auth_from_environment

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_ANY_NODE = "MATCH (n:Paper|Author|Method|Dataset|Metric|Task|Result) RETURN n.id AS id LIMIT 1"


def load(spark: SparkSession, folder: str, url: str, *, again: bool = False) -> None:
    """Write the folders that `kg.spark.graph` made; constraints and the schema's version first.

    Every row is merged by its key, so that a load that broke off goes on with `again`; with the same folders only.
    User, password and database are those of the environment, as in Neo4jStore, which says what is raised. Raises
    StoreError where the database is not empty: the connector would leave the old facts of changed papers.
    """
    address = parse(url)
    if not isinstance(address, str):
        raise StoreError("the connector writes to Neo4j; an embedded store is filled by `kg copy`")
    with Neo4jStore(address) as store:
        store.ensure_schema()
        if not again and store.read(_ANY_NODE):
            raise StoreError("the database is not empty: use `kg load`, or --again to go on with this very graph")
        target = {"url": address, "database": store.database, **_login()}
    for label in NODES:
        nodes = spark.read.parquet(f"{folder}/nodes/{label}").sortWithinPartitions("id")
        _send(nodes, target | {"labels": f":{label}", "node.keys": "id"})
    for name, kind in EDGES.items():
        edges = spark.read.parquet(f"{folder}/relationships/{name}").repartition(1)
        _send(edges.sortWithinPartitions("startId", "endId"), target | _ends(name, kind.start, kind.end))


def _ends(name: str, start: str, end: str) -> dict[str, str]:
    return {
        "relationship": name,
        "relationship.save.strategy": "keys",
        "relationship.source.labels": f":{start}",
        "relationship.source.node.keys": "startId:id",
        "relationship.target.labels": f":{end}",
        "relationship.target.node.keys": "endId:id",
    }


def _login() -> dict[str, str]:
    auth = auth_from_environment()
    if auth is None:
        return {"authentication.type": "none"}
    return {"authentication.basic.username": auth[0], "authentication.basic.password": auth[1]}


def _send(rows: DataFrame, options: dict[str, str]) -> None:
    rows.write.format("org.neo4j.spark.DataSource").mode("Overwrite").options(**options).save()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", metavar="DIR")
@click.option("--store", required=True, metavar="URL", help="neo4j://HOST:PORT and the like.")
@click.option("--again", is_flag=True, help="Go on with a load of the same folders that broke off.")
def main(folder: str, store: str, again: bool) -> None:
    """Fill an empty Neo4j database from the folders that kg.spark wrote."""
    try:
        load(session(), folder, store, again=again)
    except (KgError, ImportError) as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
