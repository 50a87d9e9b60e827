"""An answer on a terminal: text as it comes, without what could drive the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .. import render
from ..events import Chunk, Done, Event, ToolResult
from ..messages import ToolCall

_PALE, _NORMAL = "\x1b[2m", "\x1b[0m"


class TerminalScreen:
    """Thoughts are pale where the terminal can do that, and marked as Ollama marks them; a tool call is a line, and so is its result."""

    def __init__(self) -> None:
        self._begun = self._in_line = False
        self._thinking = False

    def show(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Chunk):
                self._think(event.thinking)
                self._say(event.content)
                self._ask(event.tool_calls)
            elif isinstance(event, ToolResult):
                self._write(f"{render.result(event)}\n", pale=True)
        sys.stdout.flush()

    def finish(self, done: Done) -> None:
        self._last_line(render.footer(done))

    def give_up(self, word: str) -> None:
        if self._begun:
            self._last_line(word)

    def _think(self, text: str) -> None:
        if text and not self._thinking:
            self._write(f"{render.BEGIN_THOUGHTS}\n", pale=True)
            self._thinking = True
        self._write(text, pale=True)

    def _say(self, text: str) -> None:
        if text:
            self._end_thoughts()
        self._write(text)

    def _ask(self, calls: Sequence[ToolCall]) -> None:
        for call in calls:
            self._end_thoughts()
            self._write("\n" if self._in_line else "")
            self._write(f"{render.calls([call])}\n")

    def _end_thoughts(self) -> None:
        if self._thinking:
            self._write(f"\n{render.END_THOUGHTS}\n\n", pale=True)
            self._thinking = False

    def _last_line(self, text: str) -> None:
        self._write("\n" if self._in_line else "")
        self._write(text, pale=True)
        self._write("\n")
        sys.stdout.flush()

    def _write(self, text: str, *, pale: bool = False) -> None:
        if text:
            self._begun, self._in_line = True, not text.endswith("\n")
            shown = render.visible(text)
            sys.stdout.write(f"{_PALE}{shown}{_NORMAL}" if pale and sys.stdout.isatty() else shown)
