"""Many questions at once, and the answers as they come: the engine evaluates what is asked at the same time in one batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..errors import Cancelled, OllamaError
from ..events import Done
from ..run import Run

AT_ONCE = 16
"""As many answers as one step of the engine makes."""
J = TypeVar("J")


@dataclass(frozen=True)
class Question:
    """What one answer needs. ``call`` has the arguments of ``Ollama.chat`` besides model and messages."""

    model: str
    messages: Any
    call: dict[str, Any] = field(default_factory=dict)


class Asking:
    """Asks an ``Ollama``. What it has not answered when the loop over the answers is left, or interrupted, is cancelled."""

    def __init__(self, ollama: Any, at_once: int = AT_ONCE) -> None:
        self._ollama, self._at_once = ollama, max(1, at_once)
        self._running: set[Run[Done]] = set()
        self._lock = threading.Lock()
        self._left = False

    def answers(self, jobs: Sequence[J], question: Callable[[J], Question]) -> Iterator[tuple[J, Done | OllamaError]]:
        """Each job with its answer, or with what went wrong with it, in the order in which they come."""
        waiting: dict[Future[Done], J] = {}
        ahead = iter(jobs)
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="asking") as pool:
            try:
                while True:
                    for job in ahead:
                        waiting[pool.submit(self._ask, question, job)] = job
                        if len(waiting) >= 2 * self._at_once:
                            break
                    if not waiting:
                        return
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        yield waiting.pop(future), _outcome(future)
            finally:
                self._leave(waiting)

    def _ask(self, question: Callable[[J], Question], job: J) -> Done:
        asked = question(job)
        with self._lock:
            if self._left:
                raise Cancelled("cancelled.")
            run: Run[Done] = self._ollama.chat(asked.model, asked.messages, **asked.call)
            self._running.add(run)
        try:
            return run.result()
        finally:
            with self._lock:
                self._running.discard(run)

    def _leave(self, waiting: dict[Future[Done], Any]) -> None:
        for future in waiting:
            future.cancel()
        with self._lock:
            self._left = True
            running = list(self._running)
        for run in running:
            run.cancel()


def _outcome(future: Future[Done]) -> Done | OllamaError:
    try:
        return future.result()
    except OllamaError as error:
        return error
