"""kg remove, kg prune and kg doctor."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from kg.cli.options import opened, store_option, wait_option
from kg.cli.output import Style, counts_option, output_options, print_counts, print_rows
from kg.cli.progress import progress
from kg.doctor import examine
from kg.queries import find_paper


@click.command
@click.argument("papers", metavar="PAPER...", nargs=-1, required=True)
@store_option
@wait_option
@counts_option
def remove(papers: tuple[str, ...], store: str, wait: float, as_json: bool) -> None:
    """Remove papers, by id or title, from the graph.

    Their results go with them. Entities and authors stay until `kg prune`, out of every answer when no paper has them.
    A paper that is not there is an error, and then nothing is removed.

    \b
    Example:
        kg remove "Attention Is All You Need"
    """
    with progress(), opened(store, wait=wait, existing=True) as graph:
        graph.ensure_schema()
        ids = [str(find_paper(graph, name)["id"]) for name in papers]
        removed = graph.remove(ids)
    print_counts({"removed": removed}, f"{removed} papers removed", as_json)


@click.command
@store_option
@wait_option
@counts_option
def prune(store: str, wait: float, as_json: bool) -> None:
    """Remove entities and authors that no paper has, and recompute names.

    Run it with no loader beside it. Afterwards the graph equals a clean build of its papers.

    \b
    Example:
        kg prune
    """
    with progress() as show, opened(store, wait=wait, existing=True) as graph:
        graph.ensure_schema()
        show("pruning")
        pruned = graph.prune()
    print_counts({"pruned": pruned}, f"{pruned} nodes removed", as_json)


@click.command
@store_option
@output_options
def doctor(store: str, style: Style) -> None:
    """Check that the graph keeps its promises; exit code 1 where it does not.

    Constraints, every row against the schema, papers half written or twice there, relationships without an end,
    evidence and mentions against the text at their offsets, ids against titles and names, results without their paper
    or metric.

    \b
    Example:
        kg doctor --store neo4j://localhost:7687
    """
    with progress() as show, opened(store, read_only=True) as graph:
        show("checking")
        findings = examine(graph)
    if not findings and style == "table":
        click.echo("no fault found")
        return
    print_rows([asdict(finding) for finding in findings], ("check", "where", "what"), style)
    if findings:
        click.echo(f"kg: {len(findings)} faults", err=True)
        sys.exit(1)
