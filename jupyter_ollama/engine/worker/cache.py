"""The sequences of one context: which are in use, what the idle ones remember, and which of them makes room for others.

All sequences share one memory (llama.cpp's unified KV cache): a prefix that two of them have in common is held once, and any of them may
grow until the memory is full. What an answer leaves behind stays where it is until its room, or its sequence, is needed: the longest unused
goes first, to the shelf. It also goes there when it was of no use for so many steps that these were slowed down by more than evaluating it
again would cost: every step has to pass over what it does not look at.

Who is alone has the memory to itself, with its tokens in their order from the first place on. So the sums of its attention are made in the
same order every time, and the same seed gives the same answer, whatever was asked before.
"""

from __future__ import annotations

from array import array
from itertools import pairwise

from ..snapshots import Snapshot
from .adapters import AdapterSet
from .llama import lib
from .memory import shelf_bytes
from .model import Model
from .sequence import Sequence
from .shelf import Shelf

MIN_FETCHED = 64
"""Tokens that taking something back from the shelf has to spare."""

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
        self._shelf = Shelf(shelf_bytes(model.handle))
        self._patience = min(max(model.n_params // (PASSING_COST * model.n_heads), PATIENCE[0]), PATIENCE[1])

    def best(self, prompt: array[int], adapters: AdapterSet) -> tuple[Sequence | None, int]:
        """The sequence that holds most of a prompt, and how many tokens; an idle one rather than one in use."""
        found, most = None, 0
        for one in self.sequences:
            count = one.usable(prompt, adapters, most)
            if count > most or (found is not None and count == most and found.busy and not one.busy):
                found, most = one, count
        return found, most

    def known(self, prompt: array[int], adapters: AdapterSet) -> int:
        """How many tokens of a prompt need not be evaluated, wherever they are held."""
        return max(self.best(prompt, adapters)[1], self._shelf.best(prompt, adapters)[1])

    def claim(self, prompt: array[int], adapters: AdapterSet) -> Sequence | None:
        """A sequence for this prompt, which begins with what is known of it already. None: all are in use."""
        busy = [one for one in self.sequences if one.busy]
        if not busy and (alone := self._claim_alone(prompt, adapters)) is not None:
            return alone
        for one in busy:
            one.tidy = False
        self._fetch(prompt, adapters)
        return self._claim_beside(prompt, adapters)

    def _claim_alone(self, prompt: array[int], adapters: AdapterSet) -> Sequence | None:
        """Have the memory for one sequence. What it does not go on from is put aside; None: something is too large for that."""
        source, count = self.best(prompt, adapters)
        stays = source is not None and source.tidy and count >= self._shelf.best(prompt, adapters)[1]
        others = [one for one in self.sequences if one.tokens and not (stays and one is source and 2 * count >= len(one.tokens))]
        if not all(self._shelf.put(one) for one in others):
            return None
        chosen = source if source is not None and stays else self.sequences[0]
        for one in self.sequences:
            if one is not chosen or not stays:
                one.clear()
        if not stays:
            lib.llama_memory_clear(self._model.memory, False)  # the next token goes to the first place
            chosen.adapters = adapters
            aside, _ = self._shelf.best(prompt, adapters)
            if aside is not None and chosen.restore(aside.state, 0, aside.tokens, adapters):
                self._shelf.touch(aside)
        chosen.keep(chosen.usable(prompt, adapters))
        chosen.tidy = True
        return self._lend(chosen)

    def _fetch(self, prompt: array[int], adapters: AdapterSet) -> None:
        """Take back from the shelf what spares much more than what is here."""
        aside, count = self._shelf.best(prompt, adapters)
        target = self._empty()
        needed = self.n_used(idle=True) + len(aside.tokens) if aside is not None else 0
        if aside is None or target is None or count < self.best(prompt, adapters)[1] + MIN_FETCHED or needed > self._model.n_cells:
            return
        if target.restore(aside.state, 0, aside.tokens, adapters):
            self._shelf.touch(aside)
            self._touch(target)

    def _claim_beside(self, prompt: array[int], adapters: AdapterSet) -> Sequence | None:
        """One of the sequences beside those in use.

        An idle sequence that the prompt goes on from is taken as it is. One that has much else in it is left alone: a conversation is
        not lost because another one begins with the same system prompt.
        """
        source, count = self.best(prompt, adapters)
        if source is not None and not source.busy and 2 * count >= len(source.tokens):
            source.keep(count)
            return self._lend(source)
        target = self._empty() or self._oldest(besides=source) or (source if source is not None and not source.busy else None)
        if target is None:
            return None
        if source is None:
            self._put_aside(target)
            target.adapters = adapters
        elif target is source:
            target.keep(count)
        else:
            self._put_aside(target)
            target.fork(source, count)
        return self._lend(target)

    def release(self, sequence: Sequence) -> None:
        """Its answer has ended. What another prompt could use stays."""
        sequence.keep(sequence.n_exact)
        sequence.busy, sequence.idle_since = False, self._steps
        self._touch(sequence)

    def evict(self) -> bool:
        """Put the idle sequence aside that was not used for the longest time. Returns whether there was one."""
        oldest = self._oldest()
        if oldest is not None:
            self._put_aside(oldest)
        return oldest is not None

    def restore(self, snapshot: Snapshot, adapters: AdapterSet) -> bool | None:
        """Have an idle sequence hold a snapshot; others make room for it. None: there was no room; False: llama.cpp does not take it."""
        alone, needed = not any(one.busy for one in self.sequences), len(snapshot.head.tokens)
        while (alone or self.n_used(idle=True) + needed > self._model.n_cells) and self.evict():
            pass
        target = self._empty() or self._oldest()
        if target is None or self.n_used(idle=True) + needed > self._model.n_cells:
            return None
        if alone:
            lib.llama_memory_clear(self._model.memory, False)  # for whoever will use it alone: from the first place on
        while not target.restore(snapshot.buffer, snapshot.offset, snapshot.head.tokens, adapters):
            if not self.evict():
                return False if alone else None
        target.tidy = alone
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
                    self._put_aside(one)

    def _put_aside(self, sequence: Sequence) -> None:
        self._shelf.put(sequence)
        sequence.clear()

    def _empty(self) -> Sequence | None:
        return next((one for one in self.sequences if not one.busy and not one.tokens), None)

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
