"""Texts that are read instead of answered: how probable their tokens are, and what may follow them.

Like answers they are work for the loop, so that several are evaluated at once, and beside answers. What of a text is in memory already
has no logits any more: it is used only up to where these begin to matter.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

from ...errors import EngineError
from ...sentences import Sentence
from ..frames import Frame
from ..protocol import MAX_OUTPUTS
from ..ranked import Row, pack_floats, pack_ranked
from .adapters import AdapterSet
from .batch import Batch
from .cache import Cache
from .channel import Channel
from .generation import checked
from .model import Model
from .sequence import Sequence


class Reading:
    """A text to be read, with an eye on what follows its tokens from number ``first`` on."""

    def __init__(self, model: Model, request: int, client: Channel, tokens: list[int], adapters: AdapterSet, first: int) -> None:
        self.request, self.client, self.adapters = request, client, adapters
        self.reason, self.unwanted = "", False
        self.sequence: Sequence | None = None
        self.tokens = array("i", tokens)
        self._model, self._first = model, first
        self._filled = (0, 0)  # where in the batch its tokens begin, and how many they are

    def begin(self, sequence: Sequence) -> None:
        """See ``Work``. What was seen before another request took its place is seen again."""
        self.sequence = sequence
        sequence.keep(min(len(sequence.tokens), self._first))
        self.forget()

    @property
    def n_missing(self) -> int:
        return len(self.tokens) - (len(self.sequence.tokens) if self.sequence else 0)

    def fill_prompt(self, batch: Batch, most: int) -> int:
        """See ``Work``."""
        assert self.sequence is not None
        done = len(self.sequence.tokens)
        unseen = max(0, self._first - done)
        count = max(0, min(most, self.n_missing - 1, batch.room, unseen + MAX_OUTPUTS - batch.n_wanted))
        if count:
            last = batch.add(self.tokens[done : done + count], done, self.sequence.number, logits=False)
            self._filled = last - count + 1, count
            if count > unseen:
                batch.want(last - count + 1 + unseen, last)
        return count

    def expect(self, most: int) -> None:
        """See ``Work``. Nothing is guessed: what follows is known, or of no interest."""

    def fill_last(self, batch: Batch) -> None:
        """See ``Work``."""
        assert self.sequence is not None
        self._filled = batch.add_one(self.tokens[-1], len(self.tokens) - 1, self.sequence.number), 1

    def advance(self, cache: Cache) -> None:
        """See ``Work``."""
        from .sampling.logprobs import logits_of  # numpy is imported for those who need it

        assert self.sequence is not None
        known, (start, count) = self.sequence.tokens, self._filled
        for place in range(len(known), len(known) + count):
            if place >= self._first:
                self.look(place, logits_of(self._model.context, start + place - len(known), self._model.vocabulary.size))
        known.extend(self.tokens[len(known) : len(known) + count])
        if not self.n_missing:
            self.reason = "done"
            self.client.send(self.found())

    def forget(self) -> None:
        """What was seen so far does not count."""

    def look(self, place: int, logits: Any) -> None:
        """The logits of what follows the token at ``place``: a view that the next evaluation overwrites.

        Shapes: (n_vocab,).
        """

    def found(self) -> Frame:
        """The answer."""
        raise NotImplementedError

    def end(self, reason: str) -> None:
        """See ``Work``. There is no part of it that could be sent."""
        self.reason = reason
        if reason != "cancelled":
            self.fail(EngineError(
                Sentence("The text does not fit the context of %1.", self._model.name), hint="Shorten it or set a larger num_ctx."
            ))

    def drop(self) -> None:
        """See ``Work``."""
        self.reason = self.reason or "dropped"

    def fail(self, error: EngineError) -> None:
        """See ``Work``."""
        self.reason = "error"
        self.client.send_error(error, self.request)


class Scoring(Reading):
    """How probable the tokens of a text are from number ``start`` on, with the ``n_top`` most probable ones at each place."""

    def __init__(
        self, model: Model, request: int, client: Channel, tokens: list[int], adapters: AdapterSet, *, start: int, n_top: int
    ) -> None:
        self._text, self._n_top = checked(model, tokens), n_top
        self._rows: list[Row] = []
        super().__init__(model, request, client, self._text[:-1] or self._text, adapters, max(start, 1) - 1)

    def forget(self) -> None:
        self._rows.clear()

    def look(self, place: int, logits: Any) -> None:
        from .sampling.logprobs import log_softmax, ranked

        if place + 1 < len(self._text):
            self._rows.append(ranked(self._model.vocabulary, log_softmax(logits), self._text[place + 1], self._n_top))

    def found(self) -> Frame:
        return Frame("logprobs", self.request, {}, pack_ranked(self._rows))


class Following(Reading):
    """What may follow a text, and what its beginnings that end at ``places``: the log-probability of every token, and the ``n_top`` most
    probable ones by name."""

    def __init__(
        self, model: Model, request: int, client: Channel, tokens: list[int], adapters: AdapterSet, *, places: Iterable[int], n_top: int
    ) -> None:
        text = checked(model, tokens)
        self._n_top, self._places = n_top, {*places, len(text) - 1}
        self._values: list[bytes] = []
        self._log_sums: list[float] = []
        self._tops: list[Row] = []
        super().__init__(model, request, client, text, adapters, max(0, min(self._places)))

    def forget(self) -> None:
        for seen in (self._values, self._log_sums, self._tops):
            seen.clear()

    def look(self, place: int, logits: Any) -> None:
        if place not in self._places:
            return
        from .sampling.logprobs import best, log_softmax

        values = log_softmax(logits)
        likeliest = int(logits.argmax())
        self._log_sums.append(float(logits[likeliest]) - float(values[likeliest]))
        self._values.append(pack_floats(values))
        name = self._model.vocabulary.name
        self._tops.append([(token, float(values[token]), name(token)) for token in best(values, self._n_top)])

    def found(self) -> Frame:
        top = pack_ranked(self._tops)
        return Frame("logprobs", self.request, {"top": len(top), "log_sums": self._log_sums}, top + b"".join(self._values))
