"""Guessing ahead with a second, smaller model: it drafts some tokens, and the large one draws its own at each of these places.

The draft model has a context of its own, with a sequence for each answer. What was guessed wrong leaves it, and what the answer went on
with instead is evaluated before the next guess. All answers that a step guesses for are drafted together, token by token. Whatever happens
here, an answer goes on without guesses.

Source: "Fast Inference from Transformers via Speculative Decoding", Y. Leviathan et al., 2023; but a guess counts where the sampler's own
draw is the same, so that nothing changes what is drawn, and the same seed says the same.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import LoadError
from ...gguf import read_index, read_shards, whole
from ...gguf.draft import check_draft
from ...sentences import Sentence
from .batch import Batch
from .cache import Cache
from .eagerness import Eagerness
from .llama import lib
from .log import Log
from .model import Model
from .pace import Pace
from .sequence import Sequence as Place
from .sequence import shared

WORTHWHILE = 0.4
"""A guess is made if, by the draft model's reckoning, it and all before it are right with this probability: below, it costs too much."""
ABORTED, NO_ROOM = 2, 1  # what llama_decode returns


class Draft:
    """What is guessed for one answer, and how much of it. ``guesses`` are those of this step; ``begun``: there was one before.

    Args:
        tokens: the prompt and what was answered so far, which grows.
        most: how many tokens to guess at once, at most.
    """

    def __init__(self, drafter: Drafter, tokens: array[int], most: int) -> None:
        self.tokens = tokens
        self.guesses = array("i")
        self.place: Place | None = None
        self.begun = False
        self._drafter, self._eagerness = drafter, Eagerness(most)
        self._wanted, self._sure = 0, 1.0

    def wants(self, most: int) -> bool:
        """Whether it is worth guessing in this step; if so, at most so many tokens."""
        self.guesses = array("i")
        self._wanted, self._sure = min(most, self._eagerness.now), 1.0
        if self._eagerness.rest:
            self._eagerness.rest -= 1
            return False
        return self._wanted > 0

    def take(self, token: int, probability: float) -> bool:
        """The draft model would go on with this token. Returns whether it shall guess one more."""
        self._sure *= probability
        if not self._sure >= WORTHWHILE:
            return False
        self.guesses.append(token)
        return len(self.guesses) < self._wanted

    def judge(self, guessed: int, right: int) -> None:
        """Learn how many of the last guesses were right."""
        self._eagerness.judge(guessed, right)

    def shift(self, n_keep: int, n_drop: int) -> None:
        """The answer lost ``n_drop`` tokens after the first ``n_keep``."""
        self._drafter.shift(self, n_keep, n_drop)

    def close(self) -> None:
        """The answer has ended."""
        self._drafter.release(self)


