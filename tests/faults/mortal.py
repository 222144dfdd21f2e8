"""A Neo4j server that is killed and started again at the same address."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import neo4j_server as starter
from typing_extensions import Self

SILENCE = 10
"""Seconds without a word from this server after which the driver gives a connection up; two minutes by default."""

_SETTINGS = {"server.bolt.connection_keep_alive": f"{SILENCE // 2}s", "server.bolt.connection_keep_alive_probes": "2"}


class MortalServer:
    """Runs from the start of its `with` block; `kill` and `start` as often as wanted."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._run = ExitStack()
        self.port = starter.free_port()

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.server = self._run.enter_context(starter.running(self._home, bolt=self.port, settings=_SETTINGS))

    def kill(self) -> None:
        """kill -9; returns when the process is gone."""
        os.kill(self.server.pid, signal.SIGKILL)
        self._run.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run.close()
