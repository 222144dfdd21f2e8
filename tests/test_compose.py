"""docker-compose.yml, read as Compose reads it as far as a parser can; no engine is needed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from kg.stores import Store

ROOT = Path(__file__).parents[1]
SERVICE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["neo4j"]
EXAMPLE = (ROOT / ".env.example").read_text("utf-8")


def variables(text: str) -> dict[str, str]:
    """Compose variables in the text and what stands after their name: ":-default", ":?message"."""
    return dict(re.findall(r"(?<!\$)\$\{(\w+)([^}]*)\}", text))


def test_image_is_pinned_to_a_patch_release() -> None:
    assert re.fullmatch(r"neo4j:\d+\.\d+\.\d+-community", SERVICE["image"])


def test_ports_are_open_to_this_machine_only() -> None:
    assert SERVICE["ports"] == ["${NEO4J_LISTEN:-127.0.0.1}:7474:7474", "${NEO4J_LISTEN:-127.0.0.1}:7687:7687"]


def test_without_a_password_compose_stops_and_says_what_to_do() -> None:
    found = variables(SERVICE["environment"]["NEO4J_AUTH"])
    assert found == {
        "NEO4J_PASSWORD": ":?put NEO4J_PASSWORD into the file .env, 8 characters or more (see .env.example)"
    }


def test_example_has_no_password_and_every_variable() -> None:
    assert re.search(r"(?m)^NEO4J_PASSWORD=$", EXAMPLE)
    named = set(re.findall(r"(?m)^#?(\w+)=", EXAMPLE))
    used = set(variables((ROOT / "docker-compose.yml").read_text("utf-8")))
    assert named == used | {"NEO4J_USER"}
    assert ".env\n" in (ROOT / ".gitignore").read_text("utf-8")


def test_data_is_in_named_volumes() -> None:
    top = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["volumes"]
    assert [volume.split(":")[0] for volume in SERVICE["volumes"]] == list(top) == ["data", "logs"]


def test_health_check_asks_the_database_with_the_password_of_the_container(tmp_path: Path) -> None:
    kind, script = SERVICE["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    shell = tmp_path / "cypher-shell"
    shell.write_text('#!/bin/sh\necho "$NEO4J_USERNAME/$NEO4J_PASSWORD $*" >&2\nexit 3\n')
    shell.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "NEO4J_AUTH": "neo4j/pass/w'rd $1"}
    done = subprocess.run(["sh", "-c", script.replace("$$", "$")], env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "neo4j/pass/w'rd $1 --database neo4j RETURN 1\n")


@pytest.mark.neo4j
def test_every_setting_is_known_to_the_server(neo4j_store: Store) -> None:
    known = {row["name"] for row in neo4j_store.read("SHOW SETTINGS YIELD name RETURN name")}
    # The image's entry point: "__" is "_", "_" is ".".
    given = {
        name.removeprefix("NEO4J_").replace("__", "\0").replace("_", ".").replace("\0", "_")
        for name in SERVICE["environment"]
        if name != "NEO4J_AUTH"
    }
    assert given - known == set()
    assert len(given) == 6


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="needs the docker-compose command, not an engine")
def test_compose_accepts_the_file(tmp_path: Path) -> None:
    for name in ("docker-compose.yml", ".env.example"):
        shutil.copy(ROOT / name, tmp_path)
    command = ["docker-compose", "--project-directory", str(tmp_path), "config", "--quiet"]
    without = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert without.returncode != 0
    assert "put NEO4J_PASSWORD into the file .env" in without.stderr
    (tmp_path / ".env").write_text("NEO4J_PASSWORD=eight or more\n")
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
