"""What a front end asks of the connection itself: to be pushed what changes, to stop or follow work, to hear again what it missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...wire.panel.results import result
from ..desk import Ask, Started
from .feed.feed import NAMES

if TYPE_CHECKING:
    from .front_end import FrontEnd


@dataclass(frozen=True, slots=True)
class Following(Started[Any]):
    """A run that was there already. Cancelling the request ends the following, not the run."""


def watch(front_end: FrontEnd, ask: Ask) -> None:
    """Push topics from now on, the whole first."""
    names = ask.texts("topics")
    unknown = next((name for name in names if name not in NAMES), None)
    if unknown is not None:
        raise ask.refuse(f"there is no topic {unknown!r}.", f"Topics are {', '.join(NAMES)}.")
    front_end.watch(names)


def resync(front_end: FrontEnd, ask: Ask) -> None:
    """Say again what was lost."""
    waited_for = ask.any("open", [])
    if not isinstance(waited_for, list) or not all(isinstance(one, int) and not isinstance(one, bool) for one in waited_for):
        raise ask.refuse("open is a list of the ids of requests.")
    front_end.resync(dict.fromkeys(waited_for))


def cancel(front_end: FrontEnd, ask: Ask) -> None:
    """Stop the work of a request or a run. What has ended already stays as it is."""
    request, number = ask.number("of", 0), ask.number("run", 0)
    if not (request or number):
        raise ask.refuse("of (a request) or run is missing.")
    if request:
        front_end.cancel(request)
    if number and (run := ask.ollama.runs.find(number)) is not None:
        run.cancel()


def follow(front_end: FrontEnd, ask: Ask) -> Following:
    """The events of a run, from its beginning."""
    number = ask.number("run")
    run = ask.ollama.runs.find(number)
    if run is None:
        raise ask.refuse(f"there is no run {number}, or it has ended.")
    return Following(run, result)


def leave(front_end: FrontEnd, ask: Ask) -> None:
    """The page goes away."""
    front_end.close(hang_up=True)


OWN: dict[str, Callable[[FrontEnd, Ask], Any]] = {
    "watch": watch,
    "resync": resync,
    "cancel": cancel,
    "follow": follow,
    "leave": leave,
}
