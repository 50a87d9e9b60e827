"""One sequence of a context: which tokens the model has evaluated in it, and how much of that another prompt can use again."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Sequence as Tokens
from typing import Any

from ...errors import EngineError
from ...sentences import Sentence
from .adapters import AdapterSet
from .llama import lib
from .model import Model


class Sequence:
    """Tokens that are in the context's memory, in order, as sequence ``number``.

    ``busy``: an answer is being made in it; else ``idle_since`` is the step at which it ended. ``used_at`` counts up: the sequence with the
    lowest was left alone for the longest time.
    ``tidy``: its tokens lie in the memory in their order from the first place on, with nothing between them.
    ``adapters`` were in force for all its tokens. ``n_exact`` of the first ones were evaluated with all that stood before them in view;
    only these are of use to another prompt.
    """

    def __init__(self, model: Model, number: int) -> None:
        self.number = number
        self.tokens: array[int] = array("i")
        self.busy = self.tidy = False
        self.used_at = self.idle_since = 0
        self.adapters = model.adapters.none
        self._exact: int | None = None  # None: all of them
        self._least = 0
        self._model, self._memory = model, model.memory

    @property
    def n_exact(self) -> int:
        return len(self.tokens) if self._exact is None else min(self._exact, len(self.tokens))

    def usable(self, prompt: Tokens[int], adapters: AdapterSet, least: int = 0) -> int:
        """How many tokens of a prompt need not be evaluated with these adapters, given this sequence; fewer than ``least`` may count as 0.

        Never the last: evaluating it gives the logits of the answer's first token. Where a memory cannot be cut, all or nothing; one that
        was restored with a sliding window in it not before where it ended. Where the window that a token would look at is gone: nothing.
        """
        if adapters is not self.adapters or not self.tokens:
            return 0
        count = min(shared(self.tokens, prompt, least), len(prompt) - 1, self.n_exact)
        if count == len(self.tokens):
            return count
        cut = self._model.can_cut and count >= self._least and (not self._model.window or self._in_view(count))
        return count if cut else 0

    def shared(self, other: Sequence) -> int:
        """How many first tokens two sequences have in common."""
        return shared(self.tokens, other.tokens) if self.adapters is other.adapters else 0

    def keep(self, count: int) -> None:
        """Drop all tokens but the first ``count``; all of them, where a model's memory cannot be cut."""
        if count < len(self.tokens) and not (count > 0 and self._cut(count)):
            self.clear()
        del self.tokens[count:]
        if self._exact is not None and len(self.tokens) <= self._exact:
            self._exact = None

    def clear(self) -> None:
        """Drop everything."""
        lib.llama_memory_seq_rm(self._memory, self.number, -1, -1)
        del self.tokens[:]
        self._exact, self._least, self.tidy = None, 0, False

    def fork(self, source: Sequence, count: int) -> None:
        """Take over the first ``count`` tokens of another sequence. Both look at the same memory; it costs nothing."""
        self.clear()
        if self._model.can_cut:
            lib.llama_memory_seq_cp(self._memory, source.number, self.number, 0, count)
        else:
            lib.llama_memory_seq_cp(self._memory, source.number, self.number, -1, -1)
        self.tokens, self.adapters, self._least = source.tokens[:count], source.adapters, source._least

    def shift(self, n_keep: int, n_drop: int) -> None:
        """Drop ``n_drop`` tokens after the first ``n_keep``; what follows moves up, without being evaluated again.

        No other sequence may share what moves: a place in memory has one position for all.
        """
        start = n_keep + n_drop
        lib.llama_memory_seq_rm(self._memory, self.number, n_keep, start)
        lib.llama_memory_seq_add(self._memory, self.number, start, -1, -n_drop)
        del self.tokens[n_keep:start]
        self._exact = min(n_keep, self.n_exact)

    @property
    def state_bytes(self) -> int:
        """The size of ``state``."""
        return int(lib.llama_state_seq_get_size(self._model.context, self.number))

    def state(self) -> bytearray:
        """What the memory holds of this sequence, for ``restore`` in any context of the same kind."""
        state = bytearray(self.state_bytes)
        size = lib.llama_state_seq_get_data(self._model.context, _bytes(state, 0), len(state), self.number)
        if size != len(state):
            raise EngineError(Sentence("llama.cpp gives %1 of %2 bytes of a state.", size, len(state)))
        return state

    @property
    def in_parts(self) -> bool:
        """Whether a state of it is of use to a prompt that only begins with some of its tokens."""
        return self._model.can_cut and not self._least and not self._model.window

    def restore(self, state: bytearray, offset: int, tokens: Tokens[int], adapters: AdapterSet) -> bool:
        """Hold what a state holds, and nothing else. False: llama.cpp does not take it, and nothing is held."""
        self.clear()
        part = _bytes(state, offset)
        if lib.llama_state_seq_set_data(self._model.context, part, len(part), self.number) != len(part):
            self.clear()
            return False
        if lib.llama_memory_seq_pos_max(self._memory, self.number) != len(tokens) - 1:
            self.clear()
            return False
        whole = lib.llama_memory_seq_pos_min(self._memory, self.number) == 0
        self.tokens, self.adapters, self._least = array("i", tokens), adapters, 0 if whole else len(tokens)
        return True

    def resync(self) -> None:
        """Drop what an evaluation that failed has left behind; all, where a model's memory cannot be cut."""
        if not (self.tokens and self._cut(len(self.tokens))):
            self.clear()

    def _cut(self, count: int) -> bool:
        memory, number = self._memory, self.number
        if not lib.llama_memory_seq_rm(memory, number, count, -1):  # a recurrent model: its state is one for all tokens
            return False
        return bool(self._in_view(count) and lib.llama_memory_seq_pos_max(memory, number) == count - 1)

    def _in_view(self, count: int) -> bool:
        """Whether all is in the memory that a token behind the first ``count`` looks at: what is out of a sliding window may have been
        overwritten."""
        first, window = lib.llama_memory_seq_pos_min(self._memory, self.number), self._model.window
        return bool(0 <= first <= (max(0, count - window + 1) if window else 0))


def _bytes(buffer: bytearray, offset: int) -> Any:
    """Part of a buffer as llama.cpp takes it, without a copy."""
    return (ctypes.c_uint8 * (len(buffer) - offset)).from_buffer(buffer, offset)


def shared(first: Tokens[int], second: Tokens[int], least: int = 0) -> int:
    """How many tokens two lists begin with in common; 0 if they are fewer than ``least``. Fast for two arrays, whose slices C compares."""
    same, end = least, min(len(first), len(second))
    if first[:least] != second[:least]:
        return 0
    while same < end:
        middle = (same + end + 1) // 2
        if first[same:middle] == second[same:middle]:
            same = middle
        else:
            end = middle - 1
    return same
