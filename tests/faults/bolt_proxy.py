"""A TCP proxy before a Bolt server that breaks the connection where a test wants it: at the COMMIT of a transaction."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Literal

from typing_extensions import Self

COMMIT = bytes.fromhex("0002 b012 0000")
"""The message as it goes over the wire: one chunk of two bytes, then the end mark."""
BEGIN, READS = bytes.fromhex("b111"), b"\x84mode\x81r"
"""Beginning of the message, and what it says of a transaction that only reads."""

Fault = Literal["reset before", "reset after", "stall", "half-open before", "half-open after"]
"""What happens at a COMMIT: before the server sees it, or after it has answered; a half-open connection says nothing
more, to either side."""


_AT_ONCE, _SILENT = {"reset before", "half-open before"}, {"half-open before", "half-open after"}


class Proxy:
    """Listens on `port` of the loopback interface while its `with` block runs.

    One fault a COMMIT of a transaction that writes is taken from `faults`, None meaning that it passes; when they are
    used up everything passes.
    `stall` is in seconds, `rate` the bytes a second that go each way, 0 meaning all.
    """

    def __init__(self, server: int, faults: Iterable[Fault | None] = (), *, stall: float = 0.0, rate: int = 0) -> None:
        self.faults = deque(faults)
        self.commits = 0
        self._server = server
        self._stall = stall
        self._rate = rate
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Nobody listens any more, and every connection ends. Twice does no harm."""
        for one in (self._listener, *self._sockets):
            with suppress(OSError):  # closed before
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:  # closed, or the server is down: the client sees its connection end
                if self._listener.fileno() < 0:
                    return
                client.close()
                continue
            for one in (client, server):  # else each small message waits 40 ms for an acknowledgement
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [client, server]
            _Pair(self, client, server).start()

    def next_fault(self) -> Fault | None:
        self.commits += 1
        return self.faults.popleft() if self.faults else None

    def pause(self, size: int) -> None:
        """What a slow link takes for so many bytes."""
        if self._rate:
            time.sleep(size / self._rate)

    def stall(self) -> None:
        time.sleep(self._stall)


class _Pair:
    """One connection through the proxy; a single thread serves both ways, so that closing is at once a reset."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.proxy, self.client, self.server = proxy, client, server
        self.reads = False
        """Whether the open transaction only reads."""
        self.swallow: Fault | None = None
        """What to do with the server's next words."""

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            while self._pass_on():
                """Until either side ends, or a fault ends both."""
        except (OSError, ValueError):
            """Reset by a peer, or closed with the proxy."""
        if self.swallow not in _SILENT:
            self._reset() if self.swallow else self._close()

    def _pass_on(self) -> bool:
        ready, _, _ = select.select([self.client, self.server], [], [])
        for source in ready:
            data = source.recv(1 << 16)
            if source is self.client and BEGIN in data:
                self.reads = READS in data
            if source is self.client and COMMIT in data and not self.reads:
                self.swallow = self._at_commit(self.proxy.next_fault())
            if not data or self.swallow in _AT_ONCE or (self.swallow and source is self.server):
                return False
            self.proxy.pause(len(data))
            (self.server if source is self.client else self.client).sendall(data)
        return True

    def _at_commit(self, fault: Fault | None) -> Fault | None:
        if fault != "stall":
            return fault
        self.proxy.stall()
        return None

    def _close(self) -> None:
        self.client.close()
        self.server.close()

    def _reset(self) -> None:
        """RST to both sides, in place of a polite end."""
        for one in (self.server, self.client):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
