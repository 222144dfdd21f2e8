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
@store_option
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="File, folder, or - for stdout (jsonl).")
def export(format: str, store: str, output: Path) -> None:
    """Write the whole graph to files.

    \b
    Example:
        kg export jsonl -o graph.jsonl
        kg export csv -o tables/
    """
    to_stdout = output == Path("-")
    if to_stdout and format != "jsonl":
        raise click.UsageError(f"{format} needs a {'folder' if format in FOLDERS else 'file'}, not -")
    with progress() as show, opened(store, read_only=True) as graph:
        show(f"writing {output}")
        if to_stdout:
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
            for line in lines(graph):
                click.echo(line)
        else:
            exported(graph, format, output)
