"""Locks among the kernels of a user, on open files: the system takes them back when their last holder ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform == "win32":
    SHARING = False

    def take(descriptor: int) -> bool:
        """There are no runners to share here."""
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    def release(descriptor: int) -> None:
        """Close it."""
        os.close(descriptor)

else:
    import fcntl
    import socket

    SHARING = hasattr(socket, "AF_UNIX")

    def take(descriptor: int) -> bool:
        """Lock an open file if nobody else has. Who inherits the descriptor holds the lock as well. Raises: OSError without locks."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(descriptor: int) -> None:
        """Give a lock back and close the file, also if a forked child still has the descriptor."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on this file, or it is not there."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    with suppress(OSError):
        if take(descriptor):
            release(descriptor)
            return True
    os.close(descriptor)
    return False
