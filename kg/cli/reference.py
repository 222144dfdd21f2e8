"""docs/cli.md, made from what --help says: `python -m kg.cli.reference > docs/cli.md`."""

from __future__ import annotations

import sys

import click

from kg.cli import COMMANDS, root

_WIDTH = 100


def markdown() -> str:
    """The page: `kg --help`, then every command's help."""
    context = click.Context(root, info_name="kg", **root.context_settings)
    lines = [
        "# Commands",
        "",
        "What `--help` says, on one page. This page is made by `python -m kg.cli.reference > docs/cli.md`.",
        "",
        *_block(_help(root, context)),
    ]
    for name in COMMANDS:
        command = root.get_command(context, name)
        if command:
            lines += ["", f"## kg {name}", "", *_block(_help(command, click.Context(command, context, name)))]
    return "\n".join(lines) + "\n"


def _help(command: click.Command, context: click.Context) -> str:
    context.max_content_width = context.terminal_width = _WIDTH
    return command.get_help(context)


def _block(text: str) -> list[str]:
    return ["```", *(line.rstrip() for line in text.splitlines()), "```"]


if __name__ == "__main__":
    sys.stdout.write(markdown())
