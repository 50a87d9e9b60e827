"""``CancelToken``: how work is asked to stop, from any thread, and what it has to ask meanwhile.

    cancel = CancelToken()
    verb(..., cancel=cancel)     # calls cancel.check() in its loops, cancel.wait() instead of sleeping
    cancel.cancel()              # elsewhere: it ends soon with Cancelled
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from .errors import Cancelled
from .questions import Questions

T = TypeVar("T")


class CancelToken:
    """Asks work to stop. Blocking waits register ``on_cancel`` to be woken; loops call ``check``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._wakers: dict[int, Callable[[], None]] = {}
        self.questions = Questions()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask, once; later calls do nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            wakers = list(self._wakers.values())
        for waker in wakers:
            waker()

    def check(self) -> None:
        """Raises: Cancelled if it was asked for."""
        if self._event.is_set():
            raise Cancelled("cancelled.")

    def wait(self, seconds: float) -> None:
        """Sleep, but not through a cancel.

        Raises: Cancelled.
        """
        self._event.wait(seconds)
        self.check()

    def on_cancel(self, waker: Callable[[], None]) -> Callable[[], None]:
        """Call ``waker`` (from the cancelling thread, or at once) when cancelled. Returns the function that takes it back."""
        with self._lock:
            key = id(waker)
            self._wakers[key] = waker
            late = self._event.is_set()
        if late:
            waker()
        return lambda: self._forget(key)

    def ask(self, question: Callable[[], T]) -> T:
        """Have a question answered by whoever waits for the run, on that thread; wait until somebody does.

        Raises: what the question raises; Cancelled.
        """
        answer = self.questions.ask(question, self.on_cancel)
        self.check()
        return answer  # type: ignore[return-value]  # only a cancelled one has none

    def _forget(self, key: int) -> None:
        with self._lock:
            self._wakers.pop(key, None)
