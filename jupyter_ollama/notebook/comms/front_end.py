"""One page or widget that is connected: what it has asked, and what it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...errors import BadRequest
from ...runs import ORIGIN
from ..desk import VERBS, Ask, Started
from . import requests
from .crew import Crew
from .feed import Feed, Pushes
from .feed.pushes import Push
from .hello import hello
from .outbox import Outbox, Send
from .packing import Item
from .requests import Request
from .stream import Stream, failure
from .verbs import OWN, Following

if TYPE_CHECKING:
    from .hub import Hub

MAX_OPEN = 256
DESK_THREADS = 4


class FrontEnd:
    """Made in the context in which the front end was opened; all that is sent goes out in it.

    Args:
        hub: knows the Ollama that is asked, and the other front ends.
        send: sends one message.
        hang_up: closes the way from this side.
        refused: why this front end is answered nothing but this.
    """

    def __init__(self, hub: Hub, send: Send, hang_up: Callable[[], None] | None = None, refused: BadRequest | None = None) -> None:
        self.hub = hub
        self.heard_at = time.monotonic()
        self.outbox = Outbox(send)
        self._hang_up, self._refused = hang_up, refused
        self._pushes = Pushes(self.outbox)
        self._watched: tuple[str, ...] = ()
        self._feed: Feed | None = None
        self._lock = threading.Lock()
        self._streams: dict[int, Stream] = {}
        self._asked: dict[int, bool] = {}  # those being answered, and whether they were cancelled meanwhile
        self._closed = False
        self._own, self._desk = Crew(1, "ollama-connection"), Crew(DESK_THREADS, "ollama-desk")
        self._own.do(self._greet)

    @property
    def closed(self) -> bool:
        """Whether nothing is sent any more."""
        return self._closed

    # ------------------------------------------------------------ what comes in

    def receive(self, message: Any) -> None:
        """Take one message of the front end, whatever it holds. Returns at once; every message is answered, unless this is closed."""
        self.heard_at = time.monotonic()
        if self._closed:
            return
        try:
            request = requests.read(message)
            if self._refused is not None:
                raise requests.refusal(self._refused.message, request.id, self._refused.hint)
            answer, crew = self._choose(request)
            self._open(request.id)
        except BadRequest as error:
            self.outbox.put(failure(error.id, error))
            return
        crew.do(lambda: self._answer(request, answer))

    def _choose(self, request: Request) -> tuple[Callable[[Ask], Any], Crew]:
        """Who answers this. What concerns the connection does not wait for a disk."""
        own = OWN.get(request.verb)
        if own is not None:
            return lambda ask: own(self, ask), self._own
        found = VERBS.get(request.verb)
        if found is None:
            hint = "The page and the kernel may have different versions of jupyter_ollama."
            raise requests.refusal(f"there is no verb {request.verb!r}.", request.id, hint)
        return found, self._desk

    def _open(self, request: int) -> None:
        with self._lock:
            if request in self._asked or request in self._streams:
                raise requests.refusal(f"the request {request} is not answered yet.")
            if len(self._asked) + len(self._streams) >= MAX_OPEN:
                raise requests.refusal(f"{MAX_OPEN} requests wait for their answers already.", request)
            self._asked[request] = False

    # ------------------------------------------------------------ what goes out

    def _greet(self) -> None:
        ollama, trouble = None, []
        try:
            ollama = self.hub.ollama()
        except Exception as error:  # noqa: BLE001 (the front end shows why there is no Ollama)
            trouble.append(failure(None, error))
        if self._refused is not None:
            trouble.append(failure(None, self._refused))
        self.outbox.begin(hello(ollama), *trouble)
        if not (trouble or self._closed):
            with self._telling():
                self.hub.feed().prepare()

    def _answer(self, request: Request, answer: Callable[[Ask], Any]) -> None:
        ORIGIN.set("panel")
        end: Item | None = None
        try:
            ollama = self.hub.ollama()
            value = answer(Ask(ollama, request.verb, request.args, self.hub.magics))
            if isinstance(value, Started):
                self._follow(request.id, value, own=not isinstance(value, Following))
            else:
                end = {"kind": "result", "id": request.id, "result": value}
        except BaseException as error:  # noqa: BLE001 (whatever a verb raises is told to the front end)
            end = failure(request.id, error)
        if end is not None:
            self.outbox.put(end)
            with self._lock:
                self._asked.pop(request.id, None)
            if request.verb not in OWN:
                self.hub.asked()

    def _follow(self, request: int, started: Started[Any], *, own: bool) -> None:
        with self._lock:
            closed, unwanted = self._closed, self._asked.pop(request, False)
            if not closed:
                stream = Stream(request, started.run, started.finish, self.outbox, self._ended, own=own, stays=started.stays)
                self._streams[request] = stream
        if unwanted:
            started.run.cancel()
        elif closed and own and not started.stays:
            self.hub.abandon(started.run)

    def _ended(self, request: int) -> None:
        with self._lock:
            self._streams.pop(request, None)

    # ------------------------------------------------------------ what the verbs of the connection need

    def watch(self, names: Iterable[str]) -> None:
        """Push these topics, the whole of them first."""
        self._watched = tuple(dict.fromkeys((*self._watched, *names)))
        self._push_whole()

    def resync(self, waited_for: Iterable[int]) -> None:
        """Say again what these requests have come to, and everything that is pushed."""
        for request in waited_for:
            with self._lock:
                stream, asked = self._streams.get(request), request in self._asked
            if stream is not None:
                stream.again()
            elif not asked:
                self.outbox.again(request, failure(request, requests.refusal("the answer was lost on its way.", request, "Ask again.")))
        self._push_whole()

    def cancel(self, request: int) -> None:
        """Stop what a request asked for; nothing happens if that has ended."""
        with self._lock:
            stream = self._streams.get(request)
            if request in self._asked:
                self._asked[request] = True
        if stream is not None:
            stream.cancel()

    def follows(self, run: object) -> bool:
        """Whether the events of a run go to this front end."""
        with self._lock:
            return any(stream.run is run for stream in self._streams.values())

    def moved(self) -> None:
        """There is another Ollama now: say hello again, and push everything of it. Returns at once."""
        self._own.do(self._move)

    def _move(self) -> None:
        self._unwatch()
        self._pushes.clear()
        with self._telling():
            self.outbox.put(hello(self.hub.ollama()))
            self._push_whole()

    def _push_whole(self) -> None:
        if self._watched and not self._closed:
            self._feed = self.hub.feed()
            self._feed.join(self, self._watched)

    def _unwatch(self) -> None:
        if self._feed is not None:
            self._feed.leave(self)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 (the front end shows why there is no Ollama)
            self.outbox.put(failure(None, error))

    def put(self, push: Push) -> None:
        """See ``Receiver.put``."""
        self._pushes.put(push)

    def fail(self, error: BaseException) -> None:
        """See ``Receiver.fail``."""
        self.outbox.put(failure(None, error))

    # ------------------------------------------------------------ the end

    def close(self, *, hang_up: bool = False) -> None:
        """Send nothing more, and stop what only this front end wanted, unless another takes it up in time.

        Args:
            hang_up: close the way from this side; the front end has not done it.
        """
        with self._lock:
            if self._closed:
                return
            self._closed = True
            streams = list(self._streams.values())
            self._streams.clear()
        self.hub.left(self)
        self._unwatch()
        for stream in streams:
            stream.forget()
            if stream.own and not stream.stays:
                self.hub.abandon(stream.run)
        self._own.end()
        self._desk.end()
        self.outbox.close(self._hang_up if hang_up else None)
