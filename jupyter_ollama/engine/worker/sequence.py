"""One sequence of a context: which tokens the model has evaluated in it, and how much of that the next prompt can use again."""

from __future__ import annotations

from collections.abc import Sequence as Tokens

from .llama import lib
from .model import Model


class Sequence:
    """Tokens that are in the context's memory, in order, as sequence ``number``."""

    def __init__(self, model: Model, number: int = 0) -> None:
        self.number = number
        self.tokens: list[int] = []
        self._memory = model.memory

    def begin(self, prompt: Tokens[int]) -> int:
        """Keep what the prompt shares with the sequence, drop the rest. Returns how many tokens are kept.

        The last token of a prompt is never kept: evaluating it gives the logits of the answer's first token.
        """
        self.keep(min(_shared(self.tokens, prompt), len(prompt) - 1))
        return len(self.tokens)

    def keep(self, count: int) -> None:
        """Drop all tokens but the first ``count``; all of them, where a model's memory cannot be cut."""
        if count < len(self.tokens) and not (count > 0 and self._cut(count)):
            lib.llama_memory_seq_rm(self._memory, self.number, -1, -1)
            count = 0
        del self.tokens[count:]

    def resync(self) -> None:
        """Drop what an evaluation that failed has left behind; all, where a model's memory cannot be cut."""
        if not (self.tokens and self._cut(len(self.tokens))):
            lib.llama_memory_seq_rm(self._memory, self.number, -1, -1)
            self.tokens.clear()

    def _cut(self, count: int) -> bool:
        memory, number = self._memory, self.number
        if not lib.llama_memory_seq_rm(memory, number, count, -1):  # a recurrent model: its state is one for all tokens
            return False
        whole = lib.llama_memory_seq_pos_min(memory, number) == 0  # else a sliding window has lost what we would need
        return bool(whole and lib.llama_memory_seq_pos_max(memory, number) == count - 1)


def _shared(first: Tokens[int], second: Tokens[int]) -> int:
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
