"""All answers of one model at once: every step evaluates one batch, with the next token of each answer and a piece of the prompts.

    submit -> waiting -> (a sequence is free, there is room) -> active: its prompt in pieces, then a token a step -> ended

A request whose prompt begins as one that is being evaluated waits for that and then shares it. When the memory is full, what is idle goes
first; then the answer that began last gives up its place and goes on later, with what it has said evaluated again. Requests with other
adapters cannot share a step: they take turns. Who begins with something that was kept on the disk waits until that was read.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from ...errors import EngineError
from ...sentences import Sentence
from ..protocol import MAX_OUTPUTS
from .adapters import AdapterSet
from .batch import Batch
from .cache import Cache
from .channel import Channel
from .drafting import Drafter
from .guessing import RESERVED
from .keeping import Keeper
from .llama import lib
from .log import Log
from .model import Model
from .pace import Pace
from .sequence import shared
from .work import Work

ABORTED, NO_ROOM = 2, 1  # what llama_decode returns
MAX_ACTIVE = 16
MIN_SHARED = 32
"""A prefix that is worth waiting for."""
HEADROOM = 32
"""Places per answer that are left free when another one begins."""


class Loop:
    """The answers that wait and those that are being made. ``interrupted`` tells whether a message waits that has to be looked at first."""

    def __init__(
        self, model: Model, log: Log, interrupted: Callable[[], bool], keeper: Keeper | None = None, drafter: Drafter | None = None
    ) -> None:  # fmt: skip
        self.model, self.cache, self.keeper, self.drafter = model, Cache(model), keeper, drafter
        self.batch = Batch(model.n_batch, model.n_sequences)
        self.stepping: tuple[Work, ...] = ()
        """Those in the evaluation that is going on. Read by other threads."""
        self._log, self._interrupted = log, interrupted
        self._pace = Pace(model.n_batch, model.n_chunk)
        self._most = min(MAX_ACTIVE, model.n_batch, model.n_sequences)
        self._waiting: deque[Work] = deque()
        self._active: list[Work] = []
        self._parents: dict[Work, tuple[Work, int]] = {}
        self._changed = False
        self._turns: dict[AdapterSet, int] = {}
        self._clock = 0

    @property
    def busy(self) -> bool:
        return bool(self._active or self._waiting)

    def submit(self, work: Work, *, remembered: bool = False) -> None:
        """Do this, as soon as there is a place; ``remembered``: what is on the disk of its beginning serves it, if there is something."""
        if not (remembered and self.keeper is not None and self.keeper.fetch(work, self.cache)):
            self._waiting.append(work)
            self._changed = True

    def collect(self) -> None:
        """Snapshots have been read: go on with those that waited for them."""
        if self.keeper is not None:
            self._waiting.extend(self.keeper.collect(self.cache))
            self._changed = True

    @property
    def _open(self) -> list[Work]:
        """All that have not ended."""
        return [*self._active, *self._waiting, *(self.keeper.waiting if self.keeper is not None else ())]

    def cancel(self, client: Channel, request: int) -> None:
        """End a request of a client, with what it has."""
        for generation in self._open:
            if generation.client is client and generation.request == request and not generation.reason:
                self._close(generation, "cancelled")

    def drop(self, client: Channel) -> None:
        """A client is gone, and all it wanted."""
        for generation in self._open:
            if generation.client is client:
                generation.drop()
                self._changed = True

    def unwant(self, client: Channel, request: int | None) -> None:
        """To be called from another thread as soon as a cancel arrives (None: all of the client's): an evaluation that nobody else waits
        for stops at once."""
        stepping = self.stepping
        for generation in stepping:
            if generation.client is client and request in (None, generation.request):
                generation.unwanted = True
        if stepping and all(one.unwanted for one in stepping):
            self._interrupt(True)

    def _interrupt(self, on: bool) -> None:
        """See ``Model.interrupt``."""
        self.model.interrupt(on)
        if self.drafter is not None:
            self.drafter.model.interrupt(on)

    def step(self) -> None:
        """One evaluation of the model."""
        if self._changed:
            self._sweep()
        self._admit()
        self._changed = False
        if not self._active:
            return
        self._interrupt(False)
        turn = self._turn()
        n_prompt = self._fill(turn)
        if self._interrupted():  # a cancel that came before it could have stopped this evaluation
            self.stepping = ()
            return
        self.model.adapters.use(turn[0].adapters)
        started = time.perf_counter()
        code = lib.llama_decode(self.model.context, self.batch.native)
        took = time.perf_counter() - started
        stepped, self.stepping = self.stepping, ()
        self.cache.settle(stopped=code == ABORTED)
        if code:
            self._recover(stepped, code)
            return
        self._pace.took(n_prompt, took)
        for generation in stepped:
            try:
                generation.advance(self.cache)
            except EngineError as error:
                self._close(generation, error)
            except OSError:
                generation.drop()
            self._changed |= bool(generation.reason)

    def _turn(self) -> list[Work]:
        """Those that can be evaluated together: the ones whose adapters were in force the longest time ago."""
        adapters = self._active[0].adapters
        if all(one.adapters is adapters for one in self._active):
            return self._active
        self._clock += 1
        adapters = min((one.adapters for one in self._active), key=lambda held: self._turns.get(held, 0))
        self._turns[adapters] = self._clock
        return [one for one in self._active if one.adapters is adapters]

    def _fill(self, turn: list[Work]) -> int:
        """Put together a batch. Returns how many of its tokens only prepare."""
        self.batch.clear()
        stepping = [one for one in turn if one.n_missing == 1]
        self._guess(stepping)
        for one in stepping:
            one.fill_last(self.batch)
        n_prompt = 0
        if len(stepping) < len(turn):
            beside = bool(stepping) or (turn is not self._active and any(one.n_missing == 1 for one in self._active))
            most = self._pace.chunk(beside_answers=beside)
            for one in [one for one in turn if one.n_missing > 1]:
                filled = one.fill_prompt(self.batch, most - n_prompt)
                if filled:
                    stepping.append(one)
                    n_prompt += filled
        self.stepping = tuple(stepping)
        return n_prompt

    def _guess(self, stepping: list[Work]) -> None:
        """Guess what comes next in each of these. They share the rows that an evaluation can give."""
        most = (min(MAX_OUTPUTS, self.batch.capacity) - RESERVED) // max(1, len(stepping)) - 1
        drafts = [draft for one in stepping if (draft := one.expect(most)) is not None]
        if drafts and self.drafter is not None:
            self.stepping = tuple(stepping)
            self.drafter.guess(drafts, beside_answers=len(self._active) > 1)

    def _sweep(self) -> None:
        """Take out what has ended."""
        for one in self._active:
            if one.reason and one.sequence is not None:
                self.cache.release(one.sequence)
        self._active = [one for one in self._active if not one.reason]
        self._waiting = deque(one for one in self._waiting if not one.reason)
        self._parents = {one: parent for one, parent in self._parents.items() if not one.reason and not parent[0].reason}

    def _admit(self) -> None:
        """Begin with what waits, in order; only who waits for another's prefix lets others pass."""
        if not self._waiting or (self._active and not self._changed and not self._parents):
            return
        left: deque[Work] = deque()
        while self._waiting and len(self._active) < self._most:
            generation = self._waiting.popleft()
            if self._waits_for_prefix(generation):
                left.append(generation)
            elif not self._begin(generation):
                self._waiting.appendleft(generation)
                break
        self._waiting.extendleft(reversed(left))

    def _begin(self, generation: Work) -> bool:
        if self._active:
            _, known = self.cache.best(generation.tokens, generation.adapters)
            needed = self.cache.n_used() + len(generation.tokens) - known + HEADROOM * (len(self._active) + 1)
            if needed > self.model.n_cells:
                return False
        sequence = self.cache.claim(generation.tokens, generation.adapters)
        if sequence is None:
            return False
        generation.begin(sequence)
        self._active.append(generation)
        return True

    def _waits_for_prefix(self, generation: Work) -> bool:
        """Whether another one is just evaluating what this one begins with."""
        parent, length = self._parents.get(generation, (None, 0))
        if parent is not None:
            if parent.sequence is not None and len(parent.sequence.tokens) < length:
                return True
            del self._parents[generation]
        known = self.cache.known(generation.tokens, generation.adapters)
        for other in self._active:
            if other.n_missing <= 1 or other.adapters is not generation.adapters:
                continue
            common = min(shared(other.tokens, generation.tokens), len(generation.tokens) - 1, len(other.tokens) - 1)
            cut = common < len(other.tokens) - 1
            if common >= known + MIN_SHARED and (self.model.can_cut or not cut):
                self._parents[generation] = other, common
                return True
        return False

    def _recover(self, stepped: tuple[Work, ...], code: int) -> None:
        """An evaluation did not succeed: what it left in the memory is dropped."""
        for one in stepped:
            if one.sequence is not None:
                one.sequence.resync()
        if code == ABORTED:  # for a request whose cancel is in the queue; who else was hit tries again
            return
        if code == NO_ROOM:
            if not self.cache.evict() and not self._give_way():
                self._close(stepped[0], "length")
            return
        name, reason = self.model.name, self._log.reason() or Sentence("error %1", code)
        for one in stepped:
            self._close(
                one, EngineError(Sentence("llama.cpp cannot evaluate the prompt with %1: %2.", name, Sentence.of(reason)), name=name)
            )

    def _give_way(self) -> bool:
        """The answer that began last waits until there is room again. Returns whether there was another one."""
        if len(self._active) < 2:
            return False
        last = self._active.pop()
        assert last.sequence is not None
        last.sequence.clear()
        self.cache.release(last.sequence)
        last.sequence = None
        self._waiting.appendleft(last)
        return True

    def _close(self, generation: Work, how: str | EngineError) -> None:
        self._changed = True
        try:
            generation.end(how) if isinstance(how, str) else generation.fail(how)
        except OSError:
            generation.drop()
