"""How many tokens to guess at once: as many as the last guesses were worth."""

from __future__ import annotations

PATIENCE, MAX_REST = 2, 32
"""So many guesses in a row may be wrong before there is a rest, and so many steps it lasts at most."""


class Eagerness:
    """At most ``most`` tokens at a time, fewer while they are wrong. ``rest`` is for how many steps it is not worth guessing at all.

    It depends on what was right and on nothing else: the same request is evaluated in the same batches again.
    """

    def __init__(self, most: int) -> None:
        self.now = self._most = most
        self.rest = self._wrong = 0

    def judge(self, guessed: int, right: int) -> None:
        """Learn how many of the last guesses were right. None guessed: whoever guesses had no idea."""
        if right:
            self._wrong = 0
            self.now = min(self._most, 2 * self.now) if right == guessed else self.now
            return
        self.now = max(1, self.now // 2) if guessed else self.now
        self._wrong += 1
        self.rest = min(1 << (self._wrong - PATIENCE), MAX_REST) if self._wrong > PATIENCE else 0
