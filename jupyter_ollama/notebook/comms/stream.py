"""The events of one run on their way to one front end, and how the request ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...errors import Cancelled, OllamaError
from ...events import Event
from ...joining import joined
from ...run import Run
from ...wire.panel.events import event
from ...wire.panel.faults import fault
from .outbox import Outbox
from .packing import LOG, Item

MAX_TEXT = 64_000
"""Longest text of one chunk, in characters."""
MAX_STATE = 3
"""As many large chunks stand in one ``state`` item; the rest follow as events."""


class Stream:
    """A source of items for the outbox: what is new of a run, joined, and in the end its result or error.

    Nothing is kept here: the run keeps its events, and what has not been sent is read there. A run that has something to ask is not
    answered by who follows it.

    Args:
        finish: from the run's result to that of the request.
        own: whether the run was started for this request, so that cancelling one is cancelling the other.
        stays: whether the run goes on without this front end.
    """

    def __init__(
        self, request: int, run: Run[Any], finish: Callable[[Any], Any], outbox: Outbox, ended: Callable[[int], None],
        *, own: bool, stays: bool,
    ) -> None:  # fmt: skip
        self.request, self.run, self.own, self.stays = request, run, own, stays
        self._finish, self._outbox, self._ended = finish, outbox, ended
        self._reader = run.reader()
        self._anew = self._left = self._over = False
        self._forget = run.listen(self._wake)
        self._wake()

    def _wake(self) -> None:
        self._outbox.wake(self)

    def again(self) -> None:
        """Send everything once more: something was lost on the way."""
        self._anew = True
        self._wake()

    def cancel(self) -> None:
        """Stop the run, or only following it."""
        if self.own:
            self.run.cancel()
        else:
            self._left = True
            self._wake()

    def forget(self) -> None:
        """Send nothing more."""
        self._over = True
        self._forget()

    def take(self) -> list[Item]:
        """See ``Source.take``."""
        if self._over:
            return []
        anew, self._anew = self._anew, False
        if anew:
            self._reader = self.run.reader()
        events, finished = self._reader.take()
        items = self._state(events) if anew else [self._item(one) for one in _written(events)]
        if finished or self._left:
            self.forget()
            self._ended(self.request)
            items.append(self._end())
        return items

    def _item(self, one: Any) -> Item:
        return {"kind": "event", "id": self.request, "event": one}

    def _state(self, events: Iterable[Event]) -> list[Item]:
        pieces = list(_written(events))
        first: list[Any] = []
        size = 0
        while pieces and size < MAX_STATE * MAX_TEXT:
            first.append(pieces.pop(0))
            size += len(first[-1].get("content", "")) + len(first[-1].get("thinking", ""))
        return [{"kind": "state", "id": self.request, "events": first}, *map(self._item, pieces)]

    def _end(self) -> Item:
        try:
            if not self.run.done:
                raise Cancelled("it is not followed any more.")
            return {"kind": "result", "id": self.request, "result": self._finish(self.run.result(0))}
        except BaseException as error:  # noqa: BLE001 (whatever a verb raises is told to the front end)
            return failure(self.request, error)


def failure(request: int | None, error: BaseException) -> Item:
    """How a request ends that failed. What nobody expected is told to the log as well."""
    if not isinstance(error, OllamaError):
        LOG.error("a request of the front end failed", exc_info=error)
    return {"kind": "error", "id": request, "error": fault(error)}


def _written(events: Iterable[Event]) -> Iterator[Any]:
    """Events as JSON, as few as say the same: of a step only the last state, texts joined and cut where they are long."""
    for one in _last_states([written for each in joined(events) if (written := event(each)) is not None]):
        if one["type"] == "chunk" and len(one["content"]) + len(one["thinking"]) > MAX_TEXT:
            yield from _cut(one)
        else:
            yield one


def _last_states(written: list[Any]) -> Iterator[Any]:
    last = {(one["step"], one["status"], one["digest"]): index for index, one in enumerate(written) if one["type"] == "progress"}
    for index, one in enumerate(written):
        if one["type"] != "progress" or last[one["step"], one["status"], one["digest"]] == index:
            yield one


def _cut(chunk: Any) -> Iterator[Any]:
    """A long chunk in pieces. Of one with both, the thoughts came first."""
    for part in ("thinking", "content"):
        for start in range(0, len(chunk[part]), MAX_TEXT):
            yield {"type": "chunk", "content": "", "thinking": "", "toolCalls": [], part: chunk[part][start : start + MAX_TEXT]}
    if chunk["toolCalls"]:
        yield {**chunk, "content": "", "thinking": ""}
