"""How probable tokens are: of an answer, of a text that is given, of what may come next. Values only."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from .shown import Displayed, Shown

MAX_TOP = 20
"""How many of the most probable tokens can be asked for with each token."""


@dataclass(frozen=True, slots=True)
class Logprob(Displayed):
    """How probable a token was at its place, before any option had an effect: the natural logarithm of its probability.

    ``token`` is its text, ``bytes`` what that is decoded from (it may be part of a character), ``id`` its number. ``top_logprobs`` are
    the most probable tokens at its place, best first, if they were asked for.
    """

    token: str
    logprob: float
    bytes: bytes
    id: int
    top_logprobs: tuple[Logprob, ...] = field(default=(), repr=False)

    @property
    def probability(self) -> float:
        """From 0 to 1."""
        return math.exp(self.logprob)


class Logprobs(tuple[Logprob, ...], Shown):
    """The tokens of a text, each with how probable it was after those before it.

    >>> Logprobs([Logprob("a", -0.5, b"a", 97), Logprob("b", -1.5, b"b", 98)]).total
    -2.0
    """

    __slots__ = ()

    @property
    def text(self) -> str:
        return b"".join(one.bytes for one in self).decode("utf-8", "replace")

    @property
    def tokens(self) -> tuple[int, ...]:
        return tuple(one.id for one in self)

    @property
    def total(self) -> float:
        """The log-probability of the whole."""
        return math.fsum(one.logprob for one in self)

    @property
    def perplexity(self) -> float:
        """Among how many equally probable tokens the model chose, on average; 1 for an empty text."""
        return math.exp(-self.total / len(self)) if self else 1.0


class Scores(tuple[Logprobs, ...], Shown):
    """Several texts with the probabilities of their tokens."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Distribution(Shown):
    """What a model holds for probable after a text.

    ``logprobs`` has the log-probability of every token of the vocabulary, by number (``numpy.asarray`` makes an array of it without a
    copy); ``top`` the most probable ones, best first; ``tokens`` is the text they follow. ``log_sum`` added to a log-probability is the
    model's logit, which penalties for repetitions work on.
    """

    tokens: Sequence[int] = field(repr=False)
    logprobs: array[float] = field(repr=False)
    top: Logprobs
    log_sum: float = 0.0

    @property
    def entropy(self) -> float:
        """How open it is what comes next, in bits."""
        return -math.fsum(math.exp(value) * value for value in self.logprobs if value > -math.inf) / math.log(2)


class Distributions(tuple[Distribution, ...], Shown):
    """What may follow each of several texts."""

    __slots__ = ()
