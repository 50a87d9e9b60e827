"""A process that dies at a moment one chooses: just before the n-th of the system calls by which it changes the disk.

The work runs in a forked child. There, an audit hook sees every call that Python announces (open, rename, link, unlink, mkdir, rmdir,
chmod, utime, flock ...), and ``os.write`` and ``os.fsync``, which it does not announce, are wrapped. A write has three moments: before
it, half done, done. At the chosen moment the child ends with ``os._exit``: no ``finally``, no flush, nothing is put in order.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

CHANGES = {
    "os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.utime", "os.truncate", "os.symlink", "fcntl.flock",
    "fcntl.ioctl",
}  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_DIED, _FAILED = 9, 1


def dies_at(moment: int, work: Callable[[], object]) -> bool:
    """Whether the work dies at this moment (from 1). False: it came to its end before; what it did stays, too.

    Raises: AssertionError when the work fails by itself; its traceback is on stderr.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks in processes with threads; none is used here
        child = os.fork()
    if child == 0:
        _work_and_die(moment, work)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (0, _DIED), f"the work ended with code {code}"
    return code == _DIED


def _work_and_die(moment: int, work: Callable[[], object]) -> None:
    """The child. It never returns."""
    try:
        _arm(moment)
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001 (whatever it is, it must not go back into the parent's code)
        traceback.print_exc()
        os._exit(_FAILED)


def _arm(moment: int) -> None:
    left = [moment]
    write = os.write

    def tick() -> None:
        left[0] -= 1
        if left[0] == 0:
            os._exit(_DIED)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in CHANGES or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING):
            tick()

    def torn_write(descriptor: int, data: bytes | memoryview) -> int:
        tick()
        half = write(descriptor, memoryview(data)[: len(data) // 2])
        tick()
        return half + write(descriptor, memoryview(data)[len(data) // 2 :])

    def fsync(descriptor: int) -> None:  # a process that dies takes nothing along of what the system knows: no need to wait for the disk
        tick()

    os.write, os.fsync = torn_write, fsync  # type: ignore[assignment]
    sys.addaudithook(hook)
