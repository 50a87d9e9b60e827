"""Reading a file by position: from several threads at once, and never through a mapping.

A mapped file that shrinks kills the process (SIGBUS); a positional read of the same file is an error that can be told. Everything
that reads weights goes through `RangeReader`.
"""

from __future__ import annotations

import os
import stat
import threading
import weakref
from pathlib import Path
from typing import NamedTuple

from .errors import SourceError
from .sentences import Sentence


class FileRange(NamedTuple):
    """Some bytes of a file."""

    path: Path
    offset: int
    size: int


class RangeReader:
    """An open file and its size at the moment of opening.

    Args:
        path: the file.
        error: the class of error to raise, so that each format speaks for itself.
    """

    def __init__(self, path: Path, error: type[SourceError] = SourceError) -> None:
        self.path = path
        self._error = error
        self._lock = threading.Lock()
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
                raise error(Sentence("%1 is not a regular file.", path), hint="Give the path of one file.", path=path)
            self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as cause:
            raise self._unreadable(cause) from cause
        self._closer = weakref.finalize(self, os.close, self._descriptor)
        self.size_bytes = os.fstat(self._descriptor).st_size

    def __enter__(self) -> RangeReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back; also happens when nobody holds the reader any more."""
        self._closer()

    def read(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes from ``offset``.

        Raises: the reader's error when the file ends earlier (truncated, or shrunk since it was opened) or cannot be read.
        """
        parts: list[bytes] = []
        while count > 0:
            try:
                part = self._pread(min(count, 1 << 30), offset)
            except OSError as cause:
                raise self._unreadable(cause) from cause
            if not part:
                raise self._error(
                    Sentence("%1 ends at byte %2, %3 bytes too early.", self.path, f"{offset:,}", f"{count:,}"),
                    hint="The file was truncated or changed while it was read: copy or download it again.",
                    path=self.path,
                )
            parts.append(part)
            offset += len(part)
            count -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _pread(self, count: int, offset: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, count, offset)
        with self._lock:  # Windows has no positional read
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, count)

    def _unreadable(self, cause: OSError) -> SourceError:
        reason = cause.strerror or str(cause)
        return self._error(
            Sentence("%1 cannot be read: %2.", self.path, Sentence.of(reason)), hint="Check the path and its permissions.", path=self.path
        )
