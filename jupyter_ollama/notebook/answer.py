"""An answer while it comes: Markdown in one output of the cell, or text on a terminal; then one quiet line of statistics.

The saved Markdown is the model's text and nothing else. Where it came from (model, digest, options, seed, statistics) is saved in the
output's metadata under ``jupyter_ollama``; statistics and the mark of an interrupted answer stand in a small output below it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from .. import render
from ..events import Chunk, Done, Event, Progress
from .interrupt import brief, ended
from .progress import step_bundle

if TYPE_CHECKING:
    from ..run import Run

INTERVAL_S = 0.1
SLOWER_ABOVE = 8000
"""Characters of an answer from which on it is redrawn less often, in proportion to its length."""


class Screen(Protocol):
    """Where an answer is shown."""

    def show(self, events: Sequence[Event]) -> None:
        """Show what is new."""

    def finish(self, done: Done) -> None:
        """Show the whole answer and what it cost."""

    def give_up(self, word: str) -> None:
        """Show that no more comes: ``interrupted`` or ``failed``."""


def stream(run: Run[Done], shell: Any, keep: Callable[[Done], None]) -> None:
    """Show an answer while it comes, then hand it to ``keep``; a partial one too, when it was interrupted.

    Raises: what the run raises; KeyboardInterrupt, after what there is was shown and kept.
    """
    screen = screen_for(shell)
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


def screen_for(shell: Any) -> Screen:
    return CellScreen() if getattr(shell, "kernel", None) is not None else TerminalScreen()


class CellScreen:
    """One Markdown output, redrawn in place."""

    def __init__(self) -> None:
        self._text = ""
        self._handle: Any = None
        self._drawn_at = 0.0

    def show(self, events: Sequence[Event]) -> None:
        self._text += "".join(event.content for event in events if isinstance(event, Chunk))
        if self._text:
            if time.monotonic() - self._drawn_at >= INTERVAL_S * max(1.0, len(self._text) / SLOWER_ABOVE) - 0.01:
                self._draw(_markdown(self._text))
        elif steps := [event for event in events if isinstance(event, Progress)]:
            self._draw(step_bundle(steps[-1]))

    def finish(self, done: Done) -> None:
        self._draw(_markdown(done.message.content), {"jupyter_ollama": render.provenance(done)})
        _display({"text/plain": render.footer(done), "text/html": render.footer_html(done)})

    def give_up(self, word: str) -> None:
        if self._text:
            self._draw(_markdown(self._text))
        if self._text or self._handle is not None:
            mark = {"text/plain": word, "text/html": f'<div style="font-size: 85%; opacity: .65">{word}</div>'}
            _display(mark) if self._text else self._draw(mark)

    def _draw(self, bundle: dict[str, str], metadata: dict[str, Any] | None = None) -> None:
        if self._handle is None:
            self._handle = _display(bundle, metadata=metadata, display_id=True)
        else:
            self._handle.update(bundle, raw=True, metadata=metadata)
        self._drawn_at = time.monotonic()


class TerminalScreen:
    """Text as it comes, without what could drive the terminal."""

    def __init__(self) -> None:
        self._begun = False

    def show(self, events: Sequence[Event]) -> None:
        text = "".join(event.content for event in events if isinstance(event, Chunk))
        self._begun = self._begun or bool(text)
        sys.stdout.write(render.visible(text))
        sys.stdout.flush()

    def finish(self, done: Done) -> None:
        self._last_line(render.footer(done))

    def give_up(self, word: str) -> None:
        if self._begun:
            self._last_line(word)

    def _last_line(self, text: str) -> None:
        pale = ("\x1b[2m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
        sys.stdout.write(f"{chr(10) if self._begun else ''}{pale[0]}{text}{pale[1]}\n")
        sys.stdout.flush()


def _markdown(text: str) -> dict[str, str]:
    return {"text/plain": render.visible(text), "text/markdown": text}


def _display(bundle: dict[str, str], **how: Any) -> Any:
    from IPython.display import display

    return display(bundle, raw=True, **how)
