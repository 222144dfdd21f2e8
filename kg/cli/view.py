"""kg view"""

# ruff: noqa: PLR0913, PLR0917 - a command has its options as arguments

from __future__ import annotations

from typing import get_args

import click

from kg.cli.options import opened, store_option
from kg.cli.progress import progress
from kg.view import Kind
from kg.view import view as draw


@click.command(short_help="Draw the neighbourhood of an entity or paper as a page.")
@click.argument("name")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where the page goes; - for stdout.")
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Where one name means several things.")
@click.option("--depth", type=click.IntRange(1, 5), default=1, show_default=True, help="How many steps to go.")
@click.option("--limit", type=click.IntRange(2, 500), default=80, show_default=True, help="How many nodes at most.")
@store_option
def view(name: str, output: str, kind: Kind | None, depth: int, limit: int, store: str) -> None:
    """Draw what lies around NAME as one HTML page that needs no network.

    NAME is a method, data set, metric, task, author or the title of a paper. On the page: drag to move, scroll to zoom,
    point at anything to read its name, value and sentence.

    \b
        kg view FID -o fid.html
        kg view ImageNet -o - --limit 40 > imagenet.html
    """
    with progress(), opened(store, read_only=True) as graph:
        page = draw(graph, name, kind=kind, depth=depth, limit=limit)
    with click.open_file(output, "w", encoding="utf-8", atomic=output != "-") as file:
        file.write(page)
