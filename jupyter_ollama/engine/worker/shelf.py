"""States of sequences put aside in ordinary memory: out of the way of every step, and back in milliseconds."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from ...errors import EngineError
from .adapters import AdapterSet
from .sequence import Sequence, shared


@dataclass(frozen=True, eq=False)
class Aside:
    """What a sequence held. ``in_parts``: a prompt may also go on from within."""

    tokens: array[int]
    adapters: AdapterSet
    state: bytearray
    in_parts: bool

    def usable(self, prompt: array[int], adapters: AdapterSet, least: int = 0) -> int:
        """See ``Sequence.usable``."""
        if adapters is not self.adapters:
            return 0
        count = min(shared(self.tokens, prompt, least), len(prompt) - 1)
        return count if self.in_parts or count == len(self.tokens) else 0


class Shelf:
    """Holds at most ``size_bytes``; what was put there first goes first."""

    def __init__(self, size_bytes: int) -> None:
        self._room = size_bytes
        self._held: list[Aside] = []

    def best(self, prompt: array[int], adapters: AdapterSet) -> tuple[Aside | None, int]:
        """What spares most of a prompt, and how many tokens."""
        found, most = None, 0
        for one in self._held:
            count = one.usable(prompt, adapters, most + 1)
            if count > most:
                found, most = one, count
        return found, most

    def put(self, sequence: Sequence) -> bool:
        """Copy what a sequence holds; it replaces what is a part of it. Returns whether it is here; what is too large is not."""
        tokens, adapters = sequence.tokens, sequence.adapters
        if any(one.adapters is adapters and one.tokens == tokens for one in self._held):
            return True
        if sequence.state_bytes > self._room:
            return False
        try:
            held = Aside(tokens[:], adapters, sequence.state(), sequence.in_parts)
        except EngineError:
            return False
        self._held = [one for one in self._held if one.adapters is not adapters or tokens[: len(one.tokens)] != one.tokens]
        self._held.append(held)
        while sum(len(one.state) for one in self._held) > self._room:
            del self._held[0]
        return True

    def touch(self, aside: Aside) -> None:
        """It was of use: it goes last."""
        self._held.remove(aside)
        self._held.append(aside)
