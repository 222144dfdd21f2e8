"""A server that dies or restarts during a load, and a network that breaks at the worst moment."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import neo4j_server as starter
import pytest
from bolt_proxy import Fault, Proxy
from conftest import in_ci, wipe
from loading import ROWS, Loader, check_promised, clean_dump, dump
from made_up import records, written
from mortal import MortalServer

import kg
from kg.build import BuildReport, load
from kg.errors import StoreUnavailable
from kg.stores import batches, retry
from kg.stores import neo4j as server_store

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalServer]:
    if starter.missing():
        (pytest.fail if in_ci() else pytest.skip)(starter.missing())
    with MortalServer(tmp_path_factory.mktemp("mortal")) as server:
        yield server


@pytest.fixture(autouse=True)
def empty(mortal: MortalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    wipe(mortal.server)
    monkeypatch.setattr(batches, "ROWS", ROWS)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        written(tmp_path / "first.jsonl", records(range(60))),
        written(tmp_path / "later.jsonl", records(range(30, 80), version=1)),
    ]


def loaded(url: str, files: list[Path]) -> BuildReport:
    with kg.open_store(url) as store:
        return sum((load([file], store) for file in files), BuildReport())


# ---- the server is killed -------------------------------------------------------------------------------------------


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("trials", [2, pytest.param(10, marks=pytest.mark.long)])
def test_killed_during_a_load(mortal: MortalServer, tmp_path: Path, trials: int) -> None:
    """The loader waits for it, and goes on; should that have taken too long, it says so and is run again."""
    file = written(tmp_path / "many.jsonl", records(range(150)))
    expected = clean_dump(tmp_path / "clean", [file])
    began = time.monotonic()
    assert Loader(mortal.url, [file]).finish() == 0
    seconds = time.monotonic() - began
    waited = 0
    for trial in range(trials):
        wipe(mortal.server)
        loader = Loader(mortal.url, [file])
        loader.wait_until_open()
        time.sleep(random.Random(trial).uniform(0, seconds / 2))
        at_work = loader.process.poll() is None
        mortal.kill()
        mortal.start()
        if loader.finish():
            assert "is the server running, and is that its address?" in loader.error
        waited += at_work and loader.process.returncode == 0
        check_promised(loader)
        again = Loader(mortal.url, [file])
        assert again.finish() == 0, again.error
        assert dump(mortal.url) == expected
    assert waited, "no loader outlived the server"


def test_gone_for_good(
    mortal: MortalServer, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the server but the way to it: a clear error in the end, and what was written stays."""
    monkeypatch.setattr(retry, "TRIES", 3)
    with Proxy(mortal.port) as proxy, kg.open_store(proxy.url) as store:
        load(files[:1], store)
        proxy.stop()
        with pytest.raises(StoreUnavailable, match=r"; is the server running, and is that its address\?$"):
            load(files[1:], store)
    assert len(dump(mortal.url)) == len(clean_dump(tmp_path / "clean", files[:1]))


# ---- the network ----------------------------------------------------------------------------------------------------

ENDS: list[Fault] = ["reset before", "reset after", "half-open before", "half-open after"]


@pytest.mark.parametrize("fault", [*ENDS[:2], pytest.param(ENDS[2], marks=pytest.mark.long), ENDS[3]])
def test_a_connection_that_breaks_at_commit(
    mortal: MortalServer, files: list[Path], tmp_path: Path, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the server had committed cannot be known: the same is sent again, and nothing is there twice."""
    if fault.startswith("half-open"):  # the server hears of no end: locks are held until this is over
        monkeypatch.setattr(server_store, "TRANSACTION_SECONDS", 5.0)
    with kg.open_store(mortal.url) as store:
        store.ensure_schema()  # an index that a killed server left would take a COMMIT more
    faults = [fault if commit in {0, 4, 7} else None for commit in range(8)]  # the schema takes three
    with Proxy(mortal.port, faults) as proxy:
        report = loaded(proxy.url, files)
    assert not proxy.faults
    assert report.retries >= 2
    assert report.read == report.written + report.merged + report.unchanged == 110
    assert dump(mortal.url) == clean_dump(tmp_path / "clean", files)


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.long)])
def test_a_stalled_connection(mortal: MortalServer, files: list[Path], tmp_path: Path, seconds: int) -> None:
    """A short silence is waited for. After a long one the write is sent again, while the first still arrives."""
    with Proxy(mortal.port, [None] * 14 + ["stall"], stall=seconds) as proxy:
        report = loaded(proxy.url, files)
    assert not proxy.faults
    assert (report.retries == 0) is (seconds < 10)
    assert dump(mortal.url) == clean_dump(tmp_path / "clean", files)


def test_a_slow_link(mortal: MortalServer, files: list[Path], tmp_path: Path) -> None:
    with Proxy(mortal.port, rate=200_000) as proxy:
        report = loaded(proxy.url, files)
    assert (report.retries, report.read) == (0, 110)
    assert dump(mortal.url) == clean_dump(tmp_path / "clean", files)
