"""A few threads that do what comes in, in the order in which it came. They are daemons: a disk that hangs keeps no kernel from ending."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable

Job = Callable[[], None]


class Crew:
    """Threads that run in copies of the context in which the crew was made; each is started when it is first needed.

    Args:
        size: how many there are at most.
        name: how they are called.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size, self._name = size, name
        self._context = contextvars.copy_context()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._count = self._idle = 0
        self._ended = False

    def do(self, job: Job) -> None:
        """Have a job done soon; it must not raise. Returns at once, and forgets jobs after the end."""
        with self._lock:
            if self._ended:
                return
            self._jobs.put(job)
            self._idle -= 1  # below 0: so many jobs wait
            if self._idle >= 0 or self._count == self._size:
                return
            self._count += 1
            self._idle += 1
        threading.Thread(target=self._context.copy().run, args=(self._work,), name=self._name, daemon=True).start()

    def end(self) -> None:
        """Let the threads go when they have done what they have."""
        with self._lock:
            self._ended = True
            for _ in range(self._count):
                self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            with self._lock:
                self._idle += 1
