"""What llama.cpp says while it works: lines to read, passed on to standard error, whose last lines the kernel keeps."""

from __future__ import annotations

import contextlib
import ctypes
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import llama_cpp

_DEBUG = 1  # GGML_LOG_LEVEL_DEBUG: a line per tensor that was looked for
Hear = Callable[[str], None]
_REASON = re.compile(r"(?:failed to quantize|error loading model[^:]*|failed to load model[^:]*): (?P<reason>.+)")


class _Listener:
    """Puts pieces of lines together; a piece ends neither at a line's end nor at a character's."""

    def __init__(self) -> None:
        self._partial = b""
        self.hearers: list[Hear] = []
        self._callback = llama_cpp.llama_log_callback(self._hear)  # the library keeps only a pointer: this object must stay
        llama_cpp.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _hear(self, level: int, text: bytes, _user_data: Any) -> None:
        if level == _DEBUG:
            return
        *lines, self._partial = (self._partial + text).split(b"\n")
        for raw in lines:
            line = raw.decode("utf-8", "replace")
            sys.stderr.write(f"{line}\n")
            for hear in self.hearers:
                hear(line)


_listener: _Listener | None = None


@contextlib.contextmanager
def listening(hear: Hear) -> Iterator[None]:
    """Call ``hear`` with every line that llama.cpp writes inside the ``with`` block."""
    global _listener
    if _listener is None:
        _listener = _Listener()
    _listener.hearers.append(hear)
    try:
        yield
    finally:
        _listener.hearers.pop()


def reason(lines: list[str]) -> str:
    """Why llama.cpp refused, from the last line that says so; without its function names."""
    for line in reversed(lines):
        found = _REASON.search(line)
        if found:
            return found["reason"].strip().rstrip(".")
    return next((line.strip().rstrip(".") for line in reversed(lines) if line.strip()), "it gives no reason")
