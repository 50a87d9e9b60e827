"""The one thread that sends to a front end: a numbered batch of all that came up in the last 30 ms.

Two kinds of things wait in line: items, and sources. A source says only that it has something; what that is, it is asked when its turn
comes. So nothing piles up behind a slow front end: what has become of a stream or a list meanwhile is one item.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from .packing import LOG, Item, packed

INTERVAL_S = 0.03
ECHOES_S = (1.0, 4.0)
"""When after the last batch an empty one follows: Jupyter's server drops messages for up to 3 s, and a loss shows in the next number."""
REMEMBERED_BYTES = 4_000_000
Send = Callable[[dict[str, Any]], None]


class Source(Protocol):
    """What has items when its turn comes."""

    def take(self) -> list[Item]:
        """All there is, now. Called by the thread that sends."""
        ...


class Outbox:
    """Sends in the context in which it was made, by a thread of its own, from ``begin`` on.

    Args:
        send: sends one message to the front end; only ever called by that thread.
        echoes_s: when after the last batch an empty one follows, in seconds.
    """

    def __init__(self, send: Send, echoes_s: tuple[float, ...] = ECHOES_S) -> None:
        self._send, self._echoes_s = send, echoes_s
        self._changed = threading.Condition()
        self._line: deque[Item | Source] = deque()
        self._in_line: set[int] = set()  # sources, by identity
        self._begun = self._closed = False
        self._hang_up: Callable[[], None] | None = None
        self._seq = 0
        self._last: OrderedDict[int, tuple[Item, int]] = OrderedDict()
        self._last_bytes = 0
        threading.Thread(target=contextvars.copy_context().run, args=(self._work,), name="ollama-outbox", daemon=True).start()

    def begin(self, *first: Item) -> None:
        """Send these first, then what waits in line."""
        with self._changed:
            self._line.extendleft(reversed(first))
            self._begun = True
            self._changed.notify()

    def put(self, *items: Item) -> None:
        """Send items with the next batch."""
        with self._changed:
            self._line.extend(items)
            self._changed.notify()

    def wake(self, source: Source) -> None:
        """A source has something. Quick when it is in line already."""
        if id(source) in self._in_line:  # if its turn comes at this moment, it has not been asked yet
            return
        with self._changed:
            if id(source) not in self._in_line:
                self._in_line.add(id(source))
                self._line.append(source)
                self._changed.notify()

    def again(self, request: int, unknown: Item) -> None:
        """Send the end of a request once more, or ``unknown`` if it is not remembered."""
        self.wake(_Again(lambda: self._last.get(request, (unknown, 0))[0]))

    def close(self, hang_up: Callable[[], None] | None = None) -> None:
        """Send nothing more. ``hang_up`` is called by the thread that sends."""
        with self._changed:
            self._closed, self._hang_up = True, hang_up
            self._changed.notify()

    def _work(self) -> None:
        try:
            for batch in self._batches():
                self._seq += 1
                self._send({"seq": self._seq, "items": [item for item, _ in batch]})
                self._remember(batch)
            if self._hang_up is not None:
                self._hang_up()
        except Exception as error:  # noqa: BLE001 (whatever the way to the front end raises when the kernel ends)
            LOG.debug("the way to a front end has ended", exc_info=error)

    def _batches(self) -> Iterator[list[tuple[Item, int]]]:
        """All that is to be sent until the end, at the pace at which it may be sent."""
        echoes: list[float] = []
        while self._wait(echoes):
            entries = self._take()
            if not entries:
                echoes = echoes[1:]
                yield []
                continue
            for batch in packed(self._items(entries)):
                yield batch
                time.sleep(INTERVAL_S if self._seq > 1 else 0.0)  # what is asked for upon the greeting need not wait
                if self._closed:
                    return
                echoes = [time.monotonic() + after for after in self._echoes_s]

    def _wait(self, echoes: list[float]) -> bool:
        """Until there is something to send, or an echo is due. False: it is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or (self._begun and bool(self._line)), max(0.0, echoes[0] - time.monotonic()) if echoes else None
            )
            return not self._closed

    def _take(self) -> list[Item | Source]:
        with self._changed:
            entries = list(self._line)
            self._line.clear()
            self._in_line.clear()
            return entries

    def _items(self, entries: Iterable[Item | Source]) -> Iterator[Item]:
        for entry in entries:
            if isinstance(entry, dict):
                yield entry
            else:
                yield from entry.take()

    def _remember(self, batch: Iterable[tuple[Item, int]]) -> None:
        """Keep how requests ended, for a front end that misses a batch."""
        with self._changed:
            for item, size in batch:
                if item["kind"] in ("result", "error") and item["id"] is not None and size < REMEMBERED_BYTES:
                    _, before = self._last.pop(item["id"], (item, 0))
                    self._last[item["id"]] = item, size
                    self._last_bytes += size - before
            while self._last_bytes > REMEMBERED_BYTES:
                self._last_bytes -= self._last.popitem(last=False)[1][1]


class _Again(NamedTuple):
    """A source that is asked when what was sent before has been remembered."""

    item: Callable[[], Item]

    def take(self) -> list[Item]:
        """See ``Source.take``."""
        return [self.item()]
