"""Calls written as elements, with an element for each argument, as in XML but without its rules: the values are text as it is.

    <function=get_weather><parameter=city>Paris</parameter></function>
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..messages import ToolCall
from .calls import take_calls
from .marks import Marks
from .parts import Parts
from .speech import Speech
from .tape import MAX_GATHERED, Reading, Tape
from .typed import value_of

_MAX_NAME = 256


@dataclass(frozen=True)
class Elements:
    """What stands around names, keys and values.

    Args:
        call: before the name; ``name_end`` behind it (without one, the first key or the end of the call follows).
        key: before a key; ``key_ends`` behind it, each with whether the value is a text whatever the tool says.
        value: before a value, if anything but the end of the key; ``value_end`` behind it.
        outer: what may stand before one or several calls; ``outer_ends`` behind them.
    """

    call: str
    call_end: str
    key: str
    key_ends: dict[str, bool]
    value_end: str
    name_end: str = ""
    value: str = ""
    outer: tuple[str, ...] = ()
    outer_ends: tuple[str, ...] = ()

    @cached_property
    def _begins(self) -> Marks:
        return Marks([*self.outer, self.call])

    @cached_property
    def _name_ends(self) -> Marks:
        return Marks([self.name_end] if self.name_end else [self.key, self.call_end])

    @cached_property
    def _key_ends(self) -> Marks:
        return Marks(self.key_ends)

    @cached_property
    def _value_ends(self) -> Marks:
        return Marks([self.value_end])

    @property
    def tokens(self) -> tuple[str, ...]:
        """Those that may be control tokens."""
        return (*self.outer, *self.outer_ends)

    def read(self, tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
        """Read an answer; see ``Dialect.read``."""
        while mark := (yield from tape.until(self._begins, parts.say)):
            if mark == self.call:
                yield from self._calls(tape, parts, speech, mark)
                continue
            said = mark + (yield from tape.blanks())
            if (yield from tape.take(self.call)):
                yield from self._calls(tape, parts, speech, said + self.call)
                continue
            found, text = yield from take_calls(tape)  # some models fall back to JSON
            if not found:
                parts.say(said + text)
            for call in found:
                parts.call(call)
            if found:
                yield from self._end(tape)

    def _calls(self, tape: Tape, parts: Parts, speech: Speech, said: str) -> Reading[None]:
        """One call after the other, the first of which has begun."""
        while True:
            taken: list[str] = []
            call = yield from self._call(tape, speech, taken)
            if call is None:
                parts.say(said + "".join(taken))
                return
            parts.call(call)
            yield from tape.blanks()
            said = yield from tape.take(self.call)
            if not said:
                yield from self._end(tape)
                return

    def _end(self, tape: Tape) -> Reading[None]:
        yield from tape.blanks()
        if self.outer_ends:
            yield from tape.take(*self.outer_ends)

    def _call(self, tape: Tape, speech: Speech, taken: list[str]) -> Reading[ToolCall | None]:
        """The call whose name comes next; None if it is none. ``taken`` is what was read."""
        name, end = yield from self._upto(tape, taken, self._name_ends, _MAX_NAME)
        if not end or not name or (len(name.split()) > 1 and name not in speech.tool_names):
            return None
        if not self.name_end:
            tape.back(taken.pop())
        arguments: dict[str, Any] = {}
        room = MAX_GATHERED
        while True:
            taken.append((yield from tape.blanks()))
            taken.append((yield from tape.take(self.key, self.call_end)))
            if taken[-1] == self.call_end:
                return ToolCall(name, arguments)
            if taken[-1] != self.key:
                return None
            key, end = yield from self._upto(tape, taken, self._key_ends, _MAX_NAME)
            if not end or not (yield from self._value_begins(tape, taken)):
                return None
            text, found = yield from self._upto(tape, taken, self._value_ends, room, strip=False)
            if not found:
                return None
            room -= len(text)
            text = text.removeprefix("\n").removesuffix("\n")
            arguments[key] = text if self.key_ends[end] else value_of(text, speech.tool(name), key)

    def _value_begins(self, tape: Tape, taken: list[str]) -> Reading[bool]:
        if not self.value:
            return True
        taken.append((yield from tape.blanks()))
        taken.append((yield from tape.take(self.value)))
        return bool(taken[-1])

    def _upto(self, tape: Tape, taken: list[str], marks: Marks, room: int, *, strip: bool = True) -> Reading[tuple[str, str]]:
        text, mark = yield from tape.gather(marks, room)
        taken += (text, mark)
        return (text.strip() if strip else text), mark


def occur(texts: Sequence[str], speech: Speech) -> bool:
    """Whether all of the texts stand in the template."""
    return all(text in speech.template for text in texts)
