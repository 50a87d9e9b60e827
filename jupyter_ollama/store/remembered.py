"""What was read from files, kept as long as the file has not changed since: what makes a list of many models quick."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
MAX_BYTES = 32 << 20
MAX_FILES = 20_000
SETTLED_NS = 2_000_000_000
"""A file that changed less than this before it was read may change again within one tick of its clock: it is read anew next time."""

Stamp = tuple[int, int, int, int, int]


class Remembered(Generic[T]):
    """Values made from files. A value is made again when the file was written, touched or replaced, by whomever.

    Args:
        make: reads the file at a path. What it raises is passed on, and nothing is kept.
        size: how many bytes a value takes. At most ``MAX_BYTES`` and ``MAX_FILES`` are kept; the oldest go first.
    """

    def __init__(self, make: Callable[[str], T], size: Callable[[T], int]) -> None:
        self._make, self._size = make, size
        self._held: dict[str, tuple[Stamp, T]] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, path: str) -> T:
        """The value of a file, or of a folder, which changes when something in it gets or loses its name.

        Raises: OSError, and what ``make`` raises.
        """
        state = _state(path)
        stamp = _stamp(state)
        held = self._held.get(path)
        if held is not None and held[0] == stamp:
            return held[1]
        value = self._make(path)
        keep = time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) > SETTLED_NS and _stamp(_state(path)) == stamp
        with self._lock:
            self._drop(path)
            if keep:
                self._add(path, (stamp, value))
                while self._bytes > MAX_BYTES or len(self._held) > MAX_FILES:
                    self._drop(next(iter(self._held)))
        return value

    def _add(self, path: str, held: tuple[Stamp, T]) -> None:
        self._held[path] = held
        self._bytes += self._size(held[1])

    def _drop(self, path: str) -> None:
        if path in self._held:
            self._bytes -= self._size(self._held.pop(path)[1])


def _state(path: str) -> os.stat_result:
    return os.stat(path)  # noqa: PTH116 (to make a Path of each of a thousand texts takes as long as to ask)


def _stamp(state: os.stat_result) -> Stamp:
    return state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns
