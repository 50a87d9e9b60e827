"""One thing that front ends watch: it is read again a moment after something said that it may have changed, and told if it did."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from ....errors import OllamaError
from ..packing import LOG
from .pushes import Push

AGAIN_AFTER_ERROR_S = 5.0


class Receiver(Protocol):
    """Who is told."""

    def put(self, push: Push) -> None:
        """A change, or everything."""

    def fail(self, error: BaseException) -> None:
        """What is watched cannot be read now."""


class Topic:
    """Read by a thread of its own, so that a slow one holds up no other. It starts with the first receiver.

    Args:
        read: what there is now.
        write: the push that leads from one state (None: from nothing) to another; None where there is no difference.
        again: in how many seconds a state changes by itself; None: it does not.
        begin: a beginning of what there is, which is read and told first: it is there sooner.
        then: called once, when it has been read for the first time or could not be read.
    """

    def __init__(
        self, name: str, read: Callable[[], Any], write: Callable[[Any, Any], Push | None],
        again: Callable[[Any], float | None] = lambda _: None, begin: Callable[[], Any] | None = None,
        then: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.name, self._read, self._write, self._again, self._begin, self._then = name, read, write, again, begin, then
        self._changed = threading.Condition()
        self._due: float | None = None
        self._receivers: dict[int, Receiver] = {}
        self._state: Any = None
        self._running = self._closed = False

    def join(self, receiver: Receiver) -> None:
        """Tell somebody everything there is, now or as soon as it is known, and what changes from then on."""
        with self._changed:
            self._receivers[id(receiver)] = receiver
            if self._state is not None:
                self._tell([receiver], self._write(None, self._state))
            self._start()

    def prepare(self) -> None:
        """Read it already: somebody will join."""
        with self._changed:
            self._start()

    def _start(self) -> None:
        if not (self._running or self._closed):
            self._running, self._due = True, 0.0
            context = contextvars.copy_context()  # what is logged belongs to the page, not to a cell
            threading.Thread(target=context.run, args=(self._work,), name=f"ollama-{self.name}", daemon=True).start()

    def leave(self, receiver: Receiver) -> None:
        """Tell somebody nothing more."""
        with self._changed:
            self._receivers.pop(id(receiver), None)

    def touch(self, delay: float = 0.0) -> None:
        """It may have changed. Quick, and may be called often.

        Units: seconds, in which what follows can still happen.
        """
        due = time.monotonic() + delay
        if (known := self._due) is not None and known <= due:  # it has not been read yet
            return
        with self._changed:
            if self._due is None or due < self._due:
                self._due = due
                self._changed.notify()

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._receivers.clear()
            self._changed.notify()

    def _work(self) -> None:
        failed = ""
        while self._wait():
            read, self._begin = self._begin or self._read, None
            try:
                state = read()
            except Exception as error:  # noqa: BLE001 (a watch goes on, whatever happens to what is watched)
                if failed != str(error):
                    failed = str(error)
                    self._fail(error)
                self.touch(AGAIN_AFTER_ERROR_S)
                self._first()
                continue
            failed = ""
            with self._changed:
                before, self._state = self._state, state
                if not self._closed and self._receivers:
                    self._tell(list(self._receivers.values()), self._write(before, state))
            if read is not self._read:  # that was the beginning
                self.touch()
                continue
            self._first()
            after = self._again(state)
            if after is not None:
                self.touch(after)

    def _first(self) -> None:
        then, self._then = self._then, lambda: None
        then()

    def _wait(self) -> bool:
        """Until it is time to read. False: it is over."""
        with self._changed:
            while not self._closed:
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    self._due = None
                    return True
                self._changed.wait(left)
            return False

    def _tell(self, receivers: list[Receiver], push: Push | None) -> None:
        for receiver in receivers if push is not None else ():
            receiver.put(push)  # type: ignore[arg-type]  # without one there are no receivers here

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, OllamaError | OSError):
            LOG.error("%s cannot be watched", self.name, exc_info=error)
        with self._changed:
            receivers = list(self._receivers.values())
        for receiver in receivers:
            receiver.fail(error)
