"""Waking an event loop from other threads: many who ring within a few milliseconds wake it once.

To wake a loop is a call to the system on both sides and two turns of the interpreter's lock. Where many streams bring a token each, at all
times, that would cost more than the tokens do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

PAUSE_S = 0.004
"""So long after it has answered a loop is left alone; who rings first after that is answered at once."""


class Bell:
    """The bell of one event loop. Anybody may ring, from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._calls: deque[Callable[[], object]] = deque()
        self._rung = False
        self._answered_at = 0.0

    def ring(self, call: Callable[[], object]) -> None:
        """Have something called in the loop, soon. Nothing is, when the loop has ended."""
        self._calls.append(call)
        if not self._rung and not self._loop.is_closed():
            self._rung = True
            self._loop.call_soon_threadsafe(self._hear)

    def _hear(self) -> None:
        wait_s = self._answered_at + PAUSE_S - self._loop.time()
        if wait_s > 0:
            self._loop.call_later(wait_s, self._answer)
        else:
            self._answer()

    def _answer(self) -> None:
        self._rung = False  # before the calls are taken: what comes now rings again
        self._answered_at = self._loop.time()
        for _ in range(len(self._calls)):
            try:
                self._calls.popleft()()
            except Exception as error:  # noqa: BLE001 (it is told as any that a callback of the loop raises)
                self._loop.call_exception_handler({"message": "a call by the bell failed", "exception": error})
