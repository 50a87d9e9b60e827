"""What was typed before: Ollama's own file, the newest hundred lines, for the user's eyes only."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import History

MOST_LINES = 100


class LineHistory(History):
    """A history of single lines. ``on`` says whether new ones are kept."""

    def __init__(self, path: Path | None) -> None:
        super().__init__()
        self.path = path
        self.on = path is not None

    def load_history_strings(self) -> Iterable[str]:
        """The newest first."""
        return reversed(self._lines())

    def append_string(self, string: str) -> None:
        if self.on:
            super().append_string(string)

    def store_string(self, string: str) -> None:
        if self.path is None or not string.strip():
            return
        lines = [*self._lines(), string.replace("\n", " ")][-MOST_LINES:]
        temporary = self.path.with_name(self.path.name + ".tmp")
        with contextlib.suppress(OSError):  # nothing depends on it
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
            temporary.replace(self.path)

    def _lines(self) -> list[str]:
        try:
            text = "" if self.path is None else self.path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return []
        return [line for line in text.splitlines() if line.strip()][-MOST_LINES:]
