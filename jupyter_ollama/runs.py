"""``Runs``: what one ``Ollama`` is doing, whoever asked for it (a cell, a panel, the server), and what it did last.

    run = ollama.runs.start(work, verb="pull", model="llama3.2")
    ollama.runs.states()       # of all that run, and of the last ones that ended
"""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from .events import Progress
from .run import Run, Work
from .shown import Fields
from .threads import Threads

T = TypeVar("T")
ENDED_KEPT = 16

ORIGIN: ContextVar[str] = ContextVar("origin", default="")
"""What starts runs in this context; a face that works for somebody else than the code that calls it says so: ``panel``, ``server``."""


@dataclass(frozen=True, slots=True)
class RunState(Fields):
    """What a run is doing, or how it ended. ``state`` is running, asking, finished, cancelled or failed; ``step`` its last one."""

    number: int
    verb: str
    model: str
    origin: str
    state: str
    step: Progress | None = None
    failure: str = ""


def state_of(run: Run[Any]) -> RunState:
    """The state of a run now."""
    error = run.error if run.state == "failed" else None
    return RunState(run.number, run.verb, run.model, run.origin, run.state, run.step, "" if error is None else str(error))


class Runs:
    """The runs of one ``Ollama``. Safe to use from several threads. Of a run that has ended, only the state is kept here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = Threads()
        self._last = 0
        self._running: dict[int, Run[Any]] = {}
        self._ended: deque[tuple[RunState, weakref.ref[Run[Any]]]] = deque(maxlen=ENDED_KEPT)
        self._listeners: tuple[Callable[[], None], ...] = ()

    def __repr__(self) -> str:
        return f"<Runs: {', '.join(f'{one.verb} {one.model} {one.state}' for one in self.states()) or 'none'}>"

    def start(self, work: Work[T], *, verb: str, model: str = "") -> Run[T]:
        """Start work at once, as ``Run.start`` does, and know of it."""
        with self._lock:
            self._last += 1
            run: Run[T] = Run(verb, model, number=self._last, origin=ORIGIN.get())
            self._running[run.number] = run
        forget = run.listen(lambda: self._heard(run, forget))
        run.begin(work, self._threads)
        self._tell()
        return run

    def close(self) -> None:
        """Let go of threads that have nothing to do."""
        self._threads.close()

    def states(self) -> list[RunState]:
        """All that run and the last ones that ended, in the order in which they were started."""
        with self._lock:
            running, ended = list(self._running.values()), [state for state, _ in self._ended]
        return sorted([*ended, *map(state_of, running)], key=lambda state: state.number)

    @property
    def working(self) -> frozenset[int]:
        """The numbers of all that run."""
        with self._lock:
            return frozenset(self._running)

    def find(self, number: int) -> Run[Any] | None:
        """A run by its number; None when there is none, or when it has ended and nobody keeps it."""
        with self._lock:
            found = self._running.get(number)
            return found or next((run() for state, run in self._ended if state.number == number), None)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener``, which must be quick, from any thread whenever a run starts, reports something or ends. Returns the function
        that takes it back.
        """
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def forget() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return forget

    def _heard(self, run: Run[Any], forget: Callable[[], None]) -> None:
        if run.done:
            forget()
            with self._lock:
                if self._running.pop(run.number, None) is not None:
                    self._ended.append((state_of(run), weakref.ref(run)))
        self._tell()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
