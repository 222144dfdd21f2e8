"""The file of an embedded store: no room, a damaged log, another version, no permission. Nothing promised is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from loading import LEAVE_LOG, LOADER, Loader, check_promised, clean_dump, dump
from made_up import records, written

import kg
from kg.cli import root
from kg.errors import StoreCorrupt

NAMESPACE = ("unshare", "--map-root-user", "--mount")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        written(tmp_path / "first.jsonl", records(range(5))),
        written(tmp_path / "more.jsonl", records(range(5, 120))),
    ]


@pytest.fixture
def url(tmp_path: Path) -> str:
    (tmp_path / "store").mkdir()
    return str(tmp_path / "store" / "papers.lbug")


# ---- no room --------------------------------------------------------------------------------------------------------

NO_ROOM = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({}, resource.RLIM_INFINITY))
"""


@pytest.mark.parametrize("size", [10_000, 50_000, 200_000, 400_000, 6_000_000, 7_200_000])
def test_a_file_that_may_not_grow(url: str, files: list[Path], tmp_path: Path, size: int) -> None:
    """The process ends with one clear error, not by a signal; with room again the same load goes on."""
    assert Loader(url, files[:1]).finish() == 0
    limited = Loader(url, files, before=NO_ROOM.format(size))
    if limited.finish():
        assert limited.process.returncode == 1
        assert "kg.errors.StoreFull: cannot write" in limited.error
        assert re.search(r"free space, or give another --store, and load again|; set TMPDIR", limited.error)
    check_promised(limited)
    again = Loader(url, files)
    assert again.finish() == 0, again.error
    assert dump(url) == clean_dump(tmp_path / "clean", files)


@pytest.mark.parametrize("size", [10_000, 300_000])
def test_a_first_load_without_room(url: str, files: list[Path], tmp_path: Path, size: int) -> None:
    limited = Loader(url, files, before=NO_ROOM.format(size))
    assert limited.finish() == 1
    assert "kg.errors.StoreFull: cannot write" in limited.error
    assert Loader(url, files).finish() == 0
    assert dump(url) == clean_dump(tmp_path / "clean", files)


FULL = """
set -eu
mount -t tmpfs -o size=2400k none "$1"
cp "$2" "$1/papers.lbug"
if "$3" -c "$4" 290 "$1/papers.lbug" "$5" 2> "$6/error"; then echo "there was room" >&2; exit 1; fi
mount -o remount,size=500m "$1"
"$3" -c "$4" 290 "$1/papers.lbug" "$5"
cp "$1/papers.lbug" "$6/papers.lbug"
"""


def test_a_full_disk(url: str, files: list[Path], tmp_path: Path) -> None:
    need_namespaces()
    assert Loader(url, files[:1]).finish() == 0
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").mkdir()
    places = map(str, (tmp_path / "disk", url, sys.executable, LOADER, files[1], tmp_path / "out"))
    subprocess.run([*NAMESPACE, "sh", "-c", FULL, "sh", *places], check=True, timeout=240)
    error = (tmp_path / "out" / "error").read_text().splitlines()[-1]
    assert error.startswith("kg.errors.StoreFull: cannot write ")
    assert dump(tmp_path / "out" / "papers.lbug") == clean_dump(tmp_path / "clean", files)


@pytest.mark.parametrize("format", ["parquet", "neo4j-admin"])
def test_an_export_without_room(url: str, files: list[Path], tmp_path: Path, format: str) -> None:
    """What is at fault is the place of the files, not the store; none is left there, and the store is as before."""
    assert Loader(url, files).finish() == 0
    before = dump(url)
    code = f"{NO_ROOM.format(2000)}\nfrom kg.cli import root\nroot()"
    export = [sys.executable, "-c", code, "export", format, str(tmp_path / "out"), "--store", url]
    done = subprocess.run(export, capture_output=True, text=True, check=False, timeout=240)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(rf"cannot write {tmp_path}/out/nodes/\S+; free space, or name another place", done.stderr)
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []
    assert dump(url) == before


