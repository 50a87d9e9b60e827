"""Locks among processes, on files of their own. The system takes them back when their holder ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from . import disk

_OPEN = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOINHERIT", 0)

if sys.platform == "win32":
    import msvcrt

    _BEYOND = 1 << 30  # nobody reads there: locked bytes are out of bounds for others

    def _take(descriptor: int) -> bool:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait(descriptor: int) -> None:
        while not _take(descriptor):
            time.sleep(0.01)

    def _give_back(descriptor: int) -> None:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _give_back(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class Lock:
    """One holder at a time, among threads and processes. It cannot be taken twice by one holder; the file stays for ever."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Wait for it and hold it for a moment.

        Raises: StoreError when the file system has no locks or refuses the file.
        """
        with disk.explained(self.path):
            descriptor = self._acquire()
        try:
            yield
        finally:
            release(descriptor)

    def _acquire(self) -> int:
        """An open descriptor that holds the lock, of the file that is at the path now: while one waits, somebody may clear the folder."""
        while True:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, _OPEN, 0o666)
            try:
                _wait(descriptor)
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(descriptor), self.path.stat()):
                        return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            release(descriptor)


def try_lock(path: Path) -> int | None:
    """An open descriptor that holds the lock on this file (which is made if need be), or None while somebody else holds it.

    Raises: OSError.
    """
    descriptor = os.open(path, _OPEN, 0o666)
    try:
        if _take(descriptor):
            return descriptor
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def release(descriptor: int) -> None:
    """Give a lock back, also if a forked child still has the descriptor."""
    try:
        _give_back(descriptor)
    finally:
        os.close(descriptor)
