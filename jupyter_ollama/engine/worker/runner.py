"""A child that runs one model: frames in, tokens out. It knows clients, not pipes: a client is whatever has a ``Channel``.

    from a client                                            to it
    load      {name, paths, adapters, options,               loaded    {facts of the model}
               extra_buffers, n_parallel,
               cache_type, flash_attention, snapshots, sizes,
               draft}
    tokenize  {add_special, parse_special}  text             tokens    token ids
    detokenize  {special}  token ids                         text      bytes
    generate  {options, shown, keep, n_keep, form,           pieces..., then end {reason, seed, counts, durations}
               adapters}  token ids
    embed     {sizes, limit, truncate, width, normalized,    embeddings  numbers of all texts, {n_texts, n_tokens}
               options, adapters}  texts
    score     {start, n_top, options, adapters}  token ids   logprobs  of each token from start on (ranked.py)
    next      {n_top, options, adapters}  token ids          logprobs  of every token of the vocabulary, {top: size of the ranked part}
    cancel    (id: the request to end)                       end {reason: cancelled, ...}

``error`` answers whatever fails. The first ``load`` counts, later ones get the same answer. All requests go through one queue; between two
evaluations of the model it is emptied.
"""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ...errors import EngineError, OllamaError
from ...sentences import Sentence
from ..frames import Frame, pack_ids, unpack_ids
from ..protocol import DEFAULT_N_CTX, SMALL_MODEL_BYTES, EngineInfo, Form, Keep
from ..snapshots import SnapshotRules
from .adapters import AdapterSet
from .channel import Channel
from .drafting import Drafter, load_drafter
from .embedding import Embedder, Embedding
from .generation import Generation
from .keeping import Keeper
from .log import Log
from .loop import Loop
from .model import Model
from .pulse import Pulse
from .scoring import Following, Scoring
from .waiting import Waiting
from .warmup import N_TOKENS, has_amx, warm_up


