"""The sequences of one context: which are in use, what the idle ones remember, and which of them makes room for others.

All sequences share one memory (llama.cpp's unified KV cache): a prefix that two of them have in common is held once, and any of them may
grow until the memory is full. What an answer leaves behind stays until its room, or its sequence, is needed: the longest unused goes first.
It also goes when it was of no use for so many steps that they were slowed down by more than it would cost to evaluate it again: every step
has to pass over what it does not look at.
"""

from __future__ import annotations

from array import array
from itertools import pairwise

from ..snapshots import Snapshot
from .adapters import AdapterSet
from .model import Model
from .sequence import Sequence

LOOKS_EVERY = 64
PASSING_COST = 500
"""What passing over a token costs in one head of one layer, against a multiplication by a weight when it is evaluated (measured)."""
PATIENCE = 256, 8192
"""Units: steps, at least and at most."""


class Cache:
    """Lends out sequences, with as much of a prompt in them as any sequence of the context holds."""

    def __init__(self, model: Model) -> None:
        self.sequences = [Sequence(model, number) for number in range(model.n_sequences)]
        self._model = model
        self._clock = 0
        self._moved: list[Sequence] = []
        self._steps = 0
        self._patience = min(max(model.n_params // (PASSING_COST * model.n_heads), PATIENCE[0]), PATIENCE[1])

    def best(self, prompt: array[int], adapters: AdapterSet) -> tuple[Sequence | None, int]:
        """The sequence that holds most of a prompt, and how many tokens; an idle one rather than one in use."""
        found, most = None, 0
        for one in self.sequences:
            count = one.usable(prompt, adapters)
            if count > most or (found is not None and count == most and found.busy and not one.busy):
                found, most = one, count
        return found, most

    def claim(self, prompt: array[int], adapters: AdapterSet) -> Sequence | None:
        """A sequence for this prompt, which begins with what is known of it already. None: all are in use.

        An idle sequence that the prompt goes on from is taken as it is. One that has much else in it is left alone: a conversation is
        not lost because another one begins with the same system prompt.
        """
        source, count = self.best(prompt, adapters)
        if source is not None and not source.busy and 2 * count >= len(source.tokens):
            source.keep(count)
            return self._lend(source)
        empty = next((one for one in self.sequences if not one.busy and not one.tokens), None)
        target = empty or self._oldest(besides=source) or (source if source is not None and not source.busy else None)
        if target is None:
            return None
        if source is None:
            target.clear()
            target.adapters = adapters
        elif target is source:
            target.keep(count)
        else:
            target.fork(source, count)
        return self._lend(target)

    def release(self, sequence: Sequence) -> None:
        """Its answer has ended. What another prompt could use stays."""
        sequence.keep(sequence.n_exact)
        sequence.busy, sequence.idle_since = False, self._steps
        self._touch(sequence)

    def evict(self) -> bool:
        """Forget the idle sequence that was not used for the longest time. Returns whether there was one."""
        oldest = self._oldest()
        if oldest is not None:
            oldest.clear()
        return oldest is not None

    def restore(self, snapshot: Snapshot, adapters: AdapterSet) -> bool | None:
        """Have an idle sequence hold a snapshot; others make room for it. None: there was no room; False: llama.cpp does not take it."""
        needed = len(snapshot.head.tokens)
        while (full := self.n_used(idle=True) + needed > self._model.n_cells) and self.evict():
            pass
        target = next((one for one in self.sequences if not one.busy and not one.tokens), None) or self._oldest()
        if target is None or full:
            return None
        while not target.restore(snapshot, adapters):
            if not self.evict():
                return None if any(one.tokens for one in self.sequences) else False
        self._touch(target)
        return True

    def n_used(self, *, idle: bool = False) -> int:
        """Places in the memory that sequences in use take, or all that have tokens; shared ones counted once (a lower bound)."""
        held = sorted((one for one in self.sequences if one.busy or idle), key=lambda one: one.tokens)
        return sum(len(one.tokens) for one in held) - sum(first.shared(second) for first, second in pairwise(held))

    def shift(self, sequence: Sequence, n_keep: int, n_drop: int) -> bool:
        """Drop ``n_drop`` tokens after the first ``n_keep`` of a sequence in use. False: this memory cannot; nothing has changed."""
        if not self._model.can_shift:
            return False
        sharing = [one for one in self.sequences if one is not sequence and one.shared(sequence) > n_keep + n_drop]
        if any(one.busy for one in sharing):
            return False
        for one in sharing:
            one.keep(n_keep + n_drop)
        sequence.shift(n_keep, n_drop)
        self._moved.append(sequence)
        return True

    def settle(self, *, stopped: bool) -> None:
        """An evaluation is over. It began by turning what was shifted; if it was stopped, that was perhaps in the middle of it."""
        for one in self._moved if stopped else ():
            one.clear()
        self._moved.clear()
        self._steps += 1
        if self._steps % LOOKS_EVERY == 0:
            for one in self.sequences:
                if one.tokens and not one.busy and self._steps - one.idle_since > self._patience:
                    one.clear()

    def _oldest(self, besides: Sequence | None = None) -> Sequence | None:
        idle = [one for one in self.sequences if not one.busy and one.tokens and one is not besides]
        return min(idle, key=lambda one: one.used_at, default=None)

    def _lend(self, sequence: Sequence) -> Sequence:
        sequence.busy = True
        self._touch(sequence)
        return sequence

    def _touch(self, sequence: Sequence) -> None:
        self._clock += 1
        sequence.used_at = self._clock
