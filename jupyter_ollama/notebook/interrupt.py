"""Ctrl+C and the stop button while a verb works: the verb ends, the interrupt goes on ("Run all" stops), the traceback stays short."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..errors import OllamaError

if TYPE_CHECKING:
    from ..run import Run

T = TypeVar("T")
PATIENCE_S = 10.0


def ended(run: Run[T]) -> T | None:
    """Cancel and wait for the end. What the verb has by then, or None if it has nothing to give."""
    run.cancel()
    try:
        return run.result(PATIENCE_S)
    except (OllamaError, TimeoutError):
        return None


def brief(interrupt: KeyboardInterrupt) -> KeyboardInterrupt:
    """The same interrupt, shown by IPython as one line."""
    interrupt._render_traceback_ = lambda: ["\x1b[31mKeyboardInterrupt\x1b[0m"]  # type: ignore[attr-defined]
    return interrupt
