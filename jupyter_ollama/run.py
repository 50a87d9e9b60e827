"""A verb at work.

A verb is a generator function: it takes a ``CancelToken``, yields events and returns its result. ``Run.start`` runs it on a thread of
its own, keeps what it yields, and lets any number of readers follow it, early or late, from threads or from asyncio.

    run = Run.start(lambda cancel: create(store, name, cancel=cancel))
    for event in run: ...          # or: async for event in run
    value = run.result()           # or: await run

What is kept is bounded: when much has piled up, old neighbours are folded together (texts joined, a step's earlier states dropped) where
no reader stands between them, so a late reader still sees the whole answer and the last state of every step.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Generic, TypeVar

from .bell import Bell
from .cancelling import CancelToken
from .cards import Card, ShownAs
from .errors import Cancelled, OllamaError
from .events import Chunk, Event, Progress
from .joining import fold
from .threads import Threads

T = TypeVar("T")
KEPT_EVENTS = 2048


Work = Callable[[CancelToken], Generator[Event, None, T]]


class Run(ShownAs, Generic[T]):
    """A verb at work: its events, its result, its end.

    ``model`` is the name it was asked for, ``step`` the last step it reported. ``number`` tells apart the runs of one ``Ollama``, and
    ``origin`` is what started it (``runs.ORIGIN``).
    """

    def __init__(self, verb: str = "", model: str = "", *, number: int = 0, origin: str = "") -> None:
        self.verb, self.model, self.number, self.origin = verb, model, number, origin
        self.token = CancelToken()
        self.started_at = time.time()
        lock = threading.RLock()
        self._changed, self._settled = threading.Condition(lock), threading.Condition(lock)  # whoever waits for the end sleeps until then
        self._kept: list[tuple[int, Event]] = []
        self._count = 0
        self._fold_at = KEPT_EVENTS
        self._finished = False
        self._over = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None
        self.step: Progress | None = None
        self._readers: weakref.WeakSet[Reader] = weakref.WeakSet()
        self._listeners: list[Callable[[], None]] = []
        self.token.questions.on_ask = self._settle

    @classmethod
    def start(cls, work: Work[T], *, verb: str = "") -> Run[T]:
        """Start ``work`` at once, on a daemon thread that inherits the caller's context variables. ``verb`` is what it is called."""
        run: Run[T] = cls(verb)
        run.begin(work)
        return run

    def begin(self, work: Work[T], threads: Threads | None = None) -> None:
        """Start the work of a run that was made without one; once.

        Args:
            threads: where the thread comes from; by default it is a new one.
        """
        context, name = contextvars.copy_context(), f"ollama-{self.verb}"
        if threads is None:
            threading.Thread(target=context.run, args=(self._work, work), name=name, daemon=True).start()
        else:
            threads.start(lambda: context.run(self._work, work), name)

    def _work(self, work: Work[T]) -> None:
        generator = work(self.token)
        try:
            while True:
                self._put(next(generator))
        except StopIteration as stop:
            self._end(stop.value, None)
        except BaseException as error:  # noqa: BLE001 (it belongs to whoever asks for the result)
            self._end(None, error)

    def _settle(self) -> None:
        with self._settled:
            self._settled.notify_all()
        self._wake()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def _put(self, event: Event) -> None:
        with self._changed:
            self._count += 1
            self._kept.append((self._count, event))
            if isinstance(event, Progress):
                self.step = event
            if len(self._kept) > self._fold_at:
                self._fold()
        self._wake()

    def _end(self, value: T | None, error: BaseException | None) -> None:
        with self._changed:
            self._value, self._error, self._finished = value, error, True
            self._over.set()
        self._settle()

    def _fold(self) -> None:
        borders = {reader.position for reader in self._readers}
        self._kept = fold(self._kept, borders)
        self._fold_at = max(KEPT_EVENTS, 2 * len(self._kept))

    def __iter__(self) -> Iterator[Event]:
        return self.reader()

    def reader(self) -> Reader:
        """A place among the events, at their beginning."""
        return Reader(self)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener``, which must be quick, from the run's thread whenever there is something new: an event, a question, the end.
        Returns the function that takes it back.
        """
        with self._changed:
            self._listeners.append(listener)

        def forget() -> None:
            with self._changed:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return forget

    def batches(self, seconds: float) -> Iterator[list[Event]]:
        """Events in groups, for what should not be redrawn or sent for each token: the first at once, then one about every ``seconds``.

        Units: ``seconds`` between groups; nothing is held back at the end.
        """
        reader, next_at = self.reader(), 0.0
        while True:
            try:
                with self._changed:
                    self._changed.wait_for(lambda: self._finished or self._count > reader.position or self.token.questions.waiting)
                if self._count == reader.position and self.token.questions.answer():
                    continue
                self._over.wait(max(0.0, next_at - time.monotonic()))  # not woken by every event
            except KeyboardInterrupt:
                self.cancel()
                raise
            events, finished = reader.take()
            next_at = time.monotonic() + seconds
            if events:
                yield events
            if finished:
                self._raise()
                return

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._follow()

    async def _follow(self) -> AsyncIterator[Event]:
        async for events in self.arrivals():
            for event in events:
                yield event

    async def arrivals(self, bell: Bell | None = None) -> AsyncIterator[list[Event]]:
        """Events in groups, for asyncio: what has come in since the loop's last turn. However fast they come, a turn costs one wake-up.

        Args:
            bell: by which the loop is woken, for many runs at once.
        """
        loop, ready, woken = asyncio.get_running_loop(), asyncio.Event(), False
        reader = self.reader()

        def wake() -> None:
            nonlocal woken
            if not woken and not loop.is_closed():
                woken = True
                (bell.ring if bell else loop.call_soon_threadsafe)(ready.set)

        forget = self.listen(wake)
        try:
            while True:
                ready.clear()
                woken = False
                events, finished = reader.take()
                if events:
                    yield events
                if finished:
                    self._raise()
                    return
                if not events and not self.token.questions.answer():
                    await ready.wait()
        finally:
            forget()

    def __await__(self) -> Generator[object, None, T]:
        return self._finish().__await__()

    async def _finish(self) -> T:
        try:
            async for _ in self:
                pass
        except asyncio.CancelledError:
            self.cancel()
            raise
        return self.result()

    def result(self, timeout: float | None = None) -> T:
        """Wait for the end and return what the verb returns. What the verb has to ask is asked meanwhile.

        An interrupt (Ctrl+C, the kernel's stop button) while waiting cancels the run and is raised again.
        Raises: whatever the verb raised; Cancelled; TimeoutError when ``timeout`` seconds were not enough.
        """
        try:
            while not self._finished or self.token.questions.waiting:
                with self._settled:
                    if not self._settled.wait_for(lambda: self._finished or self.token.questions.waiting, timeout):
                        raise TimeoutError(f"{self.verb or 'the run'} has not finished after {timeout} s")
                self.token.questions.answer()
        except KeyboardInterrupt:
            self.cancel()
            raise
        self._raise()
        return self._value  # type: ignore[return-value]  # set when it ended without an error

    def cancel(self) -> None:
        """Ask the verb to stop; it ends soon with Cancelled (or with what it has, where that is of use)."""
        self.token.cancel()

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self._finished

    @property
    def error(self) -> BaseException | None:
        """What the verb raised, once it ended; None if it has not ended or ended well."""
        return self._error

    def _raise(self) -> None:
        if self._error is None:
            return
        if isinstance(self._error, OllamaError):
            raise self._error.with_traceback(None)
        raise self._error

    def __repr__(self) -> str:
        return f"<Run {self.verb} {self.state}, {self._count} events>"

    @property
    def state(self) -> str:
        """running, asking, finished, cancelled or failed."""
        if not self._finished:
            return "asking" if self.token.questions.waiting else "running"
        return "finished" if self._error is None else "cancelled" if isinstance(self._error, Cancelled) else "failed"

    def _card(self) -> Card:
        with self._changed:
            steps = [event.status for _, event in self._kept if isinstance(event, Progress)]
            answer = "".join(event.content for _, event in self._kept if isinstance(event, Chunk))
            result = "" if self._value is None else str(self._value)
        return Card(
            self.verb or "run",
            self.state,
            rows={
                "events": self._count,
                "last step": steps[-1] if steps else "",
                "answer": answer,
                "result": "" if result == answer else result,
                "error": "" if self._error is None else str(self._error),
            },
        )


class Reader(Iterator[Event]):
    """One reader's place among the events. Iterating waits, and asks what the run has to ask; ``take`` does neither."""

    def __init__(self, run: Run[T]) -> None:
        self._run = run
        self.position = 0
        run._readers.add(self)

    def take(self) -> tuple[list[Event], bool]:
        """All events not read yet, and whether the run has ended."""
        run = self._run
        with run._changed:
            events = [event for number, event in _after(run._kept, self.position)]
            self.position = run._count
            return events, run._finished

    def __next__(self) -> Event:
        run = self._run
        questions = run.token.questions
        try:
            while True:
                with run._changed:
                    run._changed.wait_for(lambda: run._count > self.position or run._finished or questions.waiting)
                    for number, event in _after(run._kept, self.position):
                        self.position = number
                        return event
                if not questions.answer():
                    break
        except KeyboardInterrupt:
            run.cancel()
            raise
        run._raise()
        raise StopIteration


def _after(kept: list[tuple[int, Event]], position: int) -> Iterator[tuple[int, Event]]:
    low, high = 0, len(kept)
    while low < high:
        middle = (low + high) // 2
        if kept[middle][0] <= position:
            low = middle + 1
        else:
            high = middle
    for index in range(low, len(kept)):
        yield kept[index]
