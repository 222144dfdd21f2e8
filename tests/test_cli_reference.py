"""docs/cli.md says what --help says."""

from pathlib import Path

from kg.cli import COMMANDS
from kg.cli.reference import markdown

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == markdown(), "run: python -m kg.cli.reference > docs/cli.md"


def test_every_command_is_on_the_page() -> None:
    titles = [line.removeprefix("## kg ") for line in markdown().splitlines() if line.startswith("## ")]
    assert titles == list(COMMANDS)
