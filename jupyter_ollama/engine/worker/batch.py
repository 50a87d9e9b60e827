"""What one evaluation of the model is given: tokens, each with its place in a sequence."""

from __future__ import annotations

from collections.abc import Sequence

from .llama import lib


class Batch:
    """Room for ``capacity`` tokens, filled anew for every evaluation."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.native = lib.llama_batch_init(capacity, 0, 1)
        self._tokens, self._places, self._counts = self.native.token, self.native.pos, self.native.n_seq_id
        self._owners, self._wanted = self.native.seq_id, self.native.logits
        for index in range(capacity):
            self._counts[index] = 1

    @property
    def room(self) -> int:
        return self.capacity - int(self.native.n_tokens)

    def clear(self) -> None:
        self.native.n_tokens = 0

    def add(self, tokens: Sequence[int], place: int, sequence: int, *, logits: bool) -> int:
        """Append tokens of one sequence from ``place`` on. Returns the index of the last; ``logits`` asks for what follows it."""
        index = int(self.native.n_tokens)
        for token in tokens:
            self._tokens[index], self._places[index] = token, place
            self._owners[index][0], self._wanted[index] = sequence, False
            index += 1
            place += 1
        self._wanted[index - 1] = logits
        self.native.n_tokens = index
        return index - 1
