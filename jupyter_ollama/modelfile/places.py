"""Where an offset of a text lies for a human reader: line and column, both from 1."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

_NEWLINE = re.compile(r"\r\n?|\n")


class Places:
    """The lines of one text. CR, LF and CR LF each end one line; a column counts characters."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(newline.end() for newline in _NEWLINE.finditer(self.text))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset that lies there."""
        return min(self._starts[line - 1] + column - 1, len(self.text))

    def line(self, offset: int) -> int:
        return self.at(offset)[0]

    def source_line(self, line: int) -> str:
        """The text of that line, without its newline."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def ollama_line(self, offset: int) -> int:
        """The number Ollama would give: CR and LF count one each, and a newline belongs to the line that it begins."""
        return 1 + self.text.count("\n", 0, offset + 1) + self.text.count("\r", 0, offset + 1)
