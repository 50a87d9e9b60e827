"""Whether processes end when they should."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def ends_within(pid: int, seconds: float) -> bool:
    """Whether that process ends; one that nobody has waited for counts as ended."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def wait_until(condition: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether it comes true, if only for a moment."""
    limit = time.monotonic() + seconds
    while not (true := condition()) and time.monotonic() < limit:
        time.sleep(0.01)
    return true


def settles(condition: Callable[[], bool], seconds: float = 20, calm: int = 30) -> bool:
    """Whether it comes true and stays so: ``calm`` looks in a row, 10 ms apart."""
    limit, seen = time.monotonic() + seconds, 0
    while seen < calm and time.monotonic() < limit:
        seen = seen + 1 if condition() else 0
        time.sleep(0.01)
    return seen >= calm
