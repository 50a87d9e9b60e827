"""Threads for work that takes a while. One that is done takes the next piece.

To start a new thread is to wait until it has had its turn, which takes long where many are busy. Here whoever has work only puts it down:
there is always one thread to spare, and a thread that takes work sees to the next spare one first.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

IDLE_S = 10.0
"""A thread that has had no work for so long ends."""


Piece = tuple[Callable[[], None], str]


class Threads:
    """As many threads as there are pieces of work, and one to spare. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[Piece | None] = SimpleQueue()
        self._spare = 0

    def start(self, work: Callable[[], None], name: str) -> None:
        """Have something done.

        Args:
            work: what it raises is told by ``threading.excepthook``.
            name: what its thread is called meanwhile.
        Raises: RuntimeError when there are too many threads.
        """
        with self._lock:
            self._waiting.put((work, name))
            missing = not self._spare
            self._spare += missing
        if missing:
            self._begin()

    def close(self) -> None:
        """Let threads that have nothing to do end now. Others end when they have had nothing to do for a while."""
        with self._lock:
            if self._waiting.empty():
                for _ in range(self._spare):
                    self._waiting.put(None)
                self._waiting, self._spare = SimpleQueue(), 0

    def _begin(self) -> None:
        try:
            threading.Thread(target=self._serve, args=(self._waiting,), name="ollama-spare", daemon=True).start()
        except RuntimeError:
            with self._lock:
                self._spare -= 1
            raise

    def _serve(self, waiting: SimpleQueue[Piece | None]) -> None:
        thread = threading.current_thread()
        while piece := self._take(waiting):
            work, thread.name = piece
            work()
            del work, piece
            thread.name = "ollama-spare"
            with self._lock:
                self._spare += 1
                waiting = self._waiting

    def _take(self, waiting: SimpleQueue[Piece | None]) -> Piece | None:
        """The next piece of work, when there is another thread to spare; None when there has been none for long."""
        try:
            piece = waiting.get(timeout=IDLE_S)
        except Empty:
            piece = None
        with self._lock:
            if waiting is not self._waiting:  # closed meanwhile
                return piece
            if piece is None and not waiting.empty():
                piece = waiting.get_nowait()
            self._spare -= 1
            missing = piece is not None and not self._spare
            self._spare += missing
        if missing:
            with contextlib.suppress(RuntimeError):  # then whoever is done first takes the next piece
                self._begin()
        return piece
