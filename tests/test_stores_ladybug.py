"""The embedded store: its lock, its errors, and what is left after kill -9."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import ladybug
import pytest
from graphs import Model, lines, paper

from kg.errors import (
    KgError,
    QueryError,
    SchemaError,
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreForeign,
    StoreFull,
)
from kg.schema import Node, PaperGraph
from kg.stores import ladybug as ladybug_store
from kg.stores import open_store
from kg.stores.base import Cell, Row
from kg.stores.ladybug import LadybugStore
from kg.stores.ladybug_errors import PoolTooSmall, translate

HOLD = """
import sys
from kg.stores import open_store
with open_store(sys.argv[1], read_only=sys.argv[2] == "read"):
    print("open", flush=True)
    sys.stdin.read()
"""


def hold(path: Path, how: str) -> subprocess.Popen[bytes]:
    """Another process that has the store open until its stdin is closed."""
    command = [sys.executable, "-c", HOLD, str(path), how]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    return process


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one paper, closed."""
    with open_store(tmp_path / "papers.lbug") as store:
        store.ensure_schema()
        store.write([paper("p", "text")])
    return tmp_path / "papers.lbug"


def test_a_second_writer_waits_and_is_told_who_writes(path: Path) -> None:
    writer = hold(path, "write")
    try:
        began = time.monotonic()
        with pytest.raises(StoreBusy) as busy:
            open_store(path, wait=0.3)
        assert time.monotonic() - began >= 0.3
        assert str(busy.value) == (
            f"{path} is held by another writer (process {writer.pid}); "
            "try again later, or wait for it with --wait SECONDS"
        )
        with pytest.raises(StoreBusy, match=f"held by another writer .process {writer.pid}.;"):
            open_store(path, read_only=True)
    finally:
        writer.communicate()
    open_store(path, wait=10).close()


def test_a_waiting_writer_gets_its_turn(path: Path) -> None:
    writer = hold(path, "write")
    waiting = subprocess.Popen(
        [sys.executable, "-c", f"from kg.stores import open_store\nopen_store({str(path)!r}, wait=60).close()"]
    )
    time.sleep(0.5)
    assert waiting.poll() is None
    writer.communicate()
    assert waiting.wait(60) == 0


def test_readers_share_a_store_and_keep_writers_out(path: Path) -> None:
    reader = hold(path, "read")
    try:
        with open_store(path, read_only=True) as second:
            assert list(second.papers(["p"])) == ["p"]
        with pytest.raises(StoreBusy) as busy:
            open_store(path)
        assert str(busy.value) == (
            f"{path} is being read by another process; try again later, or wait for it with --wait SECONDS"
        )
    finally:
        reader.communicate()


def test_one_handle_a_process(path: Path, tmp_path: Path) -> None:
    (tmp_path / "link.lbug").symlink_to(path)
    with open_store(path), pytest.raises(StoreBusy, match="is already open in this process; use that handle, or close"):
        open_store(tmp_path / "link.lbug")
    open_store(tmp_path / "link.lbug").close()


def test_a_killed_writer_holds_nothing(path: Path) -> None:
    writer = hold(path, "write")
    writer.kill()
    writer.communicate()
    with open_store(path) as store:
        assert list(store.papers(["p"])) == ["p"]


def test_a_missing_store_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"^no store at .*none\.lbug; make one with `kg build`, or name another"):
        open_store(tmp_path / "none.lbug", read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"^no folder .*/none for the store; make it first"):
        open_store(tmp_path / "none" / "papers.lbug")


@pytest.mark.parametrize("content", [b"a text and no store\n" * 500, b"x", b"LBUGc" + bytes(5000)])
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "papers.lbug"
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=r"is no usable store: .*; build again into another --store$"):
        open_store(path)
    assert path.read_bytes() == content


def test_a_cut_file_and_a_folder(path: Path, tmp_path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreCorrupt):
        open_store(path)
    with pytest.raises(StoreCorrupt):
        open_store(tmp_path)


def test_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "papers.lbug").symlink_to("/dev/full")
    with pytest.raises(StoreFull, match=r"^cannot write /dev/full.*; (free space|give another)"):
        open_store(tmp_path / "papers.lbug")


