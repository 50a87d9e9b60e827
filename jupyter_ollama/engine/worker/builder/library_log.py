"""llama.cpp's log as lines to read: the dry run of its quantizer answers only there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from ..log import CONTINUED, ERROR, Log

Hear = Callable[[str], None]


class LineLog(Log):
    """Puts the pieces of lines together and passes every whole line to whoever hears. Only errors go to the kernel's log."""

    def __init__(self) -> None:
        self._partial = b""
        self._kind = 0
        self.hearers: list[Hear] = []
        super().__init__()

    def _hear(self, level: int, text: bytes, user_data: object) -> None:
        self._kind = level if level != CONTINUED else self._kind
        if self._kind == ERROR:
            super()._hear(level, text, user_data)
        *lines, self._partial = (self._partial + text).split(b"\n")
        for line in lines:
            for hear in self.hearers:
                hear(line.decode("utf-8", "replace"))


_log: LineLog | None = None


@contextlib.contextmanager
def listening(hear: Hear) -> Iterator[Log]:
    """Call ``hear`` with every line that llama.cpp writes inside the ``with`` block; its errors start anew."""
    global _log
    if _log is None:
        _log = LineLog()
    _log.errors.clear()
    _log.hearers.append(hear)
    try:
        yield _log
    finally:
        _log.hearers.pop()
