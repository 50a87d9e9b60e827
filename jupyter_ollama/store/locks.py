"""Locks among processes, on files of their own. The system takes them back when their holder ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import StoreError
from ..sentences import Sentence
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
        except OSError as error:
            if error.errno in (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK):
                raise no_locks() from error
            raise
        return True

    def _give_back(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class Lock:
    """One holder at a time, among threads and processes. It cannot be taken twice by one holder; the file stays for ever.

    Units: it is waited for at most ``patience_s`` seconds. Nobody needs it that long, unless it hangs.
    """

    def __init__(self, path: Path, patience_s: float = 120.0) -> None:
        self.path = path
        self.patience_s = patience_s

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Wait for it and hold it for a moment.

        Raises: StoreError when somebody does not give it back, or the file system has no locks or refuses the file.
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
                self._wait(descriptor)
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(descriptor), self.path.stat()):
                        return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            release(descriptor)


    def _wait(self, descriptor: int) -> None:
        until, pause_s = time.monotonic() + self.patience_s, 0.0005
        while not _take(descriptor):
            if time.monotonic() > until:
                holder = _holder(descriptor)
                raise StoreError(
                    Sentence("the model store at %1 is locked by %2 for %3 s.", self.path.parent.parent, holder, f"{self.patience_s:.0f}"),
                    hint="If that process hangs or was stopped (Ctrl+Z), let it go on or end it.", path=self.path,
                )  # fmt: skip
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 0.02)


def _holder(descriptor: int) -> str:
    """Who has locked an open file, where the system tells."""
    inode = f":{os.fstat(descriptor).st_ino} "
    with contextlib.suppress(OSError):
        for line in Path("/proc/locks").read_text(encoding="ascii", errors="replace").splitlines():
            if inode in line and "FLOCK" in line and "->" not in line:
                return f"process {line.split()[4]}"
    return "another process"


def no_locks() -> StoreError:
    """The error for a file system on which nobody can be kept from disturbing others."""
    return StoreError(
        "the model store lies on a file system without working locks.", hint="Set OLLAMA_MODELS to a folder on a local disk.",
    )  # fmt: skip


def try_lock(path: Path) -> int | None:
    """An open descriptor that holds the lock on this file (which is made if need be), or None while somebody else holds it.

    Raises: OSError; StoreError when there are no locks.
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