def test_someone_elses_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.lbug"
    with ladybug.Database(path) as database, ladybug.Connection(database) as connection:
        connection.execute("CREATE NODE TABLE Paper (id STRING PRIMARY KEY)")
    with open_store(path) as store, pytest.raises(StoreForeign, match=r"holds no kg graph; choose another --store$"):
        store.ensure_schema()
    with pytest.raises(StoreForeign):
        open_store(path, read_only=True)


COMMITTED = "The post-commit checkpoint failed. The committed data is durable and will be recovered on restart:"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Parser exception: mismatched input\nmore", QueryError),
        ("Binder exception: Table Nope does not exist.", QueryError),
        ("Catalog exception: x", QueryError),
        ("Conversion exception: Cast failed", QueryError),
        ("Overflow exception: Value 1 is not within INT8 range", QueryError),
        ("Connection Exception: We do not support prepare multiple statements.", QueryError),
        ("Runtime exception: Divide by zero.", QueryError),
        ("Interrupted.", QueryError),
        ("Parameter x not found.", QueryError),
        ("IO exception: Could not set lock on file : x (Lock is held by PID 1)", StoreBusy),
        ("Cannot start a new write transaction in the system.", StoreBusy),
        ("Runtime exception: Unable to open database. The file is not a valid Lbug database file!", StoreCorrupt),
        ("Runtime exception: Trying to read a database file with a different version.", StoreCorrupt),
        ("Storage exception: Checksum verification failed, the WAL file is corrupted.", StoreCorrupt),
        ("IO exception: Cannot write to file. path: x. Error: No space left on device", StoreFull),
        ("IO exception: Cannot open file x: Permission denied", StoreFull),
        ("Buffer manager exception: Unable to allocate memory!", PoolTooSmall),
        (f"{COMMITTED} Buffer manager exception: x", PoolTooSmall),
        (f"{COMMITTED} IO exception: x", StoreFull),
        ("Runtime exception: Couldn't replay shadow pages. Please re-open in read-write mode to replay", StoreError),
        ("Something new", StoreError),
    ],
)
def test_errors_by_prefix(text: str, expected: type[KgError]) -> None:
    error = translate(RuntimeError(text), Path("papers.lbug"))
    assert type(error) is expected
    assert "\n" not in str(error)


def test_a_failed_write_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an error inside the transaction Ladybug would commit every later statement by itself."""
    with open_store(path) as store:
        before = lines(store)
        monkeypatch.setattr("kg.stores.statements.create_edges", lambda *_: "CREATE (n:Nope)")
        with pytest.raises(QueryError, match="Nope"):
            store.write([paper("q", "a text with facts", authors=("Ada",))])
        assert lines(store) == before
        monkeypatch.undo()
        store.write([paper("q", "a text with facts", authors=("Ada",))])
        assert [n.id for n in store.nodes("Paper")] == ["p", "q"]


def test_bulk_load_wants_each_paper_once(tmp_path: Path) -> None:
    with open_store(tmp_path / "papers.lbug") as store:
        store.ensure_schema()
        with pytest.raises(SchemaError, match=r"^paper 'p' comes twice in a bulk load; merge it first"):
            store.bulk_load(iter([paper("p", "one"), paper("p", "two")]))
        assert lines(store) == []


def test_bulk_load_from_a_folder_with_a_quote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "it's \\ a folder"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with open_store(tmp_path / "papers.lbug") as store:
        store.ensure_schema()
        store.bulk_load(iter([paper("p", "one")]))
        assert [n.id for n in store.nodes("Paper")] == ["p"]
    assert list(folder.iterdir()) == []


def test_the_texts_sent_do_not_depend_on_the_values(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    original = LadybugStore._rows

    def traced(self: LadybugStore, text: str, parameters: Mapping[str, Cell]) -> Iterator[Row]:
        sent.append(re.sub(r"kg-load-\w+", "kg-load-", text))
        return original(self, text, parameters)

    monkeypatch.setattr(LadybugStore, "_rows", traced)

    def texts(name: str) -> list[str]:
        sent.clear()
        node = Node("Author", name, {"name": name})
        store.write([PaperGraph(Node("Paper", name, {"title": name, "fingerprint": name}), (node,))])
        return [*sent]

    with open_store(path) as store:
        assert texts("plain") == texts("'}) DETACH DELETE n //`\"$rows")


LOADER = """
import sys
sys.path.insert(0, sys.argv[1])
from graphs import paper
from kg.stores import open_store
with open_store(sys.argv[2], wait=60) as store:
    store.ensure_schema()
    for n in range(0, 200, 5):
        store.write([paper(f"p{m}", "text" * (m % 4), authors=("Ada", f"A{m}")) for m in range(n, n + 5)])
        print(n + 5, flush=True)
