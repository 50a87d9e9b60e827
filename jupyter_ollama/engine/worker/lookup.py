"""Guessing what comes next from what was there before: where a text repeats itself, or its prompt, the guess is right.

Source: "prompt lookup decoding", A. Saxena, 2023.
"""

from __future__ import annotations

from array import array

from .eagerness import Eagerness

LENGTHS = (3, 2)
"""How many tokens have to be the same as before, tried in this order."""


class Lookup:
    """Guesses for one answer, at most ``most`` tokens at a time; fewer while they are wrong."""

    def __init__(self, most: int) -> None:
        self._eagerness = Eagerness(most)
        self._indexed = 0
        self._places: dict[tuple[int, ...], int] = {}

    def after(self, tokens: array[int]) -> array[int]:
        """What followed when the end of these tokens was there before."""
        self._index(tokens)
        for length in LENGTHS:
            place = self._places.get(tuple(tokens[-length:]))
            if place is not None:
                return tokens[place : place + self._eagerness.now]
        return tokens[:0]

    def judge(self, guessed: int, right: int) -> None:
        """Learn how many of the last guesses were right."""
        self._eagerness.judge(guessed, right)

    def _index(self, tokens: array[int]) -> None:
        """Remember what follows each few tokens, but for the last ones, which nothing follows."""
        if len(tokens) <= self._indexed:  # some made room
            self._indexed = 0
            self._places.clear()
        for end in range(max(self._indexed, 1), len(tokens)):
            for length in LENGTHS:
                if end >= length:
                    self._places[tuple(tokens[end - length : end])] = end
        self._indexed = len(tokens)
