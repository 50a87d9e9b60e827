"""An answer while it comes, and then one quiet line of statistics.

In a cell the answer is one output of Markdown, which is the model's text and nothing else; on a terminal it is text. Thoughts and tool
calls stand in outputs of their own around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..events import Done, Event
from .cell_screen import INTERVAL_S, CellScreen
from .interrupt import brief, ended
from .terminal_screen import TerminalScreen

if TYPE_CHECKING:
    from ..run import Run


class Screen(Protocol):
    """Where an answer is shown."""

    def show(self, events: Sequence[Event]) -> None:
        """Show what is new."""

    def finish(self, done: Done) -> None:
        """Show the whole answer and what it cost."""

    def give_up(self, word: str) -> None:
        """Show that no more comes: ``interrupted`` or ``failed``."""


def stream(run: Run[Done], shell: Any, keep: Callable[[Done], None], asked: Mapping[str, Any]) -> None:
    """Show an answer while it comes, then hand it to ``keep``; a partial one too, when it was interrupted. What was ``asked`` is saved
    beside it.

    Raises: what the run raises; KeyboardInterrupt, after what there is was shown and kept.
    """
    screen = screen_for(shell, asked)
    try:
        for events in run.batches(INTERVAL_S):
            screen.show(events)
        done = run.result()
    except KeyboardInterrupt as interrupt:
        if partial := ended(run):
            screen.finish(partial)
            keep(partial)
        else:
            screen.give_up("interrupted")
        raise brief(interrupt) from None
    except BaseException:
        screen.give_up("failed")
        raise
    screen.finish(done)
    keep(done)


def screen_for(shell: Any, asked: Mapping[str, Any]) -> Screen:
    return CellScreen(asked) if getattr(shell, "kernel", None) is not None else TerminalScreen()