"""


@pytest.mark.parametrize("trial", range(3))
def test_killed_in_the_middle_and_run_again(tmp_path: Path, trial: int) -> None:
    """What was acknowledged is there; a second run gives the rows of an undisturbed one."""
    path = tmp_path / "papers.lbug"
    command = [sys.executable, "-c", LOADER, str(Path(__file__).parent), str(path)]
    loader = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert loader.stdout is not None
    stop_after = random.Random(trial).randrange(1, 30)
    done = 0
    for line in loader.stdout:
        done = int(line)
        if done >= 5 * stop_after:
            break
    time.sleep(0.005 * trial)
    os.kill(loader.pid, signal.SIGKILL)
    loader.communicate()
    with open_store(path, read_only=True) as store:
        assert set(store.papers([f"p{n}" for n in range(200)])) >= {f"p{n}" for n in range(done)}
    subprocess.run(command, check=True, capture_output=True)
    expected = Model()
    expected.write(paper(f"p{m}", "text" * (m % 4), authors=("Ada", f"A{m}")) for m in range(200))
    with open_store(path, read_only=True) as store:
        assert lines(store) == expected.lines()


LARGE = "UNWIND range(1, 2000000) AS n RETURN count(DISTINCT n) AS n"
"""Needs some 50 MB."""


@pytest.fixture
def small_pool(monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes with which a store opens, but does not load."""
    monkeypatch.setattr(ladybug_store, "SMALL_POOL", 16 << 20)
    return 16 << 20


def test_what_needs_more_memory_is_sent_again_with_a_larger_pool(tmp_path: Path, small_pool: int) -> None:
    with LadybugStore(tmp_path / "s") as store:
        store.ensure_schema()
        assert store.pool == small_pool
        assert store.bulk_load(iter([paper(f"p{n}", "text") for n in range(300)])).written == 300
        assert store.pool > small_pool
    with LadybugStore(tmp_path / "s") as store:
        assert store.read("MATCH (p:Paper) RETURN count(p) AS n") == [{"n": 300}]
        assert store.pool == small_pool


@pytest.mark.parametrize("held", [True, False])
def test_a_first_load_whose_checkpoint_lacks_memory_is_whole(
    tmp_path: Path, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ladybug says that it has committed all the same; seen were loads that had stayed and, more often, none."""
    run = LadybugStore._run
    failed: list[str] = []

    def lacks_memory(store: LadybugStore, text: str, parameters: Mapping[str, Cell]) -> list[Row]:
        if text == "COMMIT" and not failed:
            failed.append("COMMIT" if held else "ROLLBACK")
            run(store, failed[0], parameters)
            raise translate(RuntimeError(f"{COMMITTED} Buffer manager exception: full"), store.path)
        return run(store, text, parameters)

    with LadybugStore(tmp_path / "s") as store:
        store.ensure_schema()
        monkeypatch.setattr(LadybugStore, "_run", lacks_memory)
        assert store.bulk_load(iter([paper(f"p{n}", "text", authors=("Ada",)) for n in range(300)])).written == 300
        assert failed
    with LadybugStore(tmp_path / "s", read_only=True) as store:
        assert store.read("MATCH (p:Paper)<-[:WROTE]-() RETURN count(p) AS n") == [{"n": 300}]


@pytest.mark.usefixtures("small_pool")
def test_what_the_machine_has_no_memory_for_leaves_the_store_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LadybugStore(tmp_path / "s") as store:
        store.ensure_schema()
        store.write([paper("p", "text")])
        monkeypatch.setattr(ladybug_store, "MOST_OF_MEMORY", 0.0)
        with pytest.raises(StoreError, match="needs more memory than the machine has"):
            store.read(LARGE)
        assert store.read("MATCH (p:Paper) RETURN p.id AS id") == [{"id": "p"}]
        monkeypatch.undo()
        assert store.read(LARGE) == [{"n": 2_000_000}]
