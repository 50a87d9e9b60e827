"""A connection to a runner that other kernels may use as well: closing it harms nobody."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO

from ..errors import EngineError
from .autopsy import LOG_LINE_BYTES, LOG_LINES, death, stopped
from .link import ENDS_WITHIN_S, Link


class Attached(Link):
    """A link to a runner over a socket.

    Args:
        log: the open file that it writes to; read when it has died, even if somebody has cleared it away by then.
        pid_of: the process to end when it hangs; 0 when there is none any more.
    """

    def __init__(self, client: socket.socket, log: IO[bytes] | None, what: str, pid_of: Callable[[], int]) -> None:
        super().__init__(Outlet(client), what)
        self._client = client
        self._file = log
        self._pid_of = pid_of
        self._left = False
        self._lines: list[str] = []
        threading.Thread(target=self._sort, args=(client.makefile("rb"),), name="ollama-frames", daemon=True).start()

    def close(self) -> None:
        """Hang up. In a fork of the process that has connected, nothing is ended."""
        self._left = True
        if os.getpid() == self._owner:
            with suppress(OSError):
                self._client.shutdown(socket.SHUT_RDWR)
            self._ended.wait(ENDS_WITHIN_S)

    def kill(self) -> None:
        """End the runner for everybody."""
        pid = self._pid_of()
        if pid > 0:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self._ended.wait(ENDS_WITHIN_S)

    @property
    def log(self) -> list[str]:
        """See ``Link.log``: known when it has ended."""
        return self._lines

    def crashed(self) -> EngineError:
        """See ``Link.crashed``."""
        if self._refusal is not None:
            return self._refusal
        if self._left or self.farewell:
            return stopped(self.what)
        return death(self.what, None, None, self._lines)

    def _bury(self) -> None:
        if self._file is not None:
            with self._file as file, suppress(OSError):
                file.seek(-min(LOG_LINES * LOG_LINE_BYTES, os.fstat(file.fileno()).st_size), os.SEEK_END)
                self._lines = [line.decode("utf-8", "replace").rstrip()[:LOG_LINE_BYTES] for line in file.readlines()][-LOG_LINES:]
        self._client.close()


class Outlet:
    """The sending half of a socket."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def write(self, data: bytes) -> None:
        self._client.sendall(data)

    def flush(self) -> None:
        """Nothing is held back."""
