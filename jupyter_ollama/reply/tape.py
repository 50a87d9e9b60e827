"""An answer while it comes, and the ways to read on in it.

What reads is a generator: it says ``yield`` where it needs more text, and is resumed when there is more or the answer has ended. So a
dialect is written as if the whole answer lay before it, and gives the same parts however the answer is cut.

Every character is looked at a bounded number of times, and what waits unread is never longer than the texts that are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import TypeVar

from .marks import Marks

T = TypeVar("T")
Reading = Generator[None, None, T]
"""Something that reads on and returns a ``T`` at the end."""

MAX_GATHERED = 1 << 20
"""Characters that may be kept until it is clear what they are; what is longer is no tool call."""

BLANKS = re.compile(r"\s*")
NOTHING = Marks(())


class Tape:
    """``text`` from ``at`` on has not been read yet; ``ended`` when no more will come."""

    def __init__(self) -> None:
        self.text = ""
        self.at = 0
        self.ended = False

    def add(self, text: str) -> None:
        """More of the answer."""
        self.text = self.text[self.at :] + text
        self.at = 0

    def until(self, marks: Marks, put: Callable[[str], object], room: int | None = None) -> Reading[str]:
        """Hand the text before the next of the marks to ``put``, as it comes, and read over the mark.

        Returns: the mark; nothing if the answer ends first, or if more than ``room`` characters come first.
        """
        state = 0
        while True:
            stop = None if room is None else self.at + room + marks.longest + 1
            end, state, mark = marks.search(self.text, self.at + marks.held(state), state, stop)
            safe = len(self.text) if self.ended and not mark else end - (len(mark) or marks.held(state))
            if room is not None and safe - self.at > room:
                put(self._to(self.at + room))
                return ""
            if safe > self.at:
                room = None if room is None else room - (safe - self.at)
                put(self._to(safe))
            if mark or self.ended:
                self.at += len(mark)
                return mark
            yield

    def gather(self, marks: Marks, room: int = MAX_GATHERED) -> Reading[tuple[str, str]]:
        """The text before the next of the marks, and the mark; as ``until``."""
        parts: list[str] = []
        mark = yield from self.until(marks, parts.append, room)
        return "".join(parts), mark

    def rest(self, put: Callable[[str], object]) -> Reading[None]:
        """Hand everything that still comes to ``put``."""
        yield from self.until(NOTHING, put)

    def take(self, *texts: str) -> Reading[str]:
        """Read over the longest of the texts that comes next. Returns it, or nothing if none does."""
        longest = max(map(len, texts))
        while True:
            here = self.text[self.at : self.at + longest]
            if self.ended or not any(len(here) < len(text) and text.startswith(here) for text in texts):
                found = max((text for text in texts if here.startswith(text)), key=len, default="")
                self.at += len(found)
                return found
            yield

    def run(self, pattern: re.Pattern[str], most: int) -> Reading[str]:
        """Read over a run of characters; the pattern is one set of characters and a star."""
        parts: list[str] = []
        while True:
            found = pattern.match(self.text, self.at, self.at + most)
            assert found
            parts.append(self._to(found.end()))
            most -= len(parts[-1])
            if not most or self.ended or self.at < len(self.text):
                return "".join(parts)
            yield

    def blanks(self) -> Reading[str]:
        """Read over white space."""
        return (yield from self.run(BLANKS, MAX_GATHERED))

    def peek(self) -> Reading[str]:
        """The next character, which stays unread; nothing at the end."""
        while not self.ended and self.at == len(self.text):
            yield
        return self.text[self.at : self.at + 1]

    def back(self, text: str) -> None:
        """Put back what was read over last, before anything more was waited for."""
        self.at -= len(text)

    def _to(self, end: int) -> str:
        start, self.at = self.at, end
        return self.text[start:end]
