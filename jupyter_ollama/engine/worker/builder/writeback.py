"""A large file on its way to the disk while it is still being written.

Left alone, the system keeps all of it in memory as long as it can. That pushes out what others have there, takes far more time than the
disk does where memory has first to be got (a virtual machine gets it from its host), and leaves the disk's work to whoever waits for the
finished file. So every few megabytes are sent on, and what has arrived is forgotten.
"""

from __future__ import annotations

import ctypes
import errno
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

STEP_BYTES = 16 << 20  # a process does not end before a step is done: cancelling waits for it
KEPT_BYTES = 256 << 20  # smaller files stay in memory, where the model that is run next finds them

_WAIT_BEFORE, _WRITE, _WAIT_AFTER = 1, 2, 4  # of linux/fs.h


class Writeback:
    """The thread that sends one open file on. Its writer says how far it is, and waits when the disk is more than two steps behind.

    Args:
        descriptor: of the file.
        size: what it will have in the end.
    """

    def __init__(self, descriptor: int, size: int, *, step: int = STEP_BYTES, kept: int = KEPT_BYTES) -> None:
        self._descriptor = descriptor
        self._step = step
        self._next = step if size > kept and hasattr(os, "posix_fadvise") else size + 1
        self._reached: queue.Queue[int | None] = queue.Queue(1)
        self._error: OSError | None = None
        self._thread: threading.Thread | None = None

    def wrote(self, end: int) -> None:
        """The file now has ``end`` bytes.

        Raises: OSError when the disk refused some of them: it may do so long after they were written.
        """
        if end >= self._next:
            self._next = end + self._step
            self._send(end)
        if self._error is not None:
            raise self._error

    def finish(self, end: int | None = None) -> None:
        """Wait until nothing is under way; ``end``: send the rest, too, if the file is a large one.

        Raises: OSError, if ``end`` is given.
        """
        if self._thread is None:
            return
        self._reached.put(end)
        if end is not None:
            self._reached.put(None)
        self._thread.join()
        self._thread = None
        if end is not None and self._error is not None:
            raise self._error

    def _send(self, end: int) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="writeback", daemon=True)
            self._thread.start()
        self._reached.put(end)

    def _work(self) -> None:
        sync, start = _of_the_system(), 0
        while (end := self._reached.get()) is not None:
            try:
                sync(self._descriptor, start, end - start)
                os.posix_fadvise(self._descriptor, start, end - start, os.POSIX_FADV_DONTNEED)
            except OSError as error:
                self._error = self._error or error
            start = end


def _of_the_system() -> Callable[[int, int, int], None]:
    """What brings a range of a file to the disk; on Linux without emptying the disk's own caches, which is left to the end of the work."""
    call: Any = getattr(ctypes.CDLL(None, use_errno=True), "sync_file_range", None)
    if call is None:
        return lambda descriptor, start, count: os.fdatasync(descriptor)
    call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)

    def sync(descriptor: int, start: int, count: int) -> None:
        if call(descriptor, start, count, _WAIT_BEFORE | _WRITE | _WAIT_AFTER):
            code = ctypes.get_errno()
            if code != errno.ENOSYS:
                raise OSError(code, os.strerror(code))
            os.fdatasync(descriptor)

    return sync
