"""kg export."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import FILE, opened, store_option
from kg.cli.progress import progress
from kg.export import FOLDERS, FORMATS
from kg.export import export as exported
from kg.export.jsonl import lines


@click.command(epilog="Formats: " + "; ".join(f"{name}: {about}" for name, about in FORMATS.items()) + ".")
@click.argument("format", type=click.Choice(list(FORMATS)))
@click.argument("place", type=FILE, required=False, metavar="[FILE]")
@store_option
@click.option("-o", "--output", type=FILE, metavar="FILE", help="File, folder, or - for stdout (jsonl); as FILE.")
def export(format: str, place: Path | None, store: str, output: Path | None) -> None:
    """Write the whole graph to files.

    FILE is a file or, as the format asks, a folder; - is stdout (jsonl).

    \b
    Example:
        kg export jsonl -o graph.jsonl
        kg export csv -o tables/
        kg export neo4j-admin import/    # prints the command that fills an empty Neo4j database
    """
    target = place or output
    if target is None or (place and output):
        raise click.UsageError("name one FILE to write to")
    to_stdout = target == Path("-")
    if to_stdout and format != "jsonl":
        raise click.UsageError(f"{format} needs a {'folder' if format in FOLDERS else 'file'}, not -")
    with progress() as show, opened(store, read_only=True) as graph:
        show(f"writing {target}")
        if to_stdout:
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
            for line in lines(graph):
                click.echo(line)
        elif command := exported(graph, format, target):
            click.echo(command)
