"""Which models are loaded: they are loaded on demand, lent out, kept for a while after the last use, and unloaded.

    with engines.acquire(model, options, keep_alive=300.0, cancel=cancel) as engine:
        tokens = engine.tokenize("Hello")

One runner serves all who ask for the same weights with the same load options, each with the adapters of the model that was asked for. If
weights or options change, or the name comes to mean other files, the model is loaded anew, and the old runner ends as soon as nobody uses
it.
"""

from __future__ import annotations

import math
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..options import OPTIONS, Options, load_options
from ..run import CancelToken
from .protocol import Engine, Loaded, ModelFiles
from .runner import Lease, Runner

DEFAULT_KEEP_ALIVE_S = 300.0
MAX_LOADED = 3


@dataclass(eq=False)
class _Entry:
    """A loaded model and who uses it. ``retired``: it is given to nobody any more and ends with its last lease."""

    runner: Runner
    model: ModelFiles
    options: Options
    keep_alive_s: float = DEFAULT_KEEP_ALIVE_S
    leases: int = 0
    retired: bool = False
    released_at: float = field(default_factory=time.time)
    timer: threading.Timer | None = None

    @property
    def files(self) -> tuple[object, ...]:
        return _files(self.model)

    @property
    def expires_at(self) -> datetime | None:
        """When it is unloaded if it is not used again; for one in use: if its use ended now."""
        if self.keep_alive_s < 0 or math.isinf(self.keep_alive_s):
            return None
        begins = time.time() if self.leases else self.released_at
        try:
            return datetime.fromtimestamp(begins + self.keep_alive_s, UTC)
        except (OverflowError, ValueError, OSError):  # further away than a calendar reaches
            return None


