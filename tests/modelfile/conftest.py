"""The grammar a second time: Ollama's state machine, one character after the other, written from its table of states.

It knows nothing of this package's additions, is slow and says little: it is here to be compared with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

Commands = list[tuple[str, str]]
KEYWORDS = ("from license template system adapter draft renderer parser parameter message requires").split()


class Refused(Exception):
    """The machine does not accept a text."""


def _unquote(buffer: str) -> str | None:
    text = buffer.strip()
    for quote in ('"""', '"'):
        if text.startswith(quote):
            closed = len(text) >= 2 * len(quote) and text.endswith(quote)
            return text[len(quote) : -len(quote)] if closed else None
    return text


def _is_printable(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] in "LMNPS"


class _Machine:
    def __init__(self) -> None:
        self.state = "nil"
        self.buffer = ""
        self.name = self.role = ""
        self.commands: Commands = []

    def feed(self, character: str) -> None:
        getattr(self, f"in_{self.state}")(character)

    def in_nil(self, character: str) -> None:
        if character == "#":
            self.state = "comment"
        elif character not in " \t\r\n":
            self.state, self.buffer = "name", character if _is_printable(character) else ""

    def in_comment(self, character: str) -> None:
        if character in "\r\n":
            self.state = "nil"

    def in_name(self, character: str) -> None:
        if character.isascii() and character.isalpha():
            self.buffer += character
        elif character in " \t" and self.buffer.lower() in KEYWORDS:
            keyword, self.buffer = self.buffer.lower(), ""
            self.name = "model" if keyword == "from" else keyword
            self.state = keyword if keyword in ("parameter", "message") else "value"
        else:
            raise Refused("command")

    def in_parameter(self, character: str) -> None:
        if character.isascii() and (character.isalnum() or character == "_"):
            self.buffer += character
        elif character in " \t":
            self.name, self.buffer, self.state = self.buffer, "", "value"
        else:
            raise Refused(f"unexpected EOF: {self.buffer}")

    def in_message(self, character: str) -> None:
        if character.isascii() and character.isalpha():
            self.buffer += character
        elif character not in " \t":
            raise Refused(f"unexpected EOF: {self.buffer}")
        elif self.buffer not in ("system", "user", "assistant"):
            raise Refused("role")
        else:
            self.role, self.buffer, self.state = self.buffer, "", "value"

    def in_value(self, character: str) -> None:
        if character in "\r\n" and _unquote(self.buffer) is not None:
            self.end_value()
        elif character in " \t\r\n" or _is_printable(character):
            self.buffer += character

    def end_value(self) -> None:
        value = _unquote(self.buffer)
        if value is None:
            raise Refused("unexpected EOF")
        self.commands.append((self.name, f"{self.role}: {value}" if self.role else value))
        self.state, self.buffer, self.role = "nil", "", ""


def _run(text: str) -> Commands:
    machine = _Machine()
    for character in text:
        machine.feed(character)
    if machine.state == "value":
        machine.end_value()
    if machine.state not in ("nil", "comment"):
        raise Refused("unexpected EOF")
    if not any(name == "model" for name, _ in machine.commands):
        raise Refused("no FROM line")
    return machine.commands


@pytest.fixture(scope="session")
def state_machine() -> Callable[[str], Commands | None]:
    """Ollama's reading of a text as (name, args) pairs; None where it refuses the text."""

    def read(text: str) -> Commands | None:
        try:
            return _run(text)
        except Refused:
            return None

    return read