class Runner:
    """The loop, and what it works on."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._inbox: SimpleQueue[tuple[Channel, Frame | None] | None] = SimpleQueue()  # None: a snapshot has been read
        self.pulse = Pulse()
        self._facts: dict[str, Any] = {}
        self._loop: Loop | None = None
        self._embedder: Embedder | None = None
        self._loaded: Model | None = None
        self._waiting = Waiting(1)
        self._verbs: dict[str, Callable[[Channel, Frame], None]] = {
            "load": self._load,
            "tokenize": self._tokenize,
            "detokenize": self._detokenize,
            "generate": self._generate,
            "embed": self._embed,
            "score": self._score,
            "next": self._next,
            "cancel": self._cancel,
        }

    @property
    def _answers(self) -> Loop:
        if self._loop is None:
            raise EngineError(Sentence("%1 makes embeddings and cannot generate text.", self._model.name), hint="Choose another model.")
        return self._loop

    @property
    def _model(self) -> Model:
        if self._loaded is None:
            raise EngineError("No model is loaded in this process.")
        return self._loaded

    @property
    def _busy(self) -> bool:
        return (self._loop is not None and self._loop.busy) or (self._embedder is not None and self._embedder.busy)

    def attach(self, client: Channel) -> None:
        """Take requests from this client, too, until it closes."""
        threading.Thread(target=self._listen, args=(client,), name="client", daemon=True).start()

    def run(self) -> None:
        """Work for ever. When this process ends is another's matter (tenancy.py)."""
        while True:
            while not self._busy or not self._inbox.empty():
                if not self._busy:
                    self.pulse.rest()
                self._take(self._inbox.get())
            self.pulse.beat()
            started = time.perf_counter()
            if self._loop is not None and self._loop.busy:
                self._loop.step()
            if self._embedder is not None and self._embedder.busy:
                self._embedder.step()
            self._waiting.look(time.perf_counter() - started)

    def finish(self) -> None:
        """Let what is being written to the disk get done."""
        if self._loop is not None and self._loop.keeper is not None:
            self._loop.keeper.finish()

    def _take(self, item: tuple[Channel, Frame | None] | None) -> None:
        if item is not None:
            self._handle(*item)
        elif self._loop is not None:
            self._loop.collect()

    def _listen(self, client: Channel) -> None:
        """Queue what arrives; a cancelled request, or a client that is gone, also stops an evaluation that is going on (thread)."""
        while True:
            try:
                frame = client.receive()
            except (EngineError, OSError):
                frame = None
            self._inbox.put((client, frame))
            if self._loop is not None and (frame is None or frame.kind == "cancel"):
                self._loop.unwant(client, None if frame is None else frame.id)
            if frame is None:
                return

    def _handle(self, client: Channel, frame: Frame | None) -> None:
        self.pulse.beat()
        try:
            if frame is None:
                self._detach(client)
            elif frame.kind in self._verbs:
                self._verbs[frame.kind](client, frame)
            else:
                raise EngineError(Sentence("The engine process does not know the request %1.", repr(frame.kind)))
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one request is nothing to the others)
            with suppress(OSError):  # a client that is gone will be detached
                client.send_error(_told(error, frame), frame.id if frame is not None else 0)

    def _detach(self, client: Channel) -> None:
        if self._loop is not None:
            self._loop.drop(client)
        if self._embedder is not None:
            self._embedder.cancel(client, None)

    def _load(self, client: Channel, frame: Frame) -> None:
        started = time.perf_counter_ns()
        fields = frame.fields
        paths, adapters = ([Path(path) for path in fields[kind]] for kind in ("paths", "adapters"))
        if self._loaded is not None:  # another client was first
            self._model.adapters.load((path, 1.0) for path in adapters)
            client.send(Frame("loaded", frame.id, self._facts))
            return
        extra = fields["extra_buffers"]
        context = {
            "extra_buffers": extra, "on_progress": self.pulse.beat, "n_parallel": fields["n_parallel"],
            "cache_type": fields["cache_type"], "flash_attention": fields["flash_attention"],
        }  # fmt: skip
        model = Model(fields["name"], paths, adapters, fields["options"], self._log, sizes=fields["sizes"], **context)
        drafter, problem = self._drafter(model, fields, context)
        if model.memory:
            self._loop = Loop(model, self._log, lambda: not self._inbox.empty(), self._keeper(model, fields), drafter)
            if extra and has_amx():
                warm_up(model, self._loop.batch)
            if drafter is not None:
                warm_up(drafter.model, drafter.batch)  # if it ends this process, then now: answers can do without it
        small = model.weights_bytes < SMALL_MODEL_BYTES  # its steps are so short that waking a thread costs more than keeping it awake
        self._embedder, self._loaded, self._waiting = Embedder(model, self._log), model, Waiting(1 if small else model.n_threads)
        if not model.memory and extra and has_amx():
            self._embedder.warm_up(N_TOKENS)
        facts = _facts(model, time.perf_counter_ns() - started)
        if drafter is not None:
            draft_bytes = drafter.model.weights_bytes
            on_gpu = draft_bytes if self._log.all_on_gpu else 0  # else what lies there is known already
            facts = replace(facts, size_bytes=facts.size_bytes + draft_bytes, gpu_bytes=facts.gpu_bytes + on_gpu)
        self._facts = asdict(replace(facts, draft_problem=problem))
        client.send(Frame("loaded", frame.id, self._facts))

    def _drafter(self, model: Model, fields: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[Drafter | None, str]:
        """The draft model, if there is one; or why it cannot be used: answers need none."""
        if not fields["draft"] or not model.memory:
            return None, ""
        if not model.can_cut:
            return None, f"{model.name} cannot take back guesses, so that its draft model is of no use."
        try:
            return load_drafter(Path(fields["draft"]), model, self._log, fields["options"], **context), ""
        except OllamaError as error:
            self._log.errors.clear()  # they are told now, and are no reason for anything later
            return None, f"{model.name} answers without its draft model: {error.message}"

    def _keeper(self, model: Model, fields: Mapping[str, Any]) -> Keeper | None:
        """What keeps states of this model on the disk, if any are kept."""
        if fields.get("snapshots") is None:
            return None
        facts = {name: fields[name] for name in ("cache_type", "flash_attention")}
        return Keeper(model, SnapshotRules.from_fields(fields["snapshots"]), facts, lambda: self._inbox.put(None))

    def _tokenize(self, client: Channel, frame: Frame) -> None:
        tokens = self._model.vocabulary.tokenize(frame.payload, **frame.fields)
        client.send(Frame("tokens", frame.id, {}, pack_ids(tokens)))

    def _detokenize(self, client: Channel, frame: Frame) -> None:
        text = self._model.vocabulary.text(unpack_ids(frame.payload), **frame.fields)
        client.send(Frame("text", frame.id, {}, text))

    def _generate(self, client: Channel, frame: Frame) -> None:
        tokens, fields = unpack_ids(frame.payload), frame.fields
        options, model = fields["options"], self._model
        shown = model.vocabulary.control_tokens(fields["shown"])
        form, adapters, keep, loop = Form(**fields.get("form", {})), self._adapters(frame), Keep(**fields["keep"]), self._answers
        n_keep = fields.get("n_keep")
        generation = Generation(model, frame.id, client, tokens, options, shown, n_keep, form, adapters, keep, loop.keeper, loop.drafter)
        loop.submit(generation, remembered=True)

    def _adapters(self, frame: Frame) -> AdapterSet:
        scale = float(frame.fields["options"].get("adapter_scale", 1.0))
        return self._model.adapters.load((Path(path), scale) for path in frame.fields["adapters"])

    def _embed(self, client: Channel, frame: Frame) -> None:
        fields, model, embedder = frame.fields, self._model, self._embedder
        assert embedder is not None, "it comes with the model"
        texts, start = [], 0
        for size in fields["sizes"]:
            texts.append(frame.payload[start : start + size])
            start += size
        limit = fields["limit"] or DEFAULT_N_CTX
        limit = min(limit, model.n_ctx_train) if model.n_ctx_train > 0 else limit
        tokens = embedder.tokens(texts, limit, truncate=fields["truncate"])
        scale = float(fields["options"].get("adapter_scale", 1.0))
        adapters = embedder.adapter_set([(Path(path), scale) for path in fields["adapters"]])
        embedder.submit(Embedding(frame.id, client, tokens, adapters, fields["width"], fields["normalized"]))

    def _score(self, client: Channel, frame: Frame) -> None:
        fields, adapters = frame.fields, self._adapters(frame)
        tokens = unpack_ids(frame.payload)
        self._answers.submit(Scoring(self._model, frame.id, client, tokens, adapters, start=fields["start"], n_top=fields["n_top"]))

    def _next(self, client: Channel, frame: Frame) -> None:
        fields, adapters = frame.fields, self._adapters(frame)
        following = Following(
            self._model, frame.id, client, unpack_ids(frame.payload), adapters, places=fields["places"], n_top=fields["n_top"]
        )
        self._answers.submit(following)

    def _cancel(self, client: Channel, frame: Frame) -> None:
        if self._loop is not None:
            self._loop.cancel(client, frame.id)
        if self._embedder is not None:
            self._embedder.cancel(client, frame.id)


def _told(error: Exception, frame: Frame | None) -> OllamaError:
    """What a client is told. What nobody expected goes to the log as well, whole."""
    if isinstance(error, OllamaError):
        return error
    if isinstance(error, OSError | RuntimeError):  # the system is out of threads or files
        return EngineError(Sentence.of(str(error)))
    traceback.print_exception(error)
    kind = "" if frame is None else frame.kind
    return EngineError(Sentence("The engine process could not answer the request %1: %2.", repr(kind), repr(error)))


def _facts(model: Model, duration: int) -> EngineInfo:
    vocabulary = model.vocabulary
    bos, eos = vocabulary.bos, vocabulary.eos
    return EngineInfo(
        n_ctx=model.n_ctx, n_ctx_train=model.n_ctx_train, n_vocab=vocabulary.size,
        bos_id=bos, eos_ids=tuple(sorted(vocabulary.ends)), add_bos=vocabulary.adds_bos, add_eos=vocabulary.adds_eos,
        bos_text="" if bos is None else vocabulary.text([bos]).decode("utf-8", "replace"),
        eos_text="" if eos is None else vocabulary.text([eos]).decode("utf-8", "replace"),
        load_duration_ns=duration, size_bytes=model.size_bytes, gpu_bytes=model.gpu_bytes,
        pid=os.getpid(),
    )  # fmt: skip
