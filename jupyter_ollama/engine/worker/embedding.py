"""Texts to vectors: a second context of the model that is loaded, whose batches hold as many whole texts as are worth it.

A text is evaluated at once and nothing of it is kept. Batches take turns with the steps of answers. How a text's tokens become one vector
(mean, first, last token) is what the model's file says; a model that says nothing gives its last token's, as in Ollama.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...errors import ContextFull, EngineError
from ...sentences import Sentence
from ..frames import Frame
from .adapters import Adapters, AdapterSet
from .batch import Batch
from .channel import Channel
from .llama import lib
from .log import Log
from .model import Model, pooling

WORTHWHILE = 512
"""Tokens in a batch: more do not make it faster, and every token looks at all of them, other texts' too."""
MAX_TEXTS = 64
_TOO_LONG = "the input length exceeds the context length"
_NO_ROOM = "input after truncation exceeds maximum context length"


@dataclass(eq=False)
class Embedding:
    """A request: texts as tokens, and the vectors that there are of them so far.

    ``width`` is how many numbers of each vector are wanted (0: all), ``normalized`` whether its length is to be 1.
    """

    request: int
    client: Channel
    texts: list[list[int]]
    adapters: AdapterSet
    width: int = 0
    normalized: bool = True
    vectors: list[bytes] = field(default_factory=list)
    started: int = 0
    over: bool = False


