"""Options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.readers import FORMATS
from kg.stores import Store, open_store

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)
"""A file of ours; inputs stay text, for "-" is one."""

store_option = click.option(
    "--store",
    envvar="KG_STORE",
    default="papers.lbug",
    show_default=True,
    show_envvar=True,
    metavar="STORE",
    help="PATH or ladybug:PATH of an embedded store, or neo4j://HOST:PORT, neo4j+s://HOST, bolt://HOST:PORT.",
)
corrections_option = click.option(
    "--corrections", type=FILE, metavar="FILE", help="Corrections to names and facts (YAML)."
)
precision_option = click.option(
    "--min-precision",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Leave out results, then their links, under the least confidence at and above which a share of P was right on "
    "papers that the model was not trained on.",
)
quarantine_option = click.option(
    "--quarantine",
    type=FILE,
    default=Path("quarantine.jsonl"),
    show_default=True,
    metavar="FILE",
    help="Where records go that cannot be used, made when there is one.",
)
model_option = click.option(
    "--model", type=FILE, metavar="DIR", help="A model that kg train made, instead of the shipped one."
)
format_option = click.option(
    "--format", "format", type=click.Choice(sorted(FORMATS)), help="Format of the inputs; by content if left out."
)
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="The most processes that extract, some 400 MB each; all available cores if left out. The output is the same.",
)


def wait_option(function: F) -> F:
    """How long a writer waits for its turn."""
    about = "Seconds to wait while another process holds an embedded store."
    return click.option("--wait", type=click.FloatRange(0), default=0.0, show_default=True, metavar="S", help=about)(
        function
    )


def opened(url: str, *, wait: float = 0.0, read_only: bool = False, existing: bool = False) -> Store:
    """The store; a Neo4j password is asked for where NEO4J_PASSWORD is not set and a terminal is there.

    With `existing` an embedded store is not made where there is none: StoreError.
    """
    auth = None
    if "://" in url and "@" not in url and "NEO4J_PASSWORD" not in os.environ and sys.stdin.isatty():
        user = os.environ.get("NEO4J_USER", "neo4j")
        auth = user, click.prompt(f"Password of {user}", hide_input=True, err=True)
    if existing and not Path(url.removeprefix("ladybug:")).exists():  # a file may need repair, which a reader refuses
        open_store(url, wait=wait, read_only=True, auth=auth).close()
    return open_store(url, wait=wait, read_only=read_only, auth=auth)
