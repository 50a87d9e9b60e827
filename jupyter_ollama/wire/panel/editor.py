"""What an editor of Modelfiles is told, and folders and suggestions for somebody who makes models.

JavaScript counts columns in UTF-16 units: a character beyond U+FFFF is two of them.
"""

from __future__ import annotations

import re
from typing import Any

from ...editing import Checked, Completions, Mark
from ...files import Folder
from ...options import Option
from ...quantization import Quantization
from ...suggestions import Suggestion
from .opened import pieces
from .plain import said, text

Json = dict[str, Any]
_NEWLINE = re.compile(r"\r\n?|\n")
_KINDS = {"list": "strings"}


def checked(held: Checked) -> Json:
    """What is wrong, and the parts. Lines and columns from 0."""
    lines = _NEWLINE.split(held.text)
    return {"marks": [_mark(mark, lines) for mark in held.marks], "pieces": pieces(held.pieces)}


def _mark(mark: Mark, lines: list[str]) -> Json:
    return {
        "line": mark.line - 1,
        "column": units(lines[mark.line - 1], mark.column - 1),
        "endLine": mark.end_line - 1,
        "endColumn": units(lines[mark.end_line - 1], mark.end_column - 1),
        "severity": mark.severity,
        "text": text(mark.text),
        "words": said(mark.text),
    }


def completions(found: Completions, line: str) -> Json:
    """What could stand at the cursor of this line."""
    items = [{"label": text(one.label), "detail": said(one.detail), "info": said(one.info)} for one in found.items]
    return {"from": units(line, found.start), "items": items}


def units(line: str, column: int) -> int:
    """A column of characters as one of UTF-16 units."""
    return column + sum(character > "\uffff" for character in line[:column])


def characters(line: str, column: int) -> int:
    """A column of UTF-16 units as one of characters; the middle of a character is its beginning, beyond the end is the end."""
    for number, character in enumerate(line):
        column -= 1 + (character > "\uffff")
        if column < 0:
            return number
    return len(line)


def folder(held: Folder) -> Json:
    """A folder and what is in it."""
    entries = [
        {"name": text(one.name), "path": text(str(one.path)), "kind": one.kind, "size": one.size_bytes} for one in held.entries
    ]  # fmt: skip
    parent = None if held.parent is None else text(str(held.parent))
    return {"folder": text(str(held.path)), "parent": parent, "entries": entries, "cut": held.cut}


def suggestion(one: Suggestion) -> Json:
    """A model to pull. Units: bytes."""
    return {
        "name": one.name, "text": one.about, "size": one.size_bytes, "memory": one.memory_bytes, "fits": one.fits, "here": one.here,
    }  # fmt: skip


def option(one: Option) -> Json:
    """A parameter; its range is what makes sense, not all that is accepted."""
    return {
        "name": one.name, "type": _KINDS.get(one.kind, one.kind), "default": one.default, "minimum": one.low, "maximum": one.high,
        "text": one.doc, "group": one.group,
    }  # fmt: skip


def quantization(one: Quantization) -> Json:
    """A type that weights can be stored in."""
    return {"name": one.spelling, "bits": one.bits, "recommended": one.recommended, "text": one.about}
