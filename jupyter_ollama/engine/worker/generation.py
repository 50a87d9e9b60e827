"""One answer in the making: its prompt is evaluated in pieces, then one token follows the other.

The loop lets every generation put tokens into a batch (``fill_prompt``, ``fill_last``), evaluates it, and lets them look at what came out
(``advance``). Tokens are sent as they come, but not more often than every ``SEND_EVERY_NS``: waking the other side for each single token
of a fast model would cost more than making it.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Tokens
from typing import Protocol

from ...errors import ContextFull, EngineError
from ...options import Options
from ...sentences import Sentence
from ...template.truncation import head_and_room
from ..frames import Frame, pack_pieces
from ..protocol import FREE, NOTHING, Form, Keep
from ..ranked import Row, pack_ranked
from .adapters import AdapterSet
from .batch import Batch
from .cache import Cache
from .channel import Channel
from .drafting import Draft, Drafter
from .guessing import Guesses
from .model import Model
from .sampling import Sampler
from .sampling.grammar import gbnf_of
from .sequence import Sequence

SEND_EVERY_NS = 40_000_000
MAX_REPEATS = 30
MAX_ANSWER_CONTEXTS = 10


class Keeping(Protocol):
    """Keeps states on the disk; see ``keeping.Keeper``."""

    def keep_prefix(self, generation: Generation) -> None: ...

    def keep_conversation(self, generation: Generation, then: Callable[[], None]) -> bool: ...


class Generation:
    """A request to generate.

    Args:
        shown: control tokens that have their texts as pieces.
        n_keep: how many of the first tokens stay when the context is full and others make room; None: the answer ends there.
        adapters: those that count for it; without them none does.
        form: what the tokens follow, and whether their log-probabilities go along.
        keep: which of its states may be kept on the disk, by ``keeper``.
        drafter: the draft model, if there is one.

    ``reason`` is empty until it has ended. ``unwanted``: its cancel has arrived (set by the thread that listens). ``sequence`` is where it
    is evaluated; None while it waits.
    """

    def __init__(
        self, model: Model, request: int, client: Channel, prompt: Tokens[int], options: Options, shown: Mapping[int, bytes],
        n_keep: int | None = None, form: Form = FREE, adapters: AdapterSet | None = None, keep: Keep = NOTHING,
        keeper: Keeping | None = None, drafter: Drafter | None = None,
    ) -> None:  # fmt: skip
        self.request, self.client = request, client
        self.reason, self.unwanted = "", False
        self.sequence: Sequence | None = None
        self.tokens = array("i", checked(model, prompt))
        self.adapters = adapters or model.adapters.none
        self.keep = keep
        self._keeper = keeper
        self._model, self._n_keep = model, n_keep
        self._prompt_count = len(self.tokens)
        self._sampler = Sampler(
            options, model.vocabulary, model.n_ctx, self.tokens.tolist(), grammar=gbnf_of(form.format), n_top=form.n_top
        )
        self._draw, self._context = self._sampler.draw, model.context
        self._limit = _limit(options, model.n_ctx)
        self._ends, self._piece = model.vocabulary.ends, model.vocabulary.piece
        self._shown = shown
        self._filled, self._index = 0, -1
        self._guesses = Guesses(options, model, self.tokens, drafter)
        self._count = self._repeats = self._cached_count = 0
        self._last_words = b""
        self._pending: list[tuple[int, bytes]] = []
        self._ranked: list[Row] = []
        self._sent_at = self._began_at = self._prompt_done_at = 0

    def begin(self, sequence: Sequence) -> None:
        """It is this request's turn, for the first time or again."""
        self.sequence = sequence
        if not self._began_at:
            self._began_at, self._cached_count = time.perf_counter_ns(), len(sequence.tokens)

    @property
    def waited_s(self) -> float:
        """How long ago it began."""
        return (time.perf_counter_ns() - self._began_at) / 1e9

    @property
    def n_missing(self) -> int:
        """How many of its tokens have not been evaluated. One: the next token of the answer follows from it."""
        return len(self.tokens) - (len(self.sequence.tokens) if self.sequence else 0)

    def fill_prompt(self, batch: Batch, most: int) -> int:
        """Add what has to be evaluated before the last token, at most so much. Returns how much.

        The last token of a prompt never goes along, whether the others were evaluated just now or long ago: sums are rounded differently
        in larger batches, and the same seed shall give the same answer again.
        """
        assert self.sequence is not None
        done = len(self.sequence.tokens)
        own = self.keep.fixed - done  # a piece ends where the model's own part does, so that it is evaluated in the same way every time
        self._filled = count = min(most, self.n_missing - 1, batch.room, own if own > 0 else batch.room)
        self._index = -1
        if count:
            batch.add(self.tokens[done : done + count], done, self.sequence.number, logits=False)
        return count

    def expect(self, most: int) -> Draft | None:
        """See ``Work``."""
        if not self._guesses.possible:
            return None
        return self._guesses.expect(min(most, self._places), begun=bool(self._prompt_done_at))

    def fill_last(self, batch: Batch) -> None:
        """Add the one token that is missing; the next one follows from it. What was guessed goes along."""
        assert self.sequence is not None
        self._filled = 1
        self._index = batch.add_one(self.tokens[-1], len(self.tokens) - 1, self.sequence.number)
        if self._guesses.possible:
            self._guesses.fill(batch, self.sequence.number, self._places)

    @property
    def _places(self) -> int:
        """How many tokens there is room for in the context and in the answer, besides the next one."""
        return min(self._model.n_ctx - len(self.tokens), self._limit - self._count - 1)

    def advance(self, cache: Cache) -> None:
        """The batch was evaluated: take the next token if the prompt is done."""
        assert self.sequence is not None
        known = self.sequence.tokens
        if self._index < 0:
            known.extend(self.tokens[len(known) : len(known) + self._filled])
            if self._keeper is not None and len(known) == self.keep.fixed:
                self._keeper.keep_prefix(self)
            return
        known.append(self.tokens[-1])
        if not self._prompt_done_at:
            self._prompt_done_at = time.perf_counter_ns()
        reason = self._take_all(cache, known) if self._limit else "length"
        if reason:
            self.end(reason)
        elif time.perf_counter_ns() - self._sent_at >= SEND_EVERY_NS:
            self._send()

    def _take_all(self, cache: Cache, known: array[int]) -> str:
        """Draw the next token, and those after it as long as they were guessed. What was guessed wrong leaves the memory."""
        guesses, right = self._guesses.now, 0
        if not guesses:
            return self._take(cache, len(known), self._index)
        assert self.sequence is not None
        while not (reason := self._take(cache, len(known), self._index + right)) and right < len(guesses):
            if self.tokens[-1] != guesses[right]:
                break
            known.append(guesses[right])
            right += 1
        self._guesses.judge(right)
        if right < len(guesses):
            self.sequence.resync()
        return reason

    def _take(self, cache: Cache, evaluated: int, index: int) -> str:
        """Draw the next token from a row of logits. Returns why the answer ends with it, or nothing."""
        token = self._draw(self._context, index)
        self._count += 1
        piece = self._shown.get(token) or self._piece(token)
        if token in self._ends or self._repeats_itself(piece):
            return "stop"
        self.tokens.append(token)
        self._pending.append((token, piece))
        if row := self._sampler.ranked(self._context, index, token):
            self._ranked.append(row)
        if self._count >= self._limit:
            return "length"
        return self._make_room(cache) if evaluated >= self._model.n_ctx else ""

    def _make_room(self, cache: Cache) -> str:
        """The context is full: the first tokens stay, half of the others go. Where they cannot be moved, they are evaluated again."""
        assert self.sequence is not None
        if self._n_keep is None:
            return "length"
        head, room = head_and_room(self._model.n_ctx, self._n_keep)
        surplus = len(self.tokens) - room
        if not cache.shift(self.sequence, head, surplus):
            self.sequence.keep(head)
        del self.tokens[head : head + surplus]
        self._guesses.shift(head, surplus)
        return ""

    def end(self, reason: str) -> None:
        """Send what is left, and the numbers. A request that never had its turn ends as well."""
        self.reason = reason
        now = time.perf_counter_ns()
        self._close()
        self._send()
        evaluated = self._prompt_done_at or now
        facts = {
            "reason": reason, "seed": self._sampler.seed, "prompt_eval_count": self._prompt_count, "eval_count": self._count,
            "prompt_eval_duration": evaluated - (self._began_at or now), "eval_duration": now - evaluated,
            "prompt_cached_count": self._cached_count, "guessed_count": self._guesses.n_guessed, "accepted_count": self._guesses.n_right,
        }  # fmt: skip

        def send() -> None:
            self.client.send(Frame("end", self.request, facts))

        if self._keeper is None or not self.keep.conversation or not self._keeper.keep_conversation(self, send):
            send()

    def drop(self) -> None:
        """End without a word: its client is gone."""
        if not self.reason:
            self._close()
        self.reason = "dropped"

    def fail(self, error: EngineError) -> None:
        """End with an error."""
        self.reason = "error"
        self._close()
        self.client.send_error(error, self.request)

    def _close(self) -> None:
        """Give back what only an answer in the making needs."""
        self._sampler.close()
        self._guesses.close()

    def _repeats_itself(self, piece: bytes) -> bool:
        words = piece.strip()
        self._repeats = self._repeats + 1 if words == self._last_words else 0
        self._last_words = words
        return self._repeats > MAX_REPEATS

    def _send(self) -> None:
        if self._pending:
            pending, self._pending = self._pending, []
            pieces = pack_pieces(pending)
            ranked = pack_ranked(self._ranked) if self._ranked else b""
            self._ranked = []
            self.client.send(Frame("tokens", self.request, {"pieces": len(pieces)} if ranked else {}, pieces + ranked))
            self._sent_at = time.perf_counter_ns()


