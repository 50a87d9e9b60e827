"""What the loop works on: a request that is evaluated in a sequence, step by step."""

from __future__ import annotations

from array import array
from typing import Protocol

from ...errors import EngineError
from .adapters import AdapterSet
from .batch import Batch
from .cache import Cache
from .channel import Channel
from .drafting import Draft
from .sequence import Sequence


class Work(Protocol):
    """A request. ``reason`` is empty until it has ended; ``sequence`` is None while it waits; ``unwanted``: its cancel has arrived."""

    request: int
    client: Channel
    reason: str
    unwanted: bool
    sequence: Sequence | None
    tokens: array[int]
    adapters: AdapterSet

    def begin(self, sequence: Sequence) -> None:
        """It is this request's turn, for the first time or again."""

    @property
    def n_missing(self) -> int:
        """How many of its tokens have not been evaluated."""

    def fill_prompt(self, batch: Batch, most: int) -> int:
        """Add what has to be evaluated before the last token, at most so much. Returns how much."""

    def expect(self, most: int) -> Draft | None:
        """Guess what follows the one token that is missing. Returns what the draft model shall guess for, if it is to do that: at most so
        many tokens."""

    def fill_last(self, batch: Batch) -> None:
        """Add the one token that is missing."""

    def advance(self, cache: Cache) -> None:
        """The batch was evaluated. Raises: EngineError if it cannot go on."""

    def end(self, reason: str) -> None:
        """End with what there is."""

    def drop(self) -> None:
        """End without a word: its client is gone."""

    def fail(self, error: EngineError) -> None:
        """End with an error."""
