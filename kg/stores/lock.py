"""One writer or many readers of a store file, by a lock file of our own beside it.

Ladybug's own lock is lost when a second handle of the same process is closed, and a reader that is open while a
writer checkpoints is not promised anything. `flock` belongs to the open file: it also keeps a second handle of the
same process out, and ends with the process, however that ends.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from kg.errors import StoreBusy, StoreError, StoreFull

_STEP = 0.05
"""Seconds between two tries."""
_WIDTH = 20
"""Bytes of each of the two numbers in the file: the writer's process, and what it noted."""


class FileLock:
    """Held from construction to `release`. Raises StoreBusy when `wait` seconds were not enough."""

    def __init__(self, store: Path, *, exclusive: bool, wait: float) -> None:
        self._file: int | None = _open(Path(f"{store}.lock"), exclusive=exclusive)
        if self._file is None:
            return
        try:
            _lock(self._file, store, exclusive=exclusive, wait=wait)
        except BaseException:
            self.release()
            raise

    def note(self, number: int) -> None:
        """Leave a number to whoever holds the lock next, however this process or the machine ends."""
        if self._file is not None:
            os.pwrite(self._file, f"{number:{_WIDTH}}".encode(), _WIDTH)
            os.fdatasync(self._file)

    def noted(self) -> int | None:
        """The number that was left, None where there is none."""
        text = b"" if self._file is None else os.pread(self._file, _WIDTH, _WIDTH)
        return int(text) if text.strip().isdigit() else None

    def release(self) -> None:
        """The file stays: deleting it would let two processes lock two files of one name."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _open(path: Path, *, exclusive: bool) -> int | None:
    """None for a reader where nobody can write either: no lock file, and no right to make one."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if not exclusive and error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC) if path.exists() else None
        if error.errno in {errno.ENOENT, errno.ENOTDIR}:
            raise StoreError(
                f"no folder {path.parent} for the store; make it first, or give another --store"
            ) from error
        raise StoreFull(f"cannot write {path}: {error.strerror}; give another --store") from error


def _lock(file: int, store: Path, *, exclusive: bool, wait: float) -> None:
    deadline = time.monotonic() + wait
    while not _try(file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH):
        if time.monotonic() >= deadline:
            raise StoreBusy(_holder(file, store))
        time.sleep(_STEP)
    if exclusive:
        try:
            os.pwrite(file, f"{os.getpid():{_WIDTH}}".encode(), 0)
        except OSError as error:
            raise StoreFull(
                f"cannot write {store}.lock: {error.strerror}; free space or give another --store"
            ) from error


def _try(file: int, mode: int) -> bool:
    try:
        fcntl.flock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: int, store: Path) -> str:
    """Only readers hold it where it can be shared; a writer left its process id in the file."""
    if _try(file, fcntl.LOCK_SH):
        return f"{store} is being read by another process; try again later, or wait for it with --wait SECONDS"
    pid = os.pread(file, _WIDTH, 0).decode("ascii", "replace").strip()
    if pid == str(os.getpid()):
        return f"{store} is already open in this process; use that handle, or close it first"
    return f"{store} is held by another writer (process {pid}); try again later, or wait for it with --wait SECONDS"