# ---- a damaged log --------------------------------------------------------------------------------------------------


@pytest.fixture
def logged(url: str, files: list[Path]) -> Path:
    """A store whose last transactions are in its log only; the log."""
    assert Loader(url, files, after=LEAVE_LOG).finish() == 0
    return Path(f"{url}.wal")


@pytest.mark.parametrize("torn", [b"\0" * 100, b"\x07" * 5000, None])
def test_a_torn_end_is_cut_off(url: str, files: list[Path], logged: Path, tmp_path: Path, torn: bytes | None) -> None:
    """What a process leaves that is killed while it writes: the end of the log was never acknowledged."""
    content = logged.read_bytes()
    logged.write_bytes(content + (content[-3000:-100] if torn is None else torn))
    with pytest.raises(StoreCorrupt, match=r"the store's log, is damaged: .*; run `kg prune`, else move the log away"):
        kg.open_store(url, read_only=True)
    assert CliRunner().invoke(root, ["prune", "--store", url]).output == "0 nodes removed\n"
    assert dump(url) == clean_dump(tmp_path / "clean", files)


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_log_is_told_and_kept(url: str, files: list[Path], logged: Path, tmp_path: Path, damage: str) -> None:
    """Acknowledged papers are in it: it is for the user to give it up, and to load again."""
    whole = logged.read_bytes()
    middle = len(whole) // 2
    broken = whole[:middle] if damage == "cut" else whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    logged.write_bytes(broken)
    before = Path(url).read_bytes()
    for command in ("prune", "doctor"):
        result = CliRunner().invoke(root, [command, "--store", url])
        assert result.exit_code == 1
        assert "else move the log away and load again" in result.stderr
    assert (Path(url).read_bytes(), logged.read_bytes()) == (before, broken)
    logged.rename(tmp_path / "given-up.wal")
    assert Loader(url, files).finish() == 0
    assert dump(url) == clean_dump(tmp_path / "clean", files)


# ---- other files, other rights --------------------------------------------------------------------------------------


def test_a_file_of_another_version(url: str, files: list[Path]) -> None:
    assert Loader(url, files).finish() == 0
    content = bytearray(Path(url).read_bytes())
    assert content[:4] == b"LBUG"
    content[4] += 1  # the storage version
    Path(url).write_bytes(content)
    for command in (["doctor"], ["prune"], ["load", str(files[0])]):
        result = CliRunner().invoke(root, [*command, "--store", url])
        assert result.exit_code == 1
        assert "different version" in result.stderr
        assert result.stderr.endswith("; build again into another --store\n")
    assert Path(url).read_bytes() == content


READ_ONLY = """
set -eu
mount -t tmpfs -o size=100m none "$1"
cp "$2" "$1/papers.lbug"
mount -o remount,ro "$1"
"$3" -m kg doctor --store "$1/papers.lbug" >&2
"$3" -m kg load "$4" --store "$1/papers.lbug"
"""


def test_a_read_only_folder(url: str, files: list[Path], tmp_path: Path) -> None:
    """It is read as ever; a writer is told."""
    need_namespaces()
    assert Loader(url, files).finish() == 0
    (tmp_path / "disk").mkdir()
    run = [*NAMESPACE, "sh", "-c", READ_ONLY, "sh", str(tmp_path / "disk"), url, sys.executable, str(files[0])]
    done = subprocess.run(run, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "no fault found",
        f"kg: cannot write {tmp_path}/disk/papers.lbug.lock: Read-only file system; give another --store",
    ]


def need_namespaces() -> None:
    """A mount of our own; without the right to it the test has nothing to run on."""
    allowed = shutil.which(NAMESPACE[0]) and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False)
    if not allowed or allowed.returncode:
        pytest.skip("no mount namespaces here")