class Drafter:
    """The draft model of a runner.

    Args:
        n_vocab: how many tokens the large model knows.
    """

    def __init__(self, model: Model, n_vocab: int) -> None:
        from .sampling.logprobs import likeliest, logits_of  # numpy is imported for those who need it

        self._likeliest: Callable[[int], tuple[int, float]] = lambda row: likeliest(logits_of(model.context, row, self._n_vocab))
        self.model, self.cache = model, Cache(model)
        self.batch = Batch(model.n_batch, model.n_sequences)
        self._pace = Pace(model.n_batch, model.n_chunk)
        self._n_vocab = min(n_vocab, model.vocabulary.size)
        self._ends = model.vocabulary.ends

    def guess(self, drafts: Sequence[Draft], *, beside_answers: bool) -> None:
        """Guess for some answers what comes next. What the draft model has not seen of them is evaluated first, in pieces: who has a long
        prompt waits some steps for the first guess.

        Args:
            beside_answers: whether there are other answers, which would wait for it.
        """
        rows, fed = self._fill(drafts[: self.batch.capacity], self._pace.chunk(beside_answers=beside_answers))
        size, started = self.batch.size, time.perf_counter()
        while fed and self._evaluate(fed):
            if started:
                self._pace.took(size, time.perf_counter() - started)
                started = 0.0
            last = {one: one.tokens[-1:] for one in fed if one not in rows and one.place and len(one.place.tokens) == len(one.tokens) - 1}
            fed = {**last, **{one: one.guesses[-1:] for one, row in rows.items() if self._continue(one, row)}}
            rows = self._fill_one_each(fed)

    def shift(self, draft: Draft, n_keep: int, n_drop: int) -> None:
        """See ``Draft.shift``."""
        place = draft.place
        if place is not None and (len(place.tokens) <= n_keep + n_drop or not self.cache.shift(place, n_keep, n_drop)):
            place.keep(min(len(place.tokens), n_keep))

    def release(self, draft: Draft) -> None:
        """See ``Draft.close``. What was evaluated stays for the next prompt that begins with it."""
        if draft.place is not None:
            self.cache.release(draft.place)
            draft.place = None

    def _fill(self, drafts: Sequence[Draft], most: int) -> tuple[dict[Draft, int], dict[Draft, array[int]]]:
        """Begin a batch with what is missing of each answer. Returns the rows of those that miss no more, and what was added for each.

        The first time, the last token does not go along with the others: whether these were evaluated just now or long ago must not
        matter to how sums are rounded, so that the same request is guessed for in the same way again.
        """
        self.batch.clear()
        rows: dict[Draft, int] = {}
        fed: dict[Draft, array[int]] = {}
        for one in drafts:
            missing = self._missing(one)
            most_now = min(most - self.batch.size, self.batch.room, len(missing) if one.begun else max(1, len(missing) - 1))
            piece = missing[: max(0, most_now)]
            if not piece:
                continue
            assert one.place is not None
            last = self.batch.add(piece, len(one.place.tokens), one.place.number, logits=len(piece) == len(missing))
            fed[one] = piece
            if len(piece) == len(missing):
                rows[one], one.begun = last, True
        return rows, fed

    def _fill_one_each(self, fed: Mapping[Draft, array[int]]) -> dict[Draft, int]:
        """Begin a batch with one token for each answer. Returns their rows."""
        self.batch.clear()
        rows: dict[Draft, int] = {}
        for one, tokens in fed.items():
            assert one.place is not None
            rows[one], one.begun = self.batch.add_one(tokens[0], len(one.place.tokens), one.place.number), True
        return rows

    def _missing(self, one: Draft) -> array[int]:
        """What of an answer is not in the draft model's memory, the last token at least; nothing if there is no room for it."""
        if len(one.tokens) >= self.model.n_ctx:
            return array("i")
        if one.place is None:
            one.place = self.cache.claim(one.tokens, self.model.adapters.none)
            if one.place is None:
                return array("i")
        one.place.keep(min(shared(one.place.tokens, one.tokens), len(one.tokens) - 1))
        missing = one.tokens[len(one.place.tokens) :]
        return missing if max(missing) < self._n_vocab else array("i")

    def _evaluate(self, fed: Mapping[Draft, array[int]]) -> bool:
        """Evaluate the batch. False: it did not succeed, and these begin anew with the next step."""
        while True:
            code = lib.llama_decode(self.model.context, self.batch.native)
            self.cache.settle(stopped=code == ABORTED)
            if code != NO_ROOM or not self.cache.evict():
                break
        for one, piece in fed.items():
            assert one.place is not None
            if not code:
                one.place.tokens.extend(piece)
                continue
            one.place.resync() if code in (ABORTED, NO_ROOM) else one.place.clear()
            if code != ABORTED:
                one.judge(0, 0)
        return not code

    def _continue(self, one: Draft, row: int) -> bool:
        """Take the most probable token of a row as a guess. Returns whether that one is evaluated as well."""
        assert one.place is not None
        token, probability = self._likeliest(row)
        more = token not in self._ends and one.take(token, probability)
        if not one.guesses:
            one.judge(0, 0)
        return more and len(one.place.tokens) < self.model.n_ctx


def load_drafter(path: Path, model: Model, log: Log, options: Mapping[str, Any], **context: Any) -> Drafter:
    """Load a draft model beside its large one, with a context as long.

    Args:
        options: those that the large one was loaded with; ``context``: what else ``Model`` takes.
    Raises: LoadError, SourceError, GGUFError.
    """
    check_draft(read_index(path), whole(read_shards(*model.paths)))
    draft = Model(f"the draft model of {model.name}", [path], (), {**options, "num_ctx": model.n_ctx}, log, **context)
    if not draft.memory or not draft.can_cut:
        what = "makes embeddings and cannot generate text" if not draft.memory else "cannot take back what it guessed"
        raise LoadError(Sentence("%1 %2.", draft.name, Sentence.of(what)), hint="Create it with another DRAFT.", name=model.name, path=path)
    return Drafter(draft, model.vocabulary.size)
