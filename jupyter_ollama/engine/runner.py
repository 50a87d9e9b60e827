"""A loaded model in a child process, as the kernel sees it."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Self

from ..errors import Cancelled, EngineCrashed, EngineError
from ..events import Token
from ..options import Options, load_options
from ..run import CancelToken
from .frames import Frame, pack_ids, unpack_ids, unpack_pieces
from .process import Mailbox, Worker
from .protocol import NOTHING, SMALL_MODEL_BYTES, EngineInfo, GenerationEnd, Keep, ModelFiles

MODULE = "jupyter_ollama.engine.worker.runner"
LAST_NUMBERS_S = 1.0
"""How long a cancelled request waits for its final numbers."""


def _spin_count(path: Path, options: Options) -> int:
    """How long threads that evaluate a model wait actively for one another, which they do some hundred times for a token.

    OpenMP's own answer is milliseconds: where anything else wants the CPU, a token then takes ten to a hundred times as long. Waking a
    thread that sleeps costs a large model nothing; who asks for several threads with a small one wants them to stay awake.
    """
    try:
        small = path.stat().st_size < SMALL_MODEL_BYTES
    except OSError:
        small = False  # there is none; the child will say so
    return 30_000 if small and options.get("num_thread") else 3_000


class Runner:
    """A child that has loaded one model. Several threads may use it at once."""

    def __init__(self, worker: Worker, info: EngineInfo, *, extra_buffers: bool) -> None:
        self.info = info
        self.extra_buffers = extra_buffers
        self._worker = worker
        self._requests = itertools.count(1)

    @classmethod
    def start(cls, model: ModelFiles, options: Options, cancel: CancelToken, *, extra_buffers: bool = True) -> Self:
        """Start a child and have it load the model.

        A child that dies of it is started once more without llama.cpp's own weight layouts: those for AMX crash where an older
        compiler built them. ``extra_buffers`` of the result says whether they are in use: next time it can be left out from the start.
        Raises: LoadError when llama.cpp refuses it, EngineCrashed when it dies of it, Cancelled.
        """
        try:
            return cls._start(model, options, cancel, extra_buffers)
        except EngineCrashed as error:
            if not extra_buffers or error.signal not in ("SIGSEGV", "SIGILL"):
                raise
        return cls._start(model, options, cancel, extra_buffers=False)

    @classmethod
    def _start(cls, model: ModelFiles, options: Options, cancel: CancelToken, extra_buffers: bool) -> Self:
        worker = Worker.start(MODULE, what=f"the engine of {model.name}", spin_count=_spin_count(model.path, options))
        fields = {
            "name": model.name, "paths": model.shards or (model.path,), "adapters": model.adapters,
            "options": load_options(options), "extra_buffers": extra_buffers,
        }  # fmt: skip
        try:
            worker.send(Frame("load", fields=fields))
            loaded = worker.receive(cancel)
        except BaseException:
            worker.kill()
            raise
        return cls(worker, EngineInfo.from_fields(dict(loaded.fields)), extra_buffers=extra_buffers)

    @property
    def alive(self) -> bool:
        return self._worker.alive

    def kill(self) -> None:
        """End the child; requests that are under way fail."""
        self._worker.kill()

    def ask(self, kind: str, fields: dict[str, object], payload: bytes, cancel: CancelToken | None) -> Frame:
        """Send a request and wait for its one answer. Raises: Cancelled, EngineCrashed, what the child answers."""
        with self._worker.mailbox(next(self._requests)) as box:
            self._worker.send(Frame(kind, box.request, fields, payload))
            return box.receive(cancel)

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None, adapters: Sequence[Path] = (),
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """See ``Engine.generate``. ``adapters`` count for this request."""
        wanted = {name: value for name, value in options.items() if name != "stop"}  # texts are looked for in the kernel
        over = False
        with self._worker.mailbox(next(self._requests)) as box:
            fields = {"options": wanted, "shown": list(shown), "keep": asdict(keep), "n_keep": n_keep, "adapters": list(adapters)}
            self._worker.send(Frame("generate", box.request, fields, pack_ids(tokens)))
            try:
                while True:
                    frame = box.receive(cancel)
                    if frame.kind == "end":
                        over = True
                        return GenerationEnd(**frame.fields)
                    for token, piece in unpack_pieces(frame.payload):
                        yield Token(token, piece)
                        cancel.check()
            except Cancelled:
                over = True
                return self._cancelled(box)
            except EngineError:
                over = True
                raise
            finally:
                if not over:  # nobody wants the rest
                    self._cancel(box)

    def _cancelled(self, box: Mailbox) -> GenerationEnd:
        self._cancel(box)
        with suppress(EngineError):  # it died meanwhile; the caller has no more use for it
            while (frame := box.poll(LAST_NUMBERS_S)) is not None:
                if frame.kind == "end":
                    return GenerationEnd(**frame.fields)
        return GenerationEnd("cancelled")

    def _cancel(self, box: Mailbox) -> None:
        with suppress(EngineError):
            self._worker.send(Frame("cancel", box.request))


class Lease:
    """A runner in the hands of one caller: an Engine whose waiting ends when that caller is cancelled, with the adapters of the model
    that was asked for."""

    def __init__(self, runner: Runner, model: ModelFiles, cancel: CancelToken) -> None:
        self._runner = runner
        self._adapters = model.adapters
        self._cancel = cancel

    @property
    def info(self) -> EngineInfo:
        return self._runner.info

    def tokenize(self, text: str, *, add_special: bool = True, parse_special: bool = True) -> list[int]:
        """See ``Engine.tokenize``."""
        fields: dict[str, object] = {"add_special": add_special, "parse_special": parse_special}
        return unpack_ids(self._runner.ask("tokenize", fields, text.encode("utf-8", "replace"), self._cancel).payload)

    def detokenize(self, tokens: Sequence[int], *, special: bool = True) -> bytes:
        """See ``Engine.detokenize``."""
        return self._runner.ask("detokenize", {"special": special}, pack_ids(tokens), self._cancel).payload

    def generate(
        self, tokens: Sequence[int], options: Options, cancel: CancelToken, *, shown: Sequence[str] = (), keep: Keep = NOTHING,
        n_keep: int | None = None,
    ) -> Generator[Token, None, GenerationEnd]:  # fmt: skip
        """See ``Engine.generate``."""
        return self._runner.generate(tokens, options, cancel, shown=shown, keep=keep, n_keep=n_keep, adapters=self._adapters)