def checked(model: Model, prompt: Tokens[int]) -> list[int]:
    """A prompt as it is evaluated; an empty one is the BOS token.

    Raises: ContextFull if it is too long, EngineError for what is no token, or if there is nothing to begin with.
    """
    tokens = list(prompt)
    model.vocabulary.check(tokens)
    if not tokens and model.vocabulary.bos is None:
        raise EngineError(
            Sentence("%1 needs a prompt: it has no token that begins a text.", model.name), hint="Give at least one character."
        )
    if len(tokens) > model.n_ctx:
        raise ContextFull(
            Sentence("The prompt has %1 tokens, the context of %2 %3.", len(tokens), model.name, model.n_ctx),
            hint=_longer(model, len(tokens)), n_tokens=len(tokens), n_ctx=model.n_ctx,
        )  # fmt: skip
    return tokens or [model.vocabulary.bos]  # type: ignore[list-item]  # checked above


def _longer(model: Model, needed: int) -> str:
    if needed <= model.n_ctx_train:
        return Sentence("Shorten it, or set num_ctx to %1 or more (the model was trained for %2).", needed, model.n_ctx_train)
    return Sentence("Shorten it: the model was trained for %1 tokens, so num_ctx does not help.", model.n_ctx_train)


def _limit(options: Options, n_ctx: int) -> int:
    """How many tokens an answer may have: num_predict, and never more than ten contexts."""
    wanted = options.get("num_predict", -1)
    assert isinstance(wanted, int)
    most = MAX_ANSWER_CONTEXTS * n_ctx
    return most if wanted < 0 else min(wanted, most)
