"""All front ends of one Ollama: of the default one (``default``), or of one that a widget was given.

    front_end = default().connect(send)     # then front_end.receive(message) for each that comes in, and front_end.close()
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import BadRequest
from ...run import Run
from ..session import Session, get, on_change
from .feed import Feed
from .front_end import FrontEnd
from .outbox import Send

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

GRACE_S = 15.0
"""A page that is loaded again has as long to take up an answer that nobody follows any more."""


class Hub:
    """Front ends that see the same models and runs.

    Args:
        current: gives the Ollama; it may be another one later (``changed``).
        grace_s: for how long an answer goes on that nobody follows any more, in seconds.
    """

    def __init__(self, current: Callable[[], Ollama], *, grace_s: float = GRACE_S) -> None:
        self._current, self._grace_s = current, grace_s
        self._lock = threading.Lock()
        self._front_ends: list[FrontEnd] = []
        self._feed: Feed | None = None
        self.magics: Session | None = None

    def ollama(self) -> Ollama:
        """The one that is asked now. Raises: what making it raises."""
        return self._current()

    def connect(self, send: Send, hang_up: Callable[[], None] | None = None, refused: BadRequest | None = None) -> FrontEnd:
        """Connect a front end; see there. Returns at once, also where the Ollama has still to be made."""
        front_end = FrontEnd(self, send, hang_up, refused)
        with self._lock:
            self._front_ends.append(front_end)
        return front_end

    def feed(self) -> Feed:
        """What is pushed of the Ollama that is asked now."""
        ollama = self.ollama()
        with self._lock:
            if self._feed is None or self._feed.ollama is not ollama:
                old, self._feed = self._feed, Feed(ollama)
                if old is not None:
                    old.close()
            return self._feed

    def asked(self) -> None:
        """A front end had something done."""
        with self._lock:
            feed = self._feed
        if feed is not None:
            feed.asked()

    def abandon(self, run: Run[Any]) -> None:
        """Cancel a run in a while, unless some front end follows it then."""

        def cancel() -> None:
            with self._lock:
                front_ends = list(self._front_ends)
            if not any(one.follows(run) for one in front_ends):
                run.cancel()

        timer = threading.Timer(self._grace_s, cancel)
        timer.daemon = True
        timer.start()

    def left(self, front_end: FrontEnd) -> None:
        """A front end is gone. With the last one, nothing is watched any more."""
        with self._lock:
            if front_end in self._front_ends:
                self._front_ends.remove(front_end)
            feed = None
            if not self._front_ends:
                feed, self._feed = self._feed, None
        if feed is not None:
            feed.close()

    def changed(self) -> None:
        """Another Ollama is asked from now on: tell everybody."""
        with self._lock:
            front_ends = list(self._front_ends)
        for front_end in front_ends:
            front_end.moved()

    def close(self) -> None:
        """Hang up on all front ends."""
        with self._lock:
            front_ends = list(self._front_ends)
        for front_end in front_ends:
            front_end.close(hang_up=True)


_default: Hub | None = None
_making = threading.Lock()


def default() -> Hub:
    """The front ends of the default Ollama."""
    global _default
    with _making:
        if _default is None:
            _default = Hub(get)
            on_change(_default.changed)
        return _default
