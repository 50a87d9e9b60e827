"""Questions that work has for whoever waits for it.

Work runs on a thread of its own; people are asked on the thread that waits for the work, because ``input()`` and Ctrl+C belong there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Questions:
    """Those that wait for an answer, oldest first. Safe to use from several threads."""

    def __init__(self) -> None:
        self.on_ask: Callable[[], None] = lambda: None
        """Called after each question, to wake whoever may answer it."""
        self._waiting: deque[_Question] = deque()

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def ask(self, question: Callable[[], T], on_cancel: Callable[[Callable[[], None]], Callable[[], None]]) -> T | None:
        """Have a question answered by somebody who waits, however long that takes.

        Args:
            on_cancel: registers what shall be called if the work is cancelled (see ``CancelToken.on_cancel``).
        Returns: what the question returned; None if the work was cancelled first.
        Raises: what the question raised.
        """
        asked = _Question(question)
        self._waiting.append(asked)
        forget = on_cancel(asked.over.set)
        try:
            self.on_ask()
            asked.over.wait()
        finally:
            forget()
        if asked.error is not None:
            raise asked.error
        answer: T | None = asked.value
        return answer

    def answer(self) -> bool:
        """Answer the oldest question on this thread. Returns whether there was one.

        Raises: KeyboardInterrupt, which is for this thread and not for the work.
        """
        try:
            asked = self._waiting.popleft()
        except IndexError:
            return False
        if not asked.over.is_set():
            asked.answer()
        return True


class _Question:
    def __init__(self, question: Callable[[], Any]) -> None:
        self.over = threading.Event()
        self.value: Any = None
        self.error: Exception | None = None
        self._question = question

    def answer(self) -> None:
        try:
            self.value = self._question()
        except Exception as error:  # noqa: BLE001 (it belongs to the work that asked)
            self.error = error
        self.over.set()
