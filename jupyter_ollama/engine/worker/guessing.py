"""What is guessed ahead for one answer, where from, and how much at once.

Guesses are evaluated together with the token before them; what the model draws itself at each place is what counts, so a wrong guess costs
time and nothing else. They come from the text itself where it repeats itself (lookup.py), or else from a draft model (drafting.py).
"""

from __future__ import annotations

from array import array

from ...options import OPTIONS, Options
from ..protocol import MAX_OUTPUTS
from .batch import Batch
from .drafting import Draft, Drafter
from .lookup import Lookup
from .model import Model

RESERVED = 16
"""Rows and places of a batch that guesses leave to other answers."""
NONE = array("i")


class Guesses:
    """The guesses of one answer. ``n_guessed`` is how many there were, ``n_right`` how many of them were right; ``possible`` is whether
    there can be any, for an answer without does not ask in every step.

    Args:
        tokens: the prompt and what was answered so far, which grows.
        drafter: the draft model, if there is one.
    """

    def __init__(self, options: Options, model: Model, tokens: array[int], drafter: Drafter | None) -> None:
        looked_up, drafted = (_most(options, name) if model.can_cut else 0 for name in ("prompt_lookup", "draft_num_predict"))
        self.n_guessed = self.n_right = 0
        self.now = NONE
        self._tokens = tokens
        self._lookup = Lookup(looked_up) if looked_up else None
        self._draft = Draft(drafter, tokens, drafted) if drafter is not None and drafted else None
        self.possible = self._lookup is not None or self._draft is not None
        self._source: Lookup | Draft | None = None

    def expect(self, most: int, *, begun: bool) -> Draft | None:
        """Guess what comes next. Returns what the draft model shall guess for, at most ``most`` tokens; it is not asked before the answer
        has begun, for the first token shall not wait for it."""
        self.now, self._source = NONE, None
        if self._lookup is not None and (found := self._lookup.after(self._tokens)):
            self.now, self._source = found, self._lookup
        elif begun and self._draft is not None and self._draft.wants(most):
            self._source = self._draft
            return self._draft
        return None

    def fill(self, batch: Batch, sequence: int, places: int) -> None:
        """Add the guesses behind the last token, as far as there is room beside other answers and in the context."""
        if isinstance(self._source, Draft):
            self.now = self._source.guesses
        room = min(batch.room - RESERVED, MAX_OUTPUTS - batch.n_wanted - RESERVED, places)
        self.now = self.now[: max(0, room)]
        if self.now:
            last = batch.add(self.now, len(self._tokens), sequence, logits=True)
            if len(self.now) > 1:
                batch.want(last + 1 - len(self.now), last - 1)

    def judge(self, right: int) -> None:
        """So many of the first ones were right; there are none any more."""
        if self._source is not None:
            self._source.judge(len(self.now), right)
        self.n_guessed += len(self.now)
        self.n_right += right
        self.now = NONE

    def shift(self, n_keep: int, n_drop: int) -> None:
        """The answer lost ``n_drop`` tokens after the first ``n_keep``."""
        if self._draft is not None:
            self._draft.shift(n_keep, n_drop)

    def close(self) -> None:
        """The answer has ended."""
        if self._draft is not None:
            self._draft.close()


def _most(options: Options, name: str) -> int:
    """How many tokens may be guessed at once, by an option."""
    wanted = options.get(name, OPTIONS[name].default)
    assert isinstance(wanted, int)
    return wanted
