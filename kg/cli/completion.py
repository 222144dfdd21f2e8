"""kg completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands in a shell.

    \b
    Example:
        kg completion bash >> ~/.bashrc
        kg completion fish > ~/.config/fish/completions/kg.fish
    """
    root = click.get_current_context().find_root().command
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"this version of click completes no {shell}")
    click.echo(made(root, {}, "kg", "_KG_COMPLETE").source())
