"""Texts to look for in a stream: Aho and Corasick's automaton, in linear time for any number of them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable


class Marks:
    """Some texts. Immutable: the one who looks keeps the state, so that one ``Marks`` serves many streams.

    The text that is complete first is found; of several complete at the same character, the longest. So it does not matter how a
    stream is cut.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(sorted({text for text in texts if text}))
        self.longest = max(map(len, self.texts), default=0)
        self._next: list[dict[str, int]] = [{}]
        self._fallback = [0]
        self._depth = [0]
        self._ends: list[str | None] = [None]
        for text in self.texts:
            self._add(text)
        self._link()
        self._first = re.compile(f"[{re.escape(''.join(self._next[0]))}]") if self.texts else None

    def held(self, state: int) -> int:
        """How many of the last characters may become one of the texts."""
        return self._depth[state]

    def search(self, text: str, at: int, state: int, stop: int | None = None) -> tuple[int, int, str]:
        """Look on from ``at`` to ``stop``, with the state of the search so far (0 at first).

        Returns: the place behind what was found, or where the search stopped; the new state; what was found, or nothing.
        """
        stop = len(text) if stop is None else min(stop, len(text))
        if self._first is None:
            return stop, 0, ""
        while at < stop:
            if state == 0:
                found = self._first.search(text, at, stop)
                if found is None:
                    break
                at = found.start()
            one = text[at]
            while state and one not in self._next[state]:
                state = self._fallback[state]
            state = self._next[state].get(one, 0)
            at += 1
            end = self._ends[state]
            if end is not None:
                return at, 0, end
        return stop, state, ""

    def _add(self, text: str) -> None:
        state = 0
        for one in text:
            following = self._next[state].get(one)
            if following is None:
                following = len(self._next)
                self._next[state][one] = following
                self._next.append({})
                self._fallback.append(0)
                self._depth.append(self._depth[state] + 1)
                self._ends.append(None)
            state = following
        self._ends[state] = text

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