class Embedder:
    """The context, and the requests that wait. It is made when the first text comes, and anew when one comes that is too long for it."""

    def __init__(self, model: Model, log: Log) -> None:
        self._model, self._log = model, log
        self._waiting: deque[Embedding] = deque()
        self._context: Any = None
        self._capacity = 0
        self._width = int(lib.llama_model_n_embd_out(model.handle))

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def tokens(self, texts: Sequence[bytes], limit: int, *, truncate: bool) -> list[list[int]]:
        """The tokens of texts, with the special ones at both ends; what is too long loses its end, if it may.

        Raises: ContextFull.
        """
        return [self._fitting(text, limit, truncate) for text in texts]

    def _fitting(self, text: bytes, limit: int, truncate: bool) -> list[int]:
        vocabulary = self._model.vocabulary
        tokens = vocabulary.tokenize(text, add_special=True, parse_special=True)
        if len(tokens) <= limit:
            return tokens
        if not truncate:
            raise ContextFull(
                Sentence("A text has %1 tokens, the context %2.", len(tokens), limit), hint="Shorten it, or leave truncate on.",
                text=_TOO_LONG,
            )  # fmt: skip
        special = vocabulary.tokenize(b"", add_special=True, parse_special=True)
        behind = len(special) - bool(special and tokens[0] == special[0]) if special else 0
        if limit <= len(special):
            raise ContextFull(
                Sentence("A context of %1 tokens has no room for a text.", limit), hint="Set a larger num_ctx.", text=_NO_ROOM
            )
        return [*tokens[: limit - behind], *tokens[len(tokens) - behind :]]

    def submit(self, wanted: Embedding) -> None:
        """Embed these, as soon as it is their turn.

        Raises: EngineError for a model that ranks texts instead.
        """
        self._provide(max(map(len, wanted.texts), default=0))
        self._waiting.append(wanted)
        if not wanted.texts:
            self._answer(wanted)

    def warm_up(self, n_tokens: int) -> None:
        """Evaluate some tokens and forget them; warmup.py says why. Models that rank texts are left alone."""
        if pooling(self._model.handle) == lib.LLAMA_POOLING_TYPE_RANK:
            return
        self._provide(0)
        self._batch.clear()
        self._batch.want(0, self._batch.add([0] * min(n_tokens, self._batch.capacity), 0, 0, logits=True))
        lib.llama_decode(self._context, self._batch.native)
        self._batch.clear()

    def cancel(self, client: Channel, request: int | None) -> None:
        """Forget a request of a client, or all of them."""
        for one in self._waiting:
            if one.client is client and request in (None, one.request):
                one.over = True
        self._waiting = deque(one for one in self._waiting if not one.over)

    def step(self) -> None:
        """One evaluation, for as many texts as fit."""
        adapters = self._waiting[0].adapters
        chosen: list[tuple[Embedding, int]] = []
        self._batch.clear()
        for wanted, number, text in self._next_texts():
            full = self._batch.size and self._batch.size + len(text) > min(WORTHWHILE, self._batch.capacity)
            if full or len(chosen) == MAX_TEXTS or wanted.adapters is not adapters:
                break
            last = self._batch.add(text, 0, len(chosen), logits=True)
            self._batch.want(last + 1 - len(text), last)
            chosen.append((wanted, number))
            wanted.started = number + 1
        self._adapters.use(adapters)
        self._model.interrupt(False)
        if self._memory:
            lib.llama_memory_clear(self._memory, False)
        code = lib.llama_decode(self._context, self._batch.native)
        try:
            for sequence, (wanted, _) in enumerate(chosen):
                if code:
                    raise EngineError(
                        Sentence("llama.cpp cannot embed with %1: %2.", self._model.name, self._log.reason() or f"error {code}")
                    )
                wanted.vectors.append(self._vector(sequence, wanted))
        except EngineError as error:
            for wanted in {wanted.request: wanted for wanted, _ in chosen}.values():
                self._fail(wanted, error)
        for wanted in list(self._waiting):
            if len(wanted.vectors) == len(wanted.texts):
                self._answer(wanted)

    def _next_texts(self) -> Iterator[tuple[Embedding, int, list[int]]]:
        for wanted in self._waiting:
            for number in range(wanted.started, len(wanted.texts)):
                yield wanted, number, wanted.texts[number]

    def _vector(self, sequence: int, wanted: Embedding) -> bytes:
        """Little-endian float32 numbers. Raises: EngineError when they are none."""
        import numpy as np  # imported for those who need it

        found = lib.llama_get_embeddings_seq(self._context, sequence)
        if not found:
            raise EngineError(Sentence("llama.cpp gives no embedding with %1.", self._model.name))
        vector = np.frombuffer(ctypes.string_at(found, 4 * self._width), np.float32)
        if not np.isfinite(vector).all():
            raise EngineError("The embedding contains numbers that are none.", text="embedding contains NaN or Inf values")
        if 0 < wanted.width < len(vector):
            vector = vector[: wanted.width]
        if wanted.normalized:
            length = float(np.sqrt(np.square(vector, dtype=np.float64).sum()))
            vector = vector / length if length else vector
        return vector.astype("<f4").tobytes()

    def _answer(self, wanted: Embedding) -> None:
        fields = {"n_texts": len(wanted.texts), "n_tokens": sum(map(len, wanted.texts))}
        self._end(wanted, Frame("embeddings", wanted.request, fields, b"".join(wanted.vectors)))

    def _fail(self, wanted: Embedding, error: EngineError) -> None:
        self._end(wanted, Frame.of_error(error, wanted.request))

    def _end(self, wanted: Embedding, frame: Frame) -> None:
        wanted.over = True
        self._waiting.remove(wanted)
        try:
            wanted.client.send(frame)
        except OSError:
            pass  # a client that is gone will be detached

    def _provide(self, n_tokens: int) -> None:
        """Have a context in which a text of that many tokens can be evaluated."""
        if self._context is None or n_tokens > self._capacity:
            if self._context is not None:
                lib.llama_free(self._context)
            self._context, self._capacity = None, -(-max(n_tokens, 1) // WORTHWHILE) * WORTHWHILE
            self._start(self._capacity)

    def _start(self, capacity: int) -> None:
        model, kind = self._model, pooling(self._model.handle)
        if kind == lib.LLAMA_POOLING_TYPE_RANK:
            raise EngineError(
                Sentence("%1 ranks pairs of texts and makes no embeddings.", model.name), hint="Choose another model.", name=model.name
            )
        last = kind in (lib.LLAMA_POOLING_TYPE_UNSPECIFIED, lib.LLAMA_POOLING_TYPE_NONE)
        parameters = lib.llama_context_default_params()
        parameters.n_ctx = parameters.n_batch = capacity
        # a text has to be evaluated whole unless only its last token counts, and that looks back
        parameters.n_ubatch = min(WORTHWHILE, capacity) if last and model.memory else capacity
        parameters.n_seq_max, parameters.kv_unified, parameters.embeddings = MAX_TEXTS, True, True
        parameters.pooling_type = lib.LLAMA_POOLING_TYPE_LAST if last else kind
        parameters.n_threads = parameters.n_threads_batch = model.n_threads
        parameters.no_perf = True
        self._context = lib.llama_init_from_model(model.handle, parameters)
        if not self._context:
            raise EngineError(
                Sentence("There is no room to embed with %1: %2.", model.name, Sentence.of(self._log.reason() or "no reason given")),
                hint="Set a smaller num_ctx.", name=model.name,
            )  # fmt: skip
        self._memory = lib.llama_get_memory(self._context)
        self._batch = Batch(capacity, MAX_TEXTS)
        self._adapters = Adapters(model.name, model.handle, self._context, model.paths, self._log)

    def adapter_set(self, wanted: Sequence[tuple[Any, float]]) -> AdapterSet:
        """The adapters that a request wants, in this context. Raises: LoadError, EngineError."""
        self._provide(0)
        return self._adapters.load(wanted)
