"""How long the threads that evaluate a model wait actively for one another, which they do some hundred times for a token.

While the machine is theirs, it is fastest not to sleep. Where others want the CPUs, too, the thread that is waited for may just have lost
its own, and whoever stays awake keeps it from coming back: a token then takes five to fifty times as long. GNU's OpenMP has a short wait
for processes that run more threads than there are CPUs. Such a process is what this one becomes while the system makes its threads wait:
a thread of ours holds a team of idle ones. What is computed, and by how many threads, stays the same, and so do all answers.

Where another OpenMP is at work, or no Linux, nothing is done.

Source: libgomp, config/linux/wait.h (``do_spin``) and team.c (``gomp_managed_threads``); proc(5) (``schedstat``).
"""

from __future__ import annotations

import ctypes
import os
import re
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

_TASKS, _MAPS = Path("/proc/self/task"), Path("/proc/self/maps")
_LIBRARY = re.compile(r"^.* (/.*libgomp[^/]*\.so[^/]*)$", re.MULTILINE)
LOOKS_EVERY_S = 0.2
"""Seconds at work between two looks, which cost a quarter of a millisecond."""
CONTENDED = 0.25
"""Others want the CPUs when threads waited for one for this share of the time at work, all together. Alone it is a twentieth."""
SHORT_S = 1.0, 16.0
"""Seconds at work until the wait is tried long again; twice as many after each try that failed, at most so many."""


class Waiting:
    """Makes the wait short while others want the CPUs. ``short`` is whether it is now.

    Args:
        n_threads: how many threads evaluate the model at most. One waits for nobody.
        tasks: where the system tells how long each thread waited for a CPU.
    """

    def __init__(self, n_threads: int, tasks: Path = _TASKS) -> None:
        self._tasks, self._n_threads = tasks, n_threads
        self._openmp = _openmp() if n_threads > 1 else None
        self._worked_s, self._waited_ns = 0.0, self._all_waited_ns()
        self._term_s, self._left_s = 0.0, 0.0
        self._team: threading.Event | None = None

    @property
    def short(self) -> bool:
        return self._team is not None

    def look(self, worked_s: float) -> None:
        """To be called after each piece of work, which took so long; see what it was like, now and then."""
        self._worked_s += worked_s
        if self._openmp is None or self._worked_s < LOOKS_EVERY_S:
            return
        waited_ns = self._all_waited_ns()
        contended = (waited_ns - self._waited_ns) / 1e9 > CONTENDED * self._worked_s
        self._left_s -= self._worked_s
        self._worked_s, self._waited_ns = 0.0, waited_ns
        if self._team is not None:
            if not contended and self._left_s <= 0:  # threads that sleep and wake wait a little for a CPU, too: only a try tells
                self._team.set()
                self._team = None
        elif contended:
            self._term_s = min(2 * self._term_s, SHORT_S[1]) or SHORT_S[0]
            self._left_s = self._term_s
            self._team = self._idle_team()
        elif self._left_s <= -2 * LOOKS_EVERY_S:
            self._term_s = 0.0

    def _all_waited_ns(self) -> int:
        """For how long threads were ready to run and did not."""
        waited = 0
        if self._openmp is not None:
            with suppress(OSError):  # too many files are open, perhaps not for long
                for task in self._tasks.iterdir():
                    with suppress(OSError, IndexError, ValueError):  # it has just ended
                        waited += int((task / "schedstat").read_bytes().split()[1])
        return waited

    def _idle_team(self) -> threading.Event | None:
        """More threads than CPUs, until the event that is returned is set; None where there can be no more threads."""
        over = threading.Event()
        together: Any = self._openmp
        missing = len(os.sched_getaffinity(0)) - self._n_threads + 2  # one of them is the thread that holds the others

        def hold() -> None:
            together(_NOTHING, None, max(2, missing), 0)
            over.wait()

        with suppress(RuntimeError):
            threading.Thread(target=hold, name="idle-team", daemon=True).start()
            return over
        return None


_NOTHING = ctypes.cast(ctypes.CDLL(None).free, ctypes.c_void_p) if os.name == "posix" else None
"""A function that does nothing with nothing."""


def _openmp() -> Any:
    """GNU's way to let a team of threads do something, if this process has loaded it."""
    with suppress(OSError, AttributeError):
        found = _LIBRARY.search(_MAPS.read_text(encoding="utf-8", errors="replace"))
        if found is not None:
            run = ctypes.CDLL(found[1], mode=os.RTLD_NOW | os.RTLD_NOLOAD).GOMP_parallel
            run.argtypes, run.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint], None
            return run
    return None
