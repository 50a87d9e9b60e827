"""Calls as JSON behind a tag, and mostly before another: the form that most models write."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ..messages import ToolCall
from .calls import calls_in, read_bare_calls
from .json_text import take_nested
from .marks import Marks
from .parts import Parts
from .speech import Speech
from .tape import MAX_GATHERED, Reading, Tape

_LEFT = re.compile(r"[\s\]}]*")
_NO_BRACKETS = str.maketrans("", "", "]}")


@dataclass(frozen=True)
class Tagged:
    """Opening and closing tags; tags that mean nothing; and what a piece of JSON between the first two means."""

    opens: tuple[str, ...]
    closes: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    meaning: Callable[[str], list[ToolCall]] = calls_in

    @cached_property
    def _opens(self) -> Marks:
        return Marks(self.opens + self.dropped)

    @property
    def tokens(self) -> tuple[str, ...]:
        return self.opens + self.closes

    def read(self, tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
        """Read an answer; see ``Dialect.read``. Calls that lost their tags are found at its beginning."""
        yield from read_bare_calls(tape, parts, speech)
        while mark := (yield from tape.until(self._opens, parts.say)):
            if mark not in self.dropped:
                yield from self.block(tape, parts, mark)

    def block(self, tape: Tape, parts: Parts, said: str) -> Reading[None]:
        """One or several objects or lists, and the closing tag. ``said`` is the opening tag; it is content if there is no call.

        Brackets too many behind a call are dropped.
        """
        while True:
            if parts.n_calls and not said:
                said = (yield from tape.run(_LEFT, MAX_GATHERED)).translate(_NO_BRACKETS)
            else:
                said += yield from tape.blanks()
            text, calls = "", []
            if (yield from tape.peek()) in ("{", "["):
                text, whole = yield from take_nested(tape)
                calls = self.meaning(text) if whole else []
            if not calls:
                break
            said = ""
            for call in calls:
                parts.call(call)
        closed = "" if text or not self.closes else (yield from tape.take(*self.closes))
        if not closed:
            parts.say(said + text)
