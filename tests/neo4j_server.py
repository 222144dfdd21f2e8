"""A real Neo4j Community server for tests, from Maven artifacts: no Docker, no root, stopped with the tests.

`org.neo4j.app:neo4j-server` with its dependencies is the whole server; Maven copies the jars once into
KG_NEO4J_CACHE (~/.cache/kg-neo4j), and its own entry point is started on free ports of the loopback interface.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VERSION, BROWSER_VERSION = "5.26.30", "5.24.0"
START_SECONDS, STOP_SECONDS = 180, 60

_ARTIFACTS = (
    ("org.neo4j.app", "neo4j-server", VERSION),
    ("org.neo4j", "neo4j", VERSION),
    ("org.neo4j.client", "neo4j-browser", BROWSER_VERSION),
)
_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_JAVA = ["java", "-Xmx512m", *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED)]


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server answers. `auth` is (user, password), None where it asks for none."""

    bolt: str
    http: str = ""
    """Base address of Neo4j Browser, as in http://127.0.0.1:7474; empty where it is not known."""
    auth: tuple[str, str] | None = None
    pid: int = 0


def missing() -> str:
    """Why no server can be started here; empty where one can."""
    absent = [command for command in ("mvn", "java") if shutil.which(command) is None]
    return f"no {' and no '.join(absent)} on PATH" if absent else ""


@contextmanager
def running(
    home: Path, *, password: str = "", settings: dict[str, str] | None = None, bolt: int = 0
) -> Iterator[Server]:
    """A server with its data in `home`, stopped on leaving. With a password the user neo4j must give it.

    `bolt` is its port, 0 meaning any that is free: a server that is started again may answer at the same address.
    """
    jars = _jars()
    bolt, http = bolt or free_port(), free_port()
    _configure(home, bolt, http, auth=bool(password), settings=settings or {})
    if password:
        admin(home, "dbms", "set-initial-password", password)
    command = [*_JAVA, "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*", _entry_point(jars)]
    command += [f"--home-dir={home}", f"--config-dir={home / 'conf'}", "--console-mode"]
    log = home / "logs" / "console.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        _wait_for(process, bolt, http, log)
        auth = ("neo4j", password) if password else None
        yield Server(f"bolt://127.0.0.1:{bolt}", f"http://127.0.0.1:{http}", auth, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _jars() -> Path:
    """The folder of jars, filled by Maven the first time; a process beside this one may fill it too."""
    cache = Path(os.environ.get("KG_NEO4J_CACHE", Path.home() / ".cache" / "kg-neo4j"))
    folder = cache / f"{VERSION}-browser-{BROWSER_VERSION}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>{version}</version></dependency>"
        for group, name, version in _ARTIFACTS
    )
    with tempfile.TemporaryDirectory(dir=cache) as work:
        Path(work, "pom.xml").write_text(
            '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
            "<groupId>local</groupId><artifactId>neo4j-for-tests</artifactId><version>1</version>"
            f"<dependencies>{dependencies}</dependencies></project>"
        )
        command = ["mvn", "-q", "-B", "-f", f"{work}/pom.xml", "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={work}/jars"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"mvn could not get the Neo4j artifacts: {(done.stdout + done.stderr)[-1000:]}")
        if not folder.is_dir():
            Path(work, "jars").rename(folder)
    return folder


def _entry_point(jars: Path) -> str:
    """A service file names the main class, which differs between versions."""
    with zipfile.ZipFile(jars / f"neo4j-{VERSION}.jar") as jar:
        lines = jar.read("META-INF/services/org.neo4j.server.startup.EntryPoint").decode().splitlines()
    return next(line.strip() for line in reversed(lines) if line.strip() and not line.startswith("#"))


def _configure(home: Path, bolt: int, http: int, *, auth: bool, settings: dict[str, str]) -> None:
    for name in ("conf", "data", "logs", "plugins", "import", "run"):
        (home / name).mkdir(parents=True, exist_ok=True)
    values = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "server.https.enabled": "false",
        "server.memory.pagecache.size": "64m",
        "dbms.security.auth_enabled": str(auth).lower(),
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
        # Not known to every version; without it stopping takes ten seconds.
        "server.config.strict_validation.enabled": "false",
        "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
        **settings,
    }
    (home / "conf" / "neo4j.conf").write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def admin(home: Path, *arguments: str, cwd: Path | None = None) -> None:
    """What `neo4j-admin ARGUMENTS` does, to a server that is not running. Raises RuntimeError with its words."""
    environment = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    command = [*_JAVA, "-cp", f"{_jars()}/*", "org.neo4j.cli.AdminTool", *arguments]
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"neo4j-admin {arguments[0]} failed: {(done.stdout + done.stderr)[-2000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], bolt: int, http: int, log: Path) -> None:
    """HTTP answers a second or two after Bolt: wait for both."""
    deadline = time.monotonic() + START_SECONDS
    while not (_speaks_bolt(bolt) and _answers(f"http://127.0.0.1:{http}/")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"Neo4j did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def _speaks_bolt(port: int) -> bool:
    """A handshake that offers Bolt 5.8 to 5.0 and 4.4 to 4.2."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(5)
            connection.sendall(bytes.fromhex("6060b017 00080805 00020404 00000000 00000000"))
            return len(connection.recv(4)) == 4
    except OSError:
        return False


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
