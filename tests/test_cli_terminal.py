"""What a person at a terminal sees: a pseudo-terminal stands in for it."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

RECORDS = Path(__file__).parent / "data" / "cli" / "records.jsonl"
ESCAPE = "\x1b"


def on_terminal(folder: Path, *words: str, typed: str = "", columns: int = 100) -> tuple[int, str]:
    """Exit code and everything that a terminal of that width got."""
    terminal, ours = pty.openpty()
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J", "KG_"))}
    env |= {"COLUMNS": str(columns), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", *words], stdin=ours, stdout=ours, stderr=ours, cwd=folder, env=env
    )
    os.close(ours)
    seen = b""
    while piece := read(terminal):
        seen += piece
        if typed and b": " in seen:
            time.sleep(0.1)
            os.write(terminal, typed.encode())
            typed = ""
    os.close(terminal)
    return process.wait(60), seen.decode()


def read(terminal: int) -> bytes:
    """What comes next; b"" when the other end is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_a_password_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    code, seen = on_terminal(tmp_path, "reports", "FID", "--store", "bolt://127.0.0.1:1", typed="hunter2\n")
    assert code == 1
    assert seen.startswith("Password of neo4j: ")
    assert "kg: bolt://127.0.0.1:1" in seen
    assert "hunter2" not in seen


def test_tables_fit_the_terminal(tmp_path: Path) -> None:
    assert on_terminal(tmp_path, "load", str(RECORDS))[0] == 0
    code, seen = on_terminal(tmp_path, "reports", "FID", columns=90)
    assert code == 0
    plain = [line.replace(f"{ESCAPE}[1m", "").replace(f"{ESCAPE}[0m", "") for line in seen.splitlines()]
    assert max(map(len, plain)) <= 90
    assert "LanternNet" in seen


def test_no_colours_where_nobody_looks(tmp_path: Path) -> None:
    on_terminal(tmp_path, "load", str(RECORDS))
    done = subprocess.run(
        [sys.executable, "-m", "kg", "reports", "FID"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ESCAPE not in done.stdout


@pytest.mark.parametrize("seconds", [0.0, 1.3])
def test_progress_shows_after_a_second(seconds: float) -> None:
    lines = (
        "import time",
        "from kg.cli.progress import progress",
        "with progress() as show:",
        "    show('early')",
        f"    time.sleep({seconds})",
        "    show('5 papers')",
        "    time.sleep(0.3)",
    )
    terminal, ours = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "\n".join(lines)], stderr=ours, env={**os.environ, "TERM": "xterm"}
    )
    os.close(ours)
    seen = b""
    while piece := read(terminal):
        seen += piece
    os.close(terminal)
    assert process.wait(60) == 0
    assert (b"5 papers" in seen) is (seconds > 1)
    assert b"early" not in seen
