"""Inputs that grow or nest without end are refused within a second in little memory; no id leads out of an export."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

import kg
from kg.export import FORMATS, export
from kg.schema import Edge, Node, PaperGraph, Value
from kg.stores import Store

FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Oak</title><summary>{}</summary></entry></feed>'
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom" * 10}">' for n in range(12))
MIB = 2**20


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("papers.xml", data)
    return out.getvalue()


BOMBS: dict[str, bytes] = {
    "entities of entities": f"<!DOCTYPE feed [{ENTITIES}]>{FEED.format('&e11;')}".encode(),
    "one long entity often": f'<!DOCTYPE feed [<!ENTITY a "{"a" * 99999}">]>{FEED.format("&a;" * 99999)}'.encode(),
    "an entity of a file": FEED.replace("<feed", '<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed')
    .format("&a;")
    .encode(),
    "a DTD from elsewhere": FEED.replace("<feed", '<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/x.dtd"><feed').encode(),
    "many elements": FEED.format("<a/>" * (3 * MIB)).encode(),
    "deep elements": FEED.format("<a>" * (4 * MIB)).encode(),
    "many attributes": FEED.format("<a " + " ".join(f'b{n}="c"' for n in range(10**6)) + "/>").encode(),
    "zip": zipped(bytes(100 * MIB)),
    "gzip": gzip.compress(FEED.format("a" * (200 * MIB)).encode(), 1),
    "gzip of gzip": gzip.compress(gzip.compress(bytes(400 * MIB), 9), 9),
    "zstd": zstandard.compress(FEED.format("a" * (400 * MIB)).encode(), 1),
    "many parts of gzip": gzip.compress(b"<feed>", 1) + gzip.compress(b" " * 200_000, 1) * 20_000,
}

READ = """
import resource, sys, time
import kg
from kg.errors import KgError
from kg.readers import read
from kg.record_files import read_records
list(read(sys.argv[1]))  # everything is imported now
idle, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    if sys.argv[3] == "load":
        list(read_records([sys.argv[2]]))
    else:
        list(read(sys.argv[2], on_reject=lambda rejected: print("rejected", file=sys.stderr)))
except KgError as error:
    seconds = time.process_time() - start
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle, type(error).__name__, error)
"""


@pytest.mark.parametrize("command", ["build", "load"])
@pytest.mark.parametrize("bomb", list(BOMBS))
def test_a_bomb_is_refused(tmp_path: Path, bomb: str, command: str) -> None:
    (tmp_path / "small.xml").write_text(FEED.format("Tall."))
    (tmp_path / "bomb").write_bytes(BOMBS[bomb])
    run = [sys.executable, "-c", READ, str(tmp_path / "small.xml"), str(tmp_path / "bomb"), command]
    done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=120)
    seconds, kib, error, _ = done.stdout.split(" ", 3)
    assert error in {"FormatError", "LimitError", "RecordError"}
    assert float(seconds) < 1
    assert int(kib) < 100 * 1024


# ---- ids that are paths ---------------------------------------------------------------------------------------------

PATHS = (
    "../../escaped",
    "/tmp/escaped",
    "..\\..\\escaped",
    "a/../../../escaped",
    "nul",
    "~/escaped",
    "%2e%2e%2fescaped",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Every id and name of it is a path that leads elsewhere."""
    with kg.open_store(tmp_path / "papers.lbug") as opened:
        opened.ensure_schema()
        for path in PATHS:
            nodes = [Node(label, path, {"name": path}) for label in ("Author", "Method", "Dataset", "Metric", "Task")]
            result = Node("Result", path, {"value": 1.0, "evidence": path, "text": path})
            edges = [Edge("REPORTS", path, path), Edge("MEASURES", path, path), Edge("WROTE", path, path)]
            mention: dict[str, Value] = {"name": path, "mentions": (path,), "startChar": 0, "endChar": len(path)}
            edges += [Edge("PROPOSES", path, path, mention), Edge("ADDRESSES", path, path, mention)]
            edges += [Edge("EVALUATES_ON", path, path, mention), Edge("USES_METRIC", path, path, mention)]
            paper = Node("Paper", path, {"title": path, "abstract": path, "fingerprint": "f", "source": path})
            opened.write([PaperGraph(paper, (*nodes, result), tuple(edges))])
        yield opened


@pytest.mark.parametrize("format", list(FORMATS))
def test_no_export_leaves_its_place(store: Store, tmp_path: Path, format: str) -> None:
    place = tmp_path / "a" / "b" / "c" / "out"
    place.parent.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    export(store, format, place)
    written = set(tmp_path.rglob("*")) - before
    assert place in written
    assert all(path.is_relative_to(place) for path in written)
    assert not Path("/tmp/escaped").exists()
