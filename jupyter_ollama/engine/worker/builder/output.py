"""The file that is being built: written from front to back, hashed meanwhile on a thread of its own."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import queue
import shutil
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from ....errors import DiskFull, StoreError
from ....names import Digest
from ....sentences import Sentence
from .journal import Begun, Journal
from .writeback import Writeback

QUEUED_BLOCKS = 4


class Output:
    """A new file of a size known beforehand.

    Args:
        begun: what is there of it already; without it, an older file at that path is replaced.
        journal: where ``note`` writes down how far it is.
    Raises: DiskFull, before the first byte or when the room is gone in the end; StoreError for other reasons of the disk.
    """

    def __init__(self, path: Path, size: int, begun: Begun | None = None, journal: Journal | None = None) -> None:
        self._path = path
        self.size = size
        self.written = begun.end if begun else 0
        require_room(path, size)
        with explained(path, size):
            flags = os.O_WRONLY | os.O_CREAT | (0 if begun else os.O_TRUNC) | getattr(os, "O_BINARY", 0)
            self._file = os.open(path, flags, 0o644)
            os.lseek(self._file, self.written, os.SEEK_SET)
        self._writeback = Writeback(self._file, size)
        self._sha256, self._crc32 = (begun.sha256, begun.crc32) if begun else (hashlib.sha256(), 0)
        self._journal = journal
        self._queue: queue.Queue[bytes | memoryview | int | None] = queue.Queue(QUEUED_BLOCKS)
        self._hasher = threading.Thread(target=self._hash, name="hash", daemon=True)
        self._hasher.start()

    def write(self, block: bytes | memoryview) -> None:
        """Add a block, which must not be changed afterwards."""
        self._queue.put(block)
        rest = memoryview(block)
        self.written += rest.nbytes
        with explained(self._path, self.size):
            while rest:
                rest = rest[os.write(self._file, rest) :]
            self._writeback.wrote(self.written)

    def note(self) -> None:
        """Write down, as soon as it is hashed, that the file is right up to here."""
        self._queue.put(self.written)

    def digest(self) -> Digest:
        """The digest of what was written; nothing can be added any more."""
        assert self.written == self.size, f"{self.written} bytes were written where {self.size} were planned"
        self._queue.put(None)
        with explained(self._path, self.size):
            self._writeback.finish(self.written)
        self._hasher.join()
        return Digest(self._sha256.hexdigest())

    def _hash(self) -> None:
        while (block := self._queue.get()) is not None:
            if isinstance(block, int):
                self._note(block)
                continue
            self._sha256.update(block)
            if self._journal is not None:
                self._crc32 = zlib.crc32(block, self._crc32)

    def _note(self, end: int) -> None:
        with contextlib.suppress(OSError):  # without it a crash costs more, no more than that
            if self._journal is not None:
                self._journal.note(end, self._crc32)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._hasher.is_alive():
            self._queue.put(None)
            self._hasher.join()
        self._writeback.finish()
        with explained(self._path, self.size):  # a network file system may tell only now that its disk is full
            os.close(self._file)


def require_room(path: Path, size: int) -> None:
    """Raises: DiskFull if ``size`` bytes do not fit on the disk of ``path`` or into a file of this process; StoreError."""
    with explained(path, size):
        if size > min(free_bytes(path), largest_file()):
            raise disk_full(path, size)


@contextlib.contextmanager
def explained(path: Path, size: int) -> Iterator[None]:
    """Turn the operating system's refusals into ours."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise disk_full(path, size) from error
        reason = error.strerror or str(error)
        raise StoreError(
            Sentence("The new model cannot be written to %1: %2.", path.parent, Sentence.of(reason)),
            hint="Check the folder's permissions.", path=path,
        ) from error  # fmt: skip


def free_bytes(path: Path) -> int:
    """Room on the disk that holds ``path``; what a file there already takes is given back when it is overwritten."""
    taken = getattr(path.stat(), "st_blocks", 0) * 512 if path.is_file() else 0
    return shutil.disk_usage(path.parent).free + taken


def largest_file() -> int:
    """The largest file that this process may write."""
    try:
        import resource
    except ImportError:  # not on every system
        return 1 << 62
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return limit if limit != resource.RLIM_INFINITY else 1 << 62


def disk_full(path: Path, size: int) -> DiskFull:
    """The error for a file of ``size`` bytes that does not fit."""
    free = free_bytes(path)
    if size > largest_file():
        return DiskFull(
            Sentence("The new model takes %1 bytes, but the system allows this process files of %2 bytes at most.",
                     f"{size:,}", f"{largest_file():,}"),
            hint="Raise the limit (ulimit -f).", path=path, needed_bytes=size, free_bytes=free,
        )  # fmt: skip
    return DiskFull(
        Sentence("The new model does not fit on the disk of %1: %2 bytes are needed, %3 are free.", path.parent, f"{size:,}", f"{free:,}"),
        hint="Delete models you do not need (%ollama rm NAME), choose a smaller type or set OLLAMA_MODELS to a larger disk.",
        path=path, needed_bytes=size, free_bytes=free,
    )  # fmt: skip
