"""How this process gets memory for blocks of weights: once, instead of from the system for every block.

By itself the C library gives large pieces back as soon as they are free, and the system then fills every page with zeros again: as much
work as copying the whole model.
"""

from __future__ import annotations

import ctypes

# Source: malloc.h of the GNU C library.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
KEPT_BYTES = 128 << 20
LARGE_BYTES = 32 << 20  # the most that the library allows


def keep_freed_memory() -> None:
    """Called before a thread has weights in its hands. Does nothing where the C library is another one."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return
    mallopt(_M_ARENA_MAX, 1)
    mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
    mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
