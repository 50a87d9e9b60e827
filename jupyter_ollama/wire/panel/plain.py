"""Facts of errors and steps, which can be of any kind, as JSON of a moderate size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...sentences import Sentence

MAX_TEXT = 4096
MAX_ITEMS = 64
MAX_DEPTH = 4
EXACT = (1 << 53) - 1
"""Larger whole numbers are other ones in JavaScript."""


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """JSON that says the same: long texts and lists are cut, what JSON does not know is a text."""
    match value:
        case None | bool():
            return value
        case int():
            return value if -EXACT <= value <= EXACT else str(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return text(value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "…")
        case Mapping() if depth:
            return {text(str(key)): plain(held, depth - 1) for key, held in list(value.items())[:MAX_ITEMS]}
        case list() | tuple() | set() | frozenset() if depth:
            return [plain(held, depth - 1) for held in list(value)[:MAX_ITEMS]]
        case _:
            return plain(str(value))


def said(value: str, depth: int = MAX_DEPTH) -> Any:
    """A sentence as its pattern and what fills it, for a front end that translates it; a text without places is a pattern alone."""
    one = Sentence.of(value)
    values = (said(part, depth - 1) if depth and isinstance(part, Sentence) else plain(str(part)) for part in one.values)
    return [text(one.pattern), *values]


def text(value: str) -> str:
    """A text without halves of surrogate pairs, which no message can carry: names of files may have some."""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
