"""kill -9 of loaders at random points: what write() returned for is there, and a second run gives the clean dump."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import neo4j_server as starter
import pytest
from conftest import wipe
from loading import Loader, check_promised, clean_dump, dump, killed_at_random
from made_up import records, written


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A first load (in bulk where the store can), new papers, and later versions of papers that are there."""
    return [
        written(tmp_path / "first.jsonl", records(range(60))),
        written(tmp_path / "more.jsonl", records(range(60, 140))),
        written(tmp_path / "later.jsonl", records(range(40, 100), version=2)),
    ]


def disturb(url: str, files: Sequence[Path], trials: int, renew: Callable[[], None], expected: list[str]) -> None:
    renew()
    began = time.monotonic()
    assert Loader(url, files).finish() == 0
    seconds = time.monotonic() - began
    assert dump(url) == expected
    cut_short = 0
    for trial in range(trials):
        renew()
        loader = killed_at_random(url, files, seconds, random.Random(trial))
        cut_short += loader.process.returncode != 0
        check_promised(loader)
        again = Loader(url, files)
        assert again.finish() == 0, again.error
        assert dump(url) == expected, f"trial {trial}"
    assert cut_short >= trials // 3


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("trials", [6, pytest.param(50, marks=pytest.mark.long)])
def test_of_an_embedded_store(tmp_path: Path, files: list[Path], trials: int) -> None:
    folder = tmp_path / "store"
    folder.mkdir()

    def renew() -> None:
        for file in folder.iterdir():
            file.unlink()

    disturb(str(folder / "papers.lbug"), files, trials, renew, clean_dump(tmp_path / "clean", files))


@pytest.mark.neo4j
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("trials", [3, pytest.param(20, marks=pytest.mark.long)])
def test_of_a_server_store(
    tmp_path: Path, files: list[Path], trials: int, neo4j_url: str, neo4j_server: starter.Server
) -> None:
    disturb(neo4j_url, files, trials, lambda: wipe(neo4j_server), clean_dump(tmp_path / "clean", files))
