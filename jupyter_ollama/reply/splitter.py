"""The engine's stream of bytes -> text that may be shown: whole characters only, and nothing from a stop string on.

Both classes take pieces of any size and give the same answer however the stream is cut.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable


class TextDecoder:
    """Bytes to text. A character that is not complete yet waits; bytes that can never become one turn into U+FFFD.

    >>> decoder = TextDecoder()
    >>> decoder.feed(b"caf\\xc3"), decoder.feed(b"\\xa9")
    ('caf', 'é')
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, piece: bytes) -> str:
        """The text that is certain after this piece."""
        return self._decoder.decode(piece)

    def flush(self) -> str:
        """What is left at the end of the stream: U+FFFD for an unfinished character. The decoder can be used again."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest


class StopFinder:
    """Looks for stop strings in a stream of text and holds back what may become one.

    The stop string that is complete first ends the text; of several complete at the same character, the longest.
    Linear time for any number of stop strings (Aho and Corasick's automaton).

    >>> finder = StopFinder(["</s>"])
    >>> finder.feed("done </"), finder.feed("s> more")
    (('done ', None), ('', '</s>'))
    """

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = sorted({stop for stop in stops if stop})
        self._next: list[dict[str, int]] = [{}]
        self._fallback = [0]
        self._depth = [0]
        self._ends: list[str | None] = [None]
        for stop in self._stops:
            self._add(stop)
        self._link()
        self._first = re.compile(f"[{re.escape(''.join(self._next[0]))}]") if self._stops else None
        self._state = 0
        self._held = ""
        self.hit: str | None = None

    def feed(self, text: str) -> tuple[str, str | None]:
        """The text that is safe to show, and the stop string if one is complete now. Later text is ignored."""
        if self.hit is not None:
            return "", self.hit
        if self._first is None:
            return text, None
        end = self._scan(text)
        whole = self._held + (text if end is None else text[:end])
        safe = len(whole) - (self._depth[self._state] if self.hit is None else len(self.hit))
        self._held = whole[safe:] if self.hit is None else ""
        return whole[:safe], self.hit

    def flush(self) -> str:
        """What was held back, at the end of the stream: it did not become a stop string."""
        rest, self._held, self._state = self._held, "", 0
        return rest

    def _scan(self, text: str) -> int | None:
        """Move the automaton over the text; the place behind a stop string, if one is complete."""
        at, state = 0, self._state
        while at < len(text):
            if state == 0:
                found = self._first.search(text, at) if self._first else None
                if found is None:
                    break
                at = found.start()
            one = text[at]
            while state and one not in self._next[state]:
                state = self._fallback[state]
            state = self._next[state].get(one, 0)
            at += 1
            if self._ends[state] is not None:
                self.hit = self._ends[state]
                return at
        self._state = state
        return None

    def _add(self, stop: str) -> None:
        state = 0
        for one in stop:
            following = self._next[state].get(one)
            if following is None:
                following = len(self._next)
                self._next[state][one] = following
                self._next.append({})
                self._fallback.append(0)
                self._depth.append(self._depth[state] + 1)
                self._ends.append(None)
            state = following
        self._ends[state] = stop

    def _link(self) -> None:
        """Each state falls back to the longest shorter state that ends like it."""
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for one, following in self._next[state].items():
                waiting.append(following)
                back = self._fallback[state]
                while back and one not in self._next[back]:
                    back = self._fallback[back]
                self._fallback[following] = self._next[back].get(one, 0)
                if self._ends[following] is None:
                    self._ends[following] = self._ends[self._fallback[following]]
