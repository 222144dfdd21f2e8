"""kg train."""

# ruff: noqa: PLR0913, PLR0917 - a command has its options as arguments
from __future__ import annotations

import importlib.util
from pathlib import Path

import click

from kg.cli.options import FILE
from kg.cli.progress import progress

_NEEDED = ("torch", "transformers", "onnx", "onnxscript")
_PAIR = click.Tuple([click.Path(path_type=Path, exists=True, dir_okay=False)] * 2)


@click.command
@click.option(
    "--data",
    type=_PAIR,
    multiple=True,
    required=True,
    metavar="RECORDS PAPERS",
    help="Annotated records and their papers.",
)
@click.option(
    "--out", type=FILE, required=True, metavar="DIR", help="Folder of the model; run again, it goes on there."
)
@click.option(
    "--held-out",
    type=_PAIR,
    multiple=True,
    metavar="RECORDS PAPERS",
    help="Papers to measure the model on, instead of folds.",
)
@click.option(
    "--unlabelled",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="PAPERS",
    help="Papers of the field without annotation that the encoder reads first, once; any input of kg.",
)
@click.option("--final", is_flag=True, help="Then train on the held-out papers too.")
@click.option(
    "--folds",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    metavar="N",
    help="Parts that the papers are cut into to measure the model.",
)
@click.option(
    "--epochs", type=click.IntRange(1), default=6, show_default=True, metavar="N", help="Passes over the papers."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of all that is random.")
def train(
    data: tuple[tuple[Path, Path], ...],
    out: Path,
    held_out: tuple[tuple[Path, Path], ...],
    unlabelled: tuple[Path, ...],
    final: bool,
    folds: int,
    epochs: int,
    seed: int,
) -> None:
    """Train an extractor on annotated papers.

    RECORDS are in the format that kg extract prints, corrected by a reader; PAPERS are any input that kg reads. They
    are joined by id. For each fold a model of the other papers is trained and measured on it, then the model of all
    papers; each takes about 20 minutes for 2,000 papers on 2 cores, on a GPU a few. DIR then holds the model, its
    calibration and its card, which is printed too. Data given twice weighs twice. Papers without
    annotation, where there are some tens of thousands, are worth about a point of F1: reading them takes a
    minute for each thousand. Needs the extra kg-abstracts[train].

    \b
    Example:
        kg train --data gold.jsonl papers.jsonl --out my-model
        kg train --data gold.jsonl papers.jsonl --held-out dev.jsonl dev.papers.jsonl --out my-model
        kg train --data gold.jsonl papers.jsonl --unlabelled abstracts.jsonl.gz --out my-model
        kg build pages/*.txt --model my-model
    """
    if final and not held_out:
        raise click.UsageError("--final needs --held-out")
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(f"{', '.join(missing)} not installed; pip install 'kg-abstracts[train]'")
    from kg.train import run  # noqa: PLC0415 - torch loads for seconds

    with progress() as show:
        plan = run.Plan(data, held_out, final, folds, epochs, seed, unlabelled)
        click.echo(run.train(plan, out, lambda what, done, of: show(f"{what}: {done:,} of {of:,}")))
