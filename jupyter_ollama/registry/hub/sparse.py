"""A file that is as long as it is elsewhere, of which only some bytes are there: what was used makes room for what comes (Linux; where the
system has no holes, what has come stays until the end).
"""

from __future__ import annotations

import ctypes
import os
import threading
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from ..partial import DiskTrouble, Part

_KEEP_SIZE, _PUNCH_HOLE = 1, 2  # of linux/falloc.h
_BLOCK_BYTES = 1 << 16
"""As large as any file system's blocks are."""


class SparseFile:
    """Content for ``stream.Streams``.

    Args:
        kept: so many bytes from the start stay.
    """

    def __init__(self, path: Path, kept: int) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._kept = kept
        self._gone: list[tuple[int, int]] = []
        self._lock = threading.Lock()

    def open(self) -> BinaryIO:
        """The file, for writing at any place. Raises: OSError."""
        return self.path.open("r+b", buffering=0)

    def write(self, part: Part, data: bytes, file: BinaryIO, note_every: int) -> None:
        """Add what arrived for a part. Raises: DiskTrouble."""
        try:
            part.fill(data, file)
        except OSError as error:
            raise DiskTrouble(error) from error

    def note(self, part: Part) -> None:
        """Nothing is written down: what has come is used soon."""

    def forget(self, start: int, end: int) -> None:
        """Give back the room of bytes that nobody needs any more. Blocks are freed whole, so what was forgotten beside them counts, too."""
        with self._lock:
            low, high = self._joined(start, end)
            first, last = max(low, start - _BLOCK_BYTES, self._kept), min(high, end + _BLOCK_BYTES)
            with self.open() as file:
                _punch(file.fileno(), first, last - first)

    def forget_all(self) -> None:
        """Keep the start only."""
        with self._lock, self.open() as file:
            self._gone.clear()
            _punch(file.fileno(), self._kept, self.size - self._kept)

    def _joined(self, start: int, end: int) -> tuple[int, int]:
        """Note that these bytes are gone; gives the stretch around them of which nothing is needed."""
        place = bisect_left(self._gone, (start, end))
        first = place - (place > 0 and self._gone[place - 1][1] == start)
        last = place + (place < len(self._gone) and self._gone[place][0] == end)
        joined = (self._gone[first][0] if first < place else start, self._gone[place][1] if last > place else end)
        self._gone[first:last] = [joined]
        return joined


def _of_the_system() -> Callable[[int, int, int], None]:
    """What makes a hole in a file."""
    call: Any = getattr(ctypes.CDLL(None, use_errno=True), "fallocate64", None) if os.name == "posix" else None
    if call is None:
        return lambda descriptor, start, count: None
    call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)

    def punch(descriptor: int, start: int, count: int) -> None:
        if count > 0:
            call(descriptor, _PUNCH_HOLE | _KEEP_SIZE, start, count)  # a file system without holes keeps what it has

    return punch


_punch = _of_the_system()
