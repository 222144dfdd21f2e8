"""The log (WAL) beside a store file, and how long it was when the last transaction was acknowledged.

A process that is killed, or a disk that fills up, in the middle of a write leaves a torn end, at which Ladybug refuses
the whole store. Nothing in that end was promised: without it the rest replays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.stores.lock import FileLock


class Log:
    """For the holder of the store's lock, which keeps the length."""

    def __init__(self, store: Path, lock: FileLock) -> None:
        self._file = Path(f"{store}.wal")
        self._lock = lock

    def acknowledge(self) -> None:
        """Everything in the log now is promised."""
        self._lock.note(self._file.stat().st_size if self._file.exists() else 0)

    @contextmanager
    def without_torn_end(self) -> Iterator[None]:
        """Cut off what was never acknowledged, for good if the block ends well; else it is put back."""
        promised = self._lock.noted()
        if promised is None or not self._file.exists():
            yield
            return
        with self._file.open("r+b") as log:
            log.seek(promised)
            torn = log.read()
        os.truncate(self._file, min(promised, self._file.stat().st_size))
        try:
            yield
        except BaseException:
            with self._file.open("r+b") as log:
                log.seek(promised)
                log.write(torn)
            raise
