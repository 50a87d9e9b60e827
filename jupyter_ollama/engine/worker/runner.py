"""A child that runs one model: frames in, tokens out. It knows clients, not pipes: a client is whatever has a ``Channel``.

    from a client                                            to it
    load      {name, paths, adapters, options,               loaded    {facts of the model}
               extra_buffers}
    tokenize  {add_special, parse_special}  text             tokens    token ids
    detokenize  {special}  token ids                         text      bytes
    generate  {options, shown, keep} token ids                 pieces..., then end {reason, seed, counts, durations}
    cancel    (id: the request to end)                       end {reason: cancelled, ...}

``error`` answers whatever fails. All requests go through one queue; between two evaluations of the model the loop looks at it.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

from ...errors import EngineError, OllamaError
from ..frames import Frame, pack_ids, unpack_ids
from ..protocol import EngineInfo
from .batch import Batch
from .channel import Channel
from .generation import Generation
from .llama import lib
from .log import Log
from .model import Model
from .sequence import Sequence
from .warmup import has_amx, warm_up

ABORTED, NO_ROOM = 2, 1  # what llama_decode returns


class Runner:
    """The loop, and what it works on."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._inbox: SimpleQueue[tuple[Channel, Frame | None]] = SimpleQueue()
        self._clients = 0
        self._waiting: deque[Generation] = deque()
        self._active: Generation | None = None
        self._loaded: Model | None = None
        self._verbs: dict[str, Callable[[Channel, Frame], None]] = {
            "load": self._load,
            "tokenize": self._tokenize,
            "detokenize": self._detokenize,
            "generate": self._generate,
            "cancel": self._cancel,
        }

    @property
    def _model(self) -> Model:
        if self._loaded is None:
            raise EngineError("No model is loaded in this process.")
        return self._loaded

    def attach(self, client: Channel) -> None:
        """Take requests from this client, too, until it closes."""
        self._clients += 1
        threading.Thread(target=self._listen, args=(client,), name="client", daemon=True).start()

    def run(self) -> None:
        """Work until the last client is gone."""
        while self._clients:
            while self._active is None or not self._inbox.empty():
                self._handle(*self._inbox.get())
                if not self._clients:
                    return
                self._next_turn()
            self._step(self._active)
            self._next_turn()

    def _listen(self, client: Channel) -> None:
        """Queue what arrives; a cancelled request, or a client that is gone, also stops an evaluation that is going on (thread)."""
        while True:
            try:
                frame = client.receive()
            except (EngineError, OSError):
                frame = None
            self._inbox.put((client, frame))
            active = self._active
            if frame is None or frame.kind == "cancel":
                if active is not None and active.client is client and (frame is None or frame.id == active.request):
                    self._model.interrupt(True)
                if frame is None:
                    return

    def _handle(self, client: Channel, frame: Frame | None) -> None:
        try:
            if frame is None:
                self._detach(client)
            elif frame.kind in self._verbs:
                self._verbs[frame.kind](client, frame)
            else:
                raise EngineError(f"The engine process does not know the request {frame.kind!r}.")
        except OllamaError as error:
            with suppress(OSError):  # a client that is gone will be detached
                client.send_error(error, frame.id if frame is not None else 0)

    def _detach(self, client: Channel) -> None:
        self._clients -= 1
        for generation in self._requests():
            if generation.client is client:
                generation.drop()

    def _requests(self) -> list[Generation]:
        return [*self._waiting, *([] if self._active is None else [self._active])]

    def _load(self, client: Channel, frame: Frame) -> None:
        started = time.perf_counter_ns()
        fields = frame.fields
        paths, adapters = ([Path(path) for path in fields[kind]] for kind in ("paths", "adapters"))
        extra = fields["extra_buffers"]
        self._loaded = model = Model(fields["name"], paths, adapters, fields["options"], self._log, extra_buffers=extra)
        self._batch, self._sequence = Batch(model.n_batch), Sequence(model)
        if extra and has_amx():
            warm_up(model, self._batch)
        client.send(Frame("loaded", frame.id, asdict(_facts(model, time.perf_counter_ns() - started))))

    def _tokenize(self, client: Channel, frame: Frame) -> None:
        tokens = self._model.vocabulary.tokenize(frame.payload, **frame.fields)
        client.send(Frame("tokens", frame.id, {}, pack_ids(tokens)))

    def _detokenize(self, client: Channel, frame: Frame) -> None:
        text = self._model.vocabulary.text(unpack_ids(frame.payload), **frame.fields)
        client.send(Frame("text", frame.id, {}, text))

    def _generate(self, client: Channel, frame: Frame) -> None:
        tokens = unpack_ids(frame.payload)
        shown = self._model.vocabulary.control_tokens(frame.fields["shown"])
        self._waiting.append(Generation(self._model, frame.id, client, tokens, frame.fields["options"], shown))

    def _cancel(self, client: Channel, frame: Frame) -> None:
        for generation in self._requests():
            if generation.client is client and generation.request == frame.id:
                generation.end("cancelled")

    def _next_turn(self) -> None:
        if self._active is not None and self._active.reason:
            self._active = None
        while self._active is None and self._waiting:
            generation = self._waiting.popleft()
            if not generation.reason:
                self._model.interrupt(False)
                self._active = generation
                generation.begin(self._sequence)

    def _step(self, active: Generation) -> None:
        """One evaluation of the model."""
        self._batch.clear()
        active.fill(self._batch)
        code = lib.llama_decode(self._model.context, self._batch.native)
        try:
            if code == 0:
                active.advance()
            else:
                self._recover(active, code)
        except OSError:
            active.drop()

    def _recover(self, active: Generation, code: int) -> None:
        """An evaluation did not succeed: what it left in the memory is dropped."""
        self._sequence.resync()
        if code == ABORTED:
            self._model.interrupt(False)  # if it was meant for this request, its cancel is in the queue
        elif code == NO_ROOM:
            active.end("length")
        else:
            name, reason = self._model.name, self._log.reason() or f"error {code}"
            active.fail(EngineError(f"llama.cpp cannot evaluate the prompt with {name}: {reason}.", name=name))


def _facts(model: Model, duration: int) -> EngineInfo:
    vocabulary = model.vocabulary
    bos, eos = vocabulary.bos, vocabulary.eos
    return EngineInfo(
        n_ctx=model.n_ctx, n_ctx_train=model.n_ctx_train, n_vocab=vocabulary.size,
        bos_id=bos, eos_ids=tuple(sorted(vocabulary.ends)), add_bos=vocabulary.adds_bos, add_eos=vocabulary.adds_eos,
        bos_text="" if bos is None else vocabulary.text([bos]).decode("utf-8", "replace"),
        eos_text="" if eos is None else vocabulary.text([eos]).decode("utf-8", "replace"),
        load_duration_ns=duration, size_bytes=model.size_bytes, pid=os.getpid(),
    )  # fmt: skip


def main(channel: Channel) -> None:
    """Serve the kernel that started this process."""
    runner = Runner(Log())
    runner.attach(channel)
    runner.run()
