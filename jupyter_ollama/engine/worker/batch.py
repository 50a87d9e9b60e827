"""What one evaluation of the model is given: tokens, each with its place in a sequence."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from .llama import lib

_Owner = ctypes.POINTER(ctypes.c_int32)


class Batch:
    """Room for ``capacity`` tokens of the sequences 0 to ``n_sequences`` - 1, filled anew for every evaluation.

    ``n_wanted`` counts the tokens for which it was asked what follows. ``native`` is what llama.cpp is given; its arrays belong to this
    object.
    """

    def __init__(self, capacity: int, n_sequences: int = 1) -> None:
        self.capacity = capacity
        self._tokens: Any = (ctypes.c_int32 * capacity)()  # takes slices of any sequence, which its type does not know
        self._places: Any = (ctypes.c_int32 * capacity)()
        self._counts = (ctypes.c_int32 * capacity)(*[1] * capacity)
        self._numbers = (ctypes.c_int32 * n_sequences)(*range(n_sequences))
        first, size = ctypes.addressof(self._numbers), ctypes.sizeof(ctypes.c_int32)
        self._addresses = [first + number * size for number in range(n_sequences)]  # of a list of one sequence, as llama.cpp takes them
        self._owners: Any = (ctypes.c_void_p * capacity)()
        self._wanted: Any = (ctypes.c_int8 * capacity)()
        self.native = lib.llama_batch(
            n_tokens=0,
            token=ctypes.cast(self._tokens, ctypes.POINTER(lib.llama_token)),
            pos=ctypes.cast(self._places, ctypes.POINTER(lib.llama_pos)),
            n_seq_id=ctypes.cast(self._counts, ctypes.POINTER(ctypes.c_int32)),
            seq_id=ctypes.cast(self._owners, ctypes.POINTER(_Owner)),
            logits=ctypes.cast(self._wanted, ctypes.POINTER(ctypes.c_int8)),
        )
        self.size = self.n_wanted = 0

    @property
    def room(self) -> int:
        return self.capacity - self.size

    def clear(self) -> None:
        self.size = self.native.n_tokens = self.n_wanted = 0

    def add(self, tokens: Sequence[int], place: int, sequence: int, *, logits: bool) -> int:
        """Append tokens of one sequence from ``place`` on. Returns the index of the last; ``logits`` asks for what follows it."""
        start, count = self.size, len(tokens)
        end = start + count
        self._tokens[start:end] = tokens
        self._places[start:end] = range(place, place + count)
        self._owners[start:end] = [self._addresses[sequence]] * count
        self._wanted[start:end] = [0] * count
        self._wanted[end - 1] = logits
        self.n_wanted += logits
        self.size = self.native.n_tokens = end
        return end - 1

    def want(self, first: int, last: int) -> None:
        """Ask for what follows these tokens, by their indices, too."""
        self._wanted[first : last + 1] = [1] * (last + 1 - first)
        self.n_wanted += last + 1 - first

    def add_one(self, token: int, place: int, sequence: int) -> int:
        """Append one token and ask for what follows it. Returns its index."""
        index = self.size
        self._tokens[index], self._places[index] = token, place
        self._owners[index], self._wanted[index] = self._addresses[sequence], 1
        self.size = self.native.n_tokens = index + 1
        self.n_wanted += 1
        return index
