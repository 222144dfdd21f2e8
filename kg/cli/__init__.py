"""`kg`: each command parses, calls one function of the library, and prints what it returns.

Exit codes: 0 done, 1 error, 2 wrong usage, 3 done but some records went to quarantine.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import IO, Any

import click
from click.shell_completion import CompletionItem
from typing_extensions import override

import kg
from kg.errors import KgError

COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("build", "Read papers, extract and write them to the graph."),
    "extract": ("extract", "Print what is in each paper, one JSON record a line."),
    "load": ("build", "Write extracted records to the graph."),
    "copy": ("copy", "Fill an empty embedded store from Parquet of kg.spark."),
    "reports": ("boards", "Which papers report a metric, on a data set?"),
    "leaderboard": ("boards", "Rank the results on a data set by a metric."),
    "show": ("boards", "All about a paper, method, data set, metric or task."),
    "query": ("query", "Ask a shipped question, or your own Cypher."),
    "queries": ("query", "List the shipped questions and their parameters."),
    "view": ("view", "Draw the neighbourhood of an entity or paper as a page."),
    "export": ("export", "Write the whole graph to files."),
    "evaluate": ("evaluate", "Score extracted records against gold records."),
    "train": ("train", "Train an extractor on annotated papers."),
    "schema": ("schema", "Print the graph schema as DDL of a store."),
    "browser-kit": ("browser_kit", "Write style, favourites and guide for Neo4j Browser."),
    "remove": ("maintain", "Remove papers from the graph."),
    "prune": ("maintain", "Remove entities and authors that no paper has."),
    "doctor": ("maintain", "Check that the graph keeps its promises."),
    "completion": ("completion", "Print the script that completes commands in a shell."),
}
"""Command: its module in this folder (attribute: the command, "-" as "_") and its one line in `kg --help`."""


class Failure(click.ClickException):
    """An error of the library or of a file, as one line."""

    @override
    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"kg: {self.format_message()}", file=file, err=True)


class LazyCommands(click.Group):
    """Imports a command's module when the command is asked for, not to list it."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"kg.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])

    @override
    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(n, help=about) for n, (_, about) in COMMANDS.items() if n.startswith(incomplete)]

    @override
    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KgError as error:
            raise Failure(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of our output went away: click ends quietly
                raise
            where = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{where}{error.strerror or error}") from error


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(kg.__version__, prog_name="kg")
def root() -> None:
    """Turns abstracts of machine-learning papers into a graph that you query.

    \b
        kg build pages/*.txt          # embedded store ./papers.lbug
        kg reports FID ImageNet       # which papers report FID on ImageNet

    Options stand after the command. KG_STORE stands for --store. Exit codes: 0 done, 1 error, 2 wrong usage,
    3 done but some records went to quarantine. `kg COMMAND --help` shows an example of each command.
    """


def main() -> None:
    """Entry point of the `kg` script."""
    try:
        root.main(prog_name="kg")
    except KeyboardInterrupt:  # between click's own handling and the end
        sys.exit(1)
    except BrokenPipeError:  # while flushing at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
