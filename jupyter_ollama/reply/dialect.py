"""What a dialect is: one way in which models write tool calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .parts import Parts
from .speech import Speech
from .tagged import Tagged
from .tape import Reading, Tape


@dataclass(frozen=True)
class Dialect:
    """A way to write tool calls.

    Args:
        spoken: whether a model whose template is this speaks it.
        read: reads an answer behind its thoughts. It may return before the end: what follows is content.
        tokens: the texts of control tokens that it needs to see.
        channels: it tells thoughts from content itself, and applies without tools as well.
        tagged: how calls are written that may interrupt thoughts.
    """

    name: str
    spoken: Callable[[Speech], bool]
    read: Callable[[Tape, Parts, Speech], Reading[None]]
    tokens: tuple[str, ...] = ()
    channels: bool = False
    tagged: Tagged | None = None
