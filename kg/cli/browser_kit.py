"""kg browser-kit"""

from __future__ import annotations

from pathlib import Path

import click

from kg.browser_kit import write_kit


@click.command("browser-kit", short_help="Write style, favourites and guide for Neo4j Browser.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def browser_kit(folder: Path) -> None:
    """Write into DIR what makes Neo4j Browser show the graph well; its README.md says how to use it.

    style.grass gives each label its colour and caption; favourites.zip holds the questions of `kg queries` and some
    that draw; guide.html explains. DIR is made if missing; an older kit there is overwritten.

    \b
        kg browser-kit kit
    """
    for path in write_kit(folder):
        if path.parent == folder:
            click.echo(path)
