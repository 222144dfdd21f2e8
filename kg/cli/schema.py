"""kg schema."""

from __future__ import annotations

import click

from kg.stores.ddl import Dialect, ddl


@click.command
@click.option("--dialect", type=click.Choice(["neo4j", "ladybug"]), required=True, help="Whose DDL.")
def schema(dialect: Dialect) -> None:
    """Print the graph schema as DDL of a store.

    Builds make it by themselves; this is to read it, or to prepare a database by hand.

    \b
    Example:
        kg schema --dialect neo4j
    """
    click.echo(ddl(dialect), nl=False)