class Engines:
    """The loaded models of one Ollama. Safe to use from several threads."""

    def __init__(self) -> None:
        self.extra_buffers = True  # whether llama.cpp's own weight layouts work on this machine, as far as is known
        self._begin()
        self._finalizer = weakref.finalize(self, _end_all, self._entries)

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._changed = threading.Condition()
        self._entries: list[_Entry] = []
        self._loading = False

    @contextmanager
    def acquire(
        self, model: ModelFiles, options: Options, *, keep_alive: float | None = DEFAULT_KEEP_ALIVE_S, cancel: CancelToken
    ) -> Iterator[Engine]:
        """Lend out a runner of this model, loading it first if need be.

        Args:
            keep_alive: seconds that it stays loaded afterwards; 0 unloads it at once, a negative number never, None means 5 minutes.
        Raises: LoadError, EngineCrashed, Cancelled.
        """
        if os.getpid() != self._owner:  # a fork: the runners belong to the process it came from
            self._begin()
        entry = self._take(model, load_options(options), cancel)
        try:
            yield Lease(entry.runner, model, cancel)
        finally:
            self._give_back(entry, DEFAULT_KEEP_ALIVE_S if keep_alive is None else keep_alive)

    def loaded(self) -> list[Loaded]:
        """The models in memory, the one that stays longest first."""
        with self._changed:
            found = [
                Loaded(
                    name=entry.model.name, digest=entry.model.digest, size_bytes=entry.runner.info.size_bytes,
                    n_ctx=entry.runner.info.n_ctx, expires_at=entry.expires_at, pid=entry.runner.info.pid, processor="100% CPU",
                )
                for entry in self._entries
                if entry.runner.alive
            ]  # fmt: skip
        return sorted(found, key=lambda one: one.expires_at or datetime.max.replace(tzinfo=UTC), reverse=True)

    def stop(self, digest_or_name: str) -> bool:
        """Unload a model: at once, or when the request it is working on has ended. Returns whether it was loaded."""
        with self._changed:
            found = [one for one in self._entries if digest_or_name in (one.model.digest, one.model.name)]
            ended = [entry for entry in found if self._retire(entry)]
        _end_all(ended)
        return bool(found)

    def close(self) -> None:
        """Unload everything now, whoever uses it."""
        with self._changed:
            ended = list(self._entries)
            for entry in ended:
                self._remove(entry)
        _end_all(ended)

    def _take(self, model: ModelFiles, options: Options, cancel: CancelToken) -> _Entry:
        forget = cancel.on_cancel(self._wake)
        try:
            with self._changed:
                while True:
                    cancel.check()
                    entry = self._find(model, options)
                    if entry is not None:
                        return self._lend(entry, model)
                    if not self._loading:
                        self._loading = True
                        break
                    self._changed.wait()
                ended = self._make_room(model)
            _end_all(ended)
            return self._load(model, options, cancel)
        finally:
            forget()

    def _load(self, model: ModelFiles, options: Options, cancel: CancelToken) -> _Entry:
        """Load a model; one at a time."""
        try:
            runner = Runner.start(model, options, cancel, extra_buffers=self.extra_buffers)
            self.extra_buffers = runner.extra_buffers
            with self._changed:
                entry = _Entry(runner, model, options)
                self._entries.append(entry)
                return self._lend(entry, model)
        finally:
            with self._changed:
                self._loading = False
                self._changed.notify_all()

    def _find(self, model: ModelFiles, options: Options) -> _Entry | None:
        for entry in list(self._entries):
            if not entry.runner.alive:
                self._remove(entry)
            elif not entry.retired and entry.files == _files(model) and _same_options(entry.options, options):
                return entry
        return None

    def _lend(self, entry: _Entry, model: ModelFiles) -> _Entry:
        entry.leases += 1
        entry.model = model  # the name it was last asked for by
        if entry.timer is not None:
            entry.timer.cancel()
        return entry

    def _give_back(self, entry: _Entry, keep_alive_s: float) -> None:
        with self._changed:
            entry.leases -= 1
            entry.keep_alive_s, entry.released_at = keep_alive_s, time.time()
            ended = [entry] if (entry.retired or keep_alive_s == 0) and self._retire(entry) else []
            if not ended and not entry.leases and 0 < keep_alive_s < threading.TIMEOUT_MAX:
                entry.timer = threading.Timer(keep_alive_s, _expire, (weakref.ref(self), entry))
                entry.timer.daemon = True
                entry.timer.start()
        _end_all(ended)

    def _make_room(self, model: ModelFiles) -> list[_Entry]:
        """Idle runners to end before one more is started: those of the same files or of what the same name meant before, then those
        that would go first anyway."""
        ended = [entry for entry in list(self._entries) if _is_replaced(entry, model) and self._retire(entry)]
        idle = sorted((one for one in self._entries if not one.leases), key=_patience)
        surplus = len(self._entries) - MAX_LOADED + 1
        return ended + [entry for entry in idle[: max(0, surplus)] if self._retire(entry)]

    def _retire(self, entry: _Entry) -> bool:
        """Give it to nobody any more. Returns whether it can be ended now."""
        entry.retired = True
        if entry.leases:
            return False
        self._remove(entry)
        return True

    def _remove(self, entry: _Entry) -> None:
        if entry in self._entries:
            self._entries.remove(entry)
        if entry.timer is not None:
            entry.timer.cancel()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()


def _expire(owner: weakref.ref[Engines], entry: _Entry) -> None:
    engines = owner()
    if engines is None:
        return
    with engines._changed:
        due = not entry.leases and time.time() - entry.released_at >= entry.keep_alive_s - 0.001
        ended = [entry] if due and engines._retire(entry) else []
    _end_all(ended)


def _end_all(entries: list[_Entry]) -> None:
    for entry in entries:
        entry.runner.kill()


def _files(model: ModelFiles) -> tuple[object, ...]:
    """What a runner has loaded; adapters are a matter of each request."""
    return model.path, model.shards


def _is_replaced(entry: _Entry, model: ModelFiles) -> bool:
    """Whether nobody will ask for a runner any more once this model is loaded: its name is that of other files now, or its options are."""
    return entry.files == _files(model) or entry.model.name == model.name


def _patience(entry: _Entry) -> tuple[float, str]:
    return (entry.keep_alive_s if entry.keep_alive_s >= 0 else math.inf), str(entry.model.path)


def _same_options(loaded: Options, wanted: Options) -> bool:
    """Whether a loaded model serves a request; one that leaves the context length open is content with any."""
    for option in OPTIONS.values():
        if not option.load or (option.name == "num_ctx" and not wanted.get("num_ctx")):
            continue
        if loaded.get(option.name, option.default) != wanted.get(option.name, option.default):
            return False
    return True
