"""Calls written as Python: ``get_weather(city="Paris", days=3)``. Values are literals; nothing is evaluated."""

from __future__ import annotations

import re
from typing import Any

from ..messages import ToolCall
from .json_text import MAX_DEPTH

_NAME = re.compile(r"\s*([A-Za-z_][\w.-]*)")
_KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*=")
_NUMBER = re.compile(r"-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?(?![\w.])")
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_BLANKS = re.compile(r"\s*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None}


def call_in(text: str, method: str = "") -> ToolCall | None:
    """The call that a whole text consists of.

    Args:
        method: a last part of the name that is dropped and must be there: ``call`` in ``brave_search.call(query="x")``.
    """
    found = _whole(text.strip(), lambda reader: [reader.call()])
    if not found:
        return None
    name, dot, last = found[0].name.rpartition(".")
    if not method:
        return found[0]
    return ToolCall(name, found[0].arguments) if dot and last == method else None


def calls_in(text: str) -> list[ToolCall]:
    """The calls in a list such as ``[get_time(), get_weather(city="Paris")]``; none if it is something else."""
    return _whole(text.strip(), lambda reader: reader.calls())


def _whole(text: str, read: Any) -> list[ToolCall]:
    reader = _Reader(text)
    try:
        calls: list[ToolCall] = read(reader)
        reader.end()
    except (ValueError, OverflowError):
        return []
    return calls


class _Reader:
    """Reads a text from left to right. Every method raises ValueError for what is not there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def calls(self) -> list[ToolCall]:
        self._expect("[")
        calls = [self.call()]
        while self._next(","):
            calls.append(self.call())
        self._expect("]")
        return calls

    def call(self) -> ToolCall:
        name = self._match(_NAME)
        self._expect("(")
        arguments: dict[str, Any] = {}
        while not self._next(")"):
            key = self._match(_KEY)
            arguments[key] = self._value(0)
            if not self._next(","):
                self._expect(")")
                break
        return ToolCall(name, arguments)

    def end(self) -> None:
        if self._blanks() < len(self._text):
            raise ValueError("more follows")

    def _value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        at = self._blanks()
        if self._next("["):
            return self._items("]", lambda: self._value(depth + 1))
        if self._next("{"):
            return dict(self._items("}", lambda: self._pair(depth + 1)))
        if found := _STRING.match(self._text, at):
            self._at = found.end()
            return _ESCAPE.sub(lambda one: _ESCAPES.get(one[1], one[1]), found[1] if found[1] is not None else found[2])
        if found := _NUMBER.match(self._text, at):
            self._at = found.end()
            return _number(found.group())
        word = self._match(_NAME)
        if word not in _WORDS:
            raise ValueError("no literal")
        return _WORDS[word]

    def _items(self, closing: str, read: Any) -> list[Any]:
        items = []
        while not self._next(closing):
            items.append(read())
            if not self._next(","):
                self._expect(closing)
                break
        return items

    def _pair(self, depth: int) -> tuple[str, Any]:
        key = self._value(depth)
        self._expect(":")
        return str(key), self._value(depth)

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise ValueError("something else")
        self._at = found.end()
        return found[1]

    def _next(self, one: str) -> bool:
        at = self._blanks()
        here = self._text.startswith(one, at)
        self._at = at + len(one) if here else at
        return here

    def _expect(self, one: str) -> None:
        if not self._next(one):
            raise ValueError(f"no {one}")

    def _blanks(self) -> int:
        found = _BLANKS.match(self._text, self._at)
        assert found
        return found.end()


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise
        return value
