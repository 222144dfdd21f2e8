"""Addresses of stores, and that a driver is loaded only for its own store."""

import subprocess
import sys
from pathlib import Path

import pytest

from kg.errors import StoreURLError
from kg.stores import open_store
from kg.stores.address import parse


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("papers.lbug", Path("papers.lbug")),
        ("ladybug:a/b.lbug", Path("a/b.lbug")),
        (Path("a:b.lbug"), Path("a:b.lbug")),
        ("neo4j://localhost:7687", "neo4j://localhost:7687"),
        ("neo4j+s://x.databases.neo4j.io", "neo4j+s://x.databases.neo4j.io"),
        ("neo4j+ssc://host", "neo4j+ssc://host"),
        ("bolt://[::1]:7687", "bolt://[::1]:7687"),
        ("bolt+s://host", "bolt+s://host"),
    ],
)
def test_forms(address: str | Path, expected: str | Path) -> None:
    assert parse(address) == expected


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "the store's address is empty"),
        ("ladybug:", "ladybug: is followed by a path"),
        ("ladybug://papers.lbug", "ladybug: is followed by a path"),
        ("http://host", "no store has addresses of the form http://"),
        ("neo4j://", "neo4j:// lacks a host"),
        ("neo4j://host:port", "not a URL that can be read"),
        ("neo4j://host:99999", "not a URL that can be read"),
    ],
)
def test_what_is_no_address(address: str, message: str) -> None:
    with pytest.raises(StoreURLError, match=message):
        parse(address)


@pytest.mark.parametrize("address", ["neo4j://me:canary@host", "bolt://canary@host", "neo4j+s://me:canary@host:port"])
def test_a_password_in_the_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(StoreURLError) as refused:
        open_store(address)
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_the_environment_names_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KG_STORE", raising=False)
    with open_store() as store:
        assert repr(store) == f"LadybugStore('{tmp_path / 'papers.lbug'}')"
    monkeypatch.setenv("KG_STORE", "ladybug:other.lbug")
    with open_store() as store:
        assert repr(store) == f"LadybugStore('{tmp_path / 'other.lbug'}')"


def test_only_the_driver_of_the_store_is_loaded(tmp_path: Path) -> None:
    code = """
import sys, kg.stores
assert not {"ladybug", "neo4j", "pyarrow"} & sys.modules.keys()
kg.stores.open_store(sys.argv[1]).close()
assert "ladybug" in sys.modules and not {"neo4j", "pyarrow"} & sys.modules.keys()
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "papers.lbug")], check=True)
    code = """
import sys, kg.errors, kg.stores
try:
    kg.stores.open_store("bolt://127.0.0.1:1")
except kg.errors.StoreUnavailable:
    pass
assert "neo4j" in sys.modules and "ladybug" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
