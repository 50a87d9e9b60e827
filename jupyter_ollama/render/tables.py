"""Columns of plain text with Ollama's padding, and text that a terminal may be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_PADDING = " " * 4
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    """The text with control characters spelled out, so that none of them can drive a terminal; newlines and tabs stay."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text.replace("\r\n", "\n"))


def spelled(text: str) -> str:
    """The same with characters that cannot be seen spelled out as well: zero widths, changes of direction. Those that join letters stay."""
    hidden = (one for one in set(text) if not one.isascii() and unicodedata.category(one) == "Cf" and one not in _JOINERS)
    return visible(text).translate({ord(one): f"\\u{ord(one):04x}" for one in hidden})


def width(text: str) -> int:
    """Columns the text takes on a terminal: two for wide characters, none for combining ones."""
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as ``list`` and ``ps`` print it. The last header cell is padded with one blank only, all other cells with four."""
    rows = [[visible(cell) for cell in row] for row in rows]
    widths = _widths([header, *rows])
    head = _line(header, widths)[: -len(_PADDING)] + " "
    return "\n".join([head, *(_line(row, widths) for row in rows)])


def block(title: str, rows: Sequence[Sequence[str]]) -> str:
    """A block of ``show``: a title, indented rows, an empty line."""
    if not rows:
        return ""
    indented = [("", *map(visible, row)) for row in rows]
    widths = _widths(indented)
    return "\n".join([f"  {title}", *(_line(row, widths) for row in indented), "", ""])


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    columns = max(map(len, rows))
    return [max(width(row[column]) for row in rows if column < len(row)) for column in range(columns)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [*row, *[""] * (len(widths) - len(row))]
    return "".join(cell + " " * (columns - width(cell)) + _PADDING for cell, columns in zip(cells, widths, strict=True))
