"""Which models are loaded: they are loaded on demand, lent out, kept for a while after the last use, and unloaded.

    with engines.acquire(model, options, keep_alive=300.0, cancel=cancel) as engine:
        tokens = engine.tokenize("Hello")

One runner serves all who ask for the same weights with the same load options, in all kernels of the user, each with the adapters of the
model that was asked for. If weights or options change, or the name comes to mean other files, the model is loaded anew, and the old runner
ends as soon as nobody uses it. What is started has to fit into the memory of the machine: idle models make room for it, those in use are
waited for.
"""

from __future__ import annotations

import math
import os
import secrets
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ..cancelling import CancelToken
from ..errors import EngineBusy, EngineCrashed, EngineError
from ..options import Options, load_options
from ..sentences import Sentence
from .budget import Need, estimate, on_gpu, refusal, room_bytes, sizes_for_gpu
from .locks import SHARING
from .protocol import Engine, Loaded, ModelFiles
from .record import LEAVING, READY, Record
from .roster import PrivateRoster, Roster, SharedRoster
from .runner import Lease, Runner
from .setup import DEFAULT_KEEP_ALIVE_S, Setup

WAITS_S = 0.05
ENDS_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a model, the options it has to be loaded with, and for how long it stays."""

    model: ModelFiles
    options: Options
    keep_alive_s: float


class Engines:
    """The models that one Ollama can use. Safe to use from several threads."""

    def __init__(self, setup: Setup | None = None) -> None:
        self.setup = setup or Setup()
        self.extra_buffers = True  # whether llama.cpp's own weight layouts work on this machine, as far as is known
        self.bad_drafts: dict[Path, str] = {}
        """Draft models that ended the process, and how: models answer without them."""
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._runners: dict[str, Runner] = {}
        self._pending = 0
        self._roster: Roster = SharedRoster(self.setup.runtime) if self.setup.runtime is not None and SHARING else PrivateRoster()
        self._finalizer = weakref.finalize(self, _close_all, self._runners, self._owner)

    @property
    def shared(self) -> bool:
        """Whether other kernels use the same runners."""
        return isinstance(self._roster, SharedRoster)

    @contextmanager
    def acquire(
        self, model: ModelFiles, options: Options, *, keep_alive: float | None = DEFAULT_KEEP_ALIVE_S, cancel: CancelToken
    ) -> Iterator[Engine]:
        """Lend out a runner of this model, loading it first if need be.

        Args:
            keep_alive: seconds that it stays loaded afterwards; 0 unloads it at once, a negative number never, None means 5 minutes.
        Raises: LoadError, EngineBusy when too many wait, EngineCrashed, Cancelled.
        """
        self._after_fork()
        keep_alive_s = DEFAULT_KEEP_ALIVE_S if keep_alive is None else keep_alive
        wanted = Wanted(self._without_bad_draft(model), load_options(options), keep_alive_s)
        taken = self._take_loaded(wanted, cancel)
        if taken is None:
            with self._queued(model):
                taken = self._take(wanted, cancel)
        runner, hold = taken
        try:
            used = self._without_bad_draft(model)
            yield Lease(runner, used, cancel, "" if used is model or model.draft is None else self.bad_drafts[model.draft])
        finally:
            runner.release(hold)

    def loaded(self, *, loading: bool = False) -> list[Loaded]:
        """The models in memory, of all kernels, the one that stays longest first; with those that are being loaded, if asked for."""
        self._after_fork()
        found = [record.loaded() for record in self._records() if record.state == READY or (loading and record.names)]
        return sorted(found, key=lambda one: one.expires_at or datetime.max.replace(tzinfo=UTC), reverse=True)

    def whole_room_bytes(self) -> int | None:
        """The memory that one model could have if nothing of ours were loaded; None where the system does not say."""
        self._after_fork()
        records = self._roster.records()
        room = room_bytes(records, self.setup)
        return None if room is None else room + sum(one.taken_bytes for one in records if one.ours)

    def stop(self, digest_or_name: str) -> bool:
        """Unload a model: at once, or when the requests it is working on have ended. Returns whether it was loaded."""
        self._after_fork()
        found = [record for record in self._records() if record.is_called(digest_or_name)]
        for record in found:
            self._retire(record)
        return bool(found)

    def close(self) -> None:
        """Have nothing to do with any runner. Private ones end, whoever uses them; shared ones stay for as long as they are to be kept."""
        with self._lock:
            held = dict(self._runners)
            self._runners.clear()
        _close_all(held, self._owner)

    def _after_fork(self) -> None:
        if os.getpid() != self._owner:  # the runners and connections belong to the process it came from
            self._finalizer.detach()
            self._begin()

    def _records(self) -> list[Record]:
        return [record for record in self._roster.records() if record.ours]

    @contextmanager
    def _queued(self, model: ModelFiles) -> Iterator[None]:
        """Count who waits for a model to be loaded. Raises: EngineBusy."""
        with self._lock:
            if self._pending >= self.setup.max_queue:
                raise _too_many(model)
            self._pending += 1
        try:
            yield
        finally:
            with self._lock:
                self._pending -= 1

    def _take_loaded(self, wanted: Wanted, cancel: CancelToken) -> tuple[Runner, int] | None:
        """A hold on a runner that we know and that has loaded the model, if there is one: nothing to wait for."""
        cancel.check()
        runner = self._known(wanted)
        if runner is None or not runner.loaded:
            return None
        hold = self._hold(runner, wanted, cancel, fresh=False)
        return None if hold is None else (runner, hold)

    def _take(self, wanted: Wanted, cancel: CancelToken) -> tuple[Runner, int]:
        """A runner that has loaded the model, and our hold on it."""
        options = wanted.options
        while True:
            cancel.check()
            model = self._without_bad_draft(wanted.model)
            wanted = replace(wanted, model=model)
            runner, fresh = self._find(wanted), False
            if runner is None:
                runner, fresh = self._decide(wanted, cancel)
            if runner is None:  # what is in use has to end first
                cancel.wait(WAITS_S)
                continue
            hold = self._hold(runner, wanted, cancel, fresh=fresh)
            if hold is None:
                continue
            try:
                runner.load(model, self.setup.snapshots, sizes_for_gpu(model, options, self.setup), cancel)
            except EngineCrashed as error:
                if runner.record.extra_buffers and error.signal in ("SIGSEGV", "SIGILL"):
                    self.extra_buffers = False  # layouts for AMX crash where an older compiler built them: once more without
                elif model.draft is not None:
                    self.bad_drafts[model.draft] = f"{model.name} answers without its draft model: with it, {_small(error.message)}"
                else:
                    raise
            except BaseException:
                runner.release(hold)
                raise
            else:
                return runner, hold

    def _without_bad_draft(self, model: ModelFiles) -> ModelFiles:
        return model if model.draft not in self.bad_drafts else replace(model, draft=None)

    def _hold(self, runner: Runner, wanted: Wanted, cancel: CancelToken, *, fresh: bool) -> int | None:
        """Begin to use a runner; None when it is about to end, or has ended before we came.

        Raises: EngineBusy, Cancelled; what ended it, if it is a ``fresh`` one.
        """
        try:
            limit = max(1, self.setup.num_parallel) + self.setup.max_queue
            hold = runner.hold(wanted.model, wanted.keep_alive_s, limit, cancel)
        except EngineBusy:
            raise
        except EngineError:
            if fresh:
                raise
            hold = None
        runner.leaving |= hold is None
        return hold

    def _known(self, wanted: Wanted) -> Runner | None:
        """A runner that serves this and that we are connected with."""
        with self._lock:
            for runner in self._runners.values():
                if runner.alive and not runner.leaving and runner.record.serves(wanted.model, wanted.options, self.setup):
                    return runner
        return None

    def _find(self, wanted: Wanted) -> Runner | None:
        """A runner that serves this: one that we know, else one of another kernel's."""
        known = self._known(wanted)
        if known is not None:
            return known
        for record in self._records():
            if record.serves(wanted.model, wanted.options, self.setup):
                reached = self._reach(record)
                if reached is not None and not reached.leaving:
                    return reached
        return None

    def _decide(self, wanted: Wanted, cancel: CancelToken) -> tuple[Runner | None, bool]:
        """Start a runner, unless somebody else just did. Returns it, and whether it was started here; none when there is no room yet.

        Raises: LoadError when there never will be.
        """
        try:
            with self._roster.deciding(cancel):
                found = self._find(wanted)
                if found is not None:
                    return found, False
                need = self._make_room(wanted, estimate(wanted.model, wanted.options, self.setup))
                return (None, False) if need is None else (self._start(wanted, need), True)
        except OSError:  # no sockets here
            if not self.shared:
                raise
            self._roster = PrivateRoster()
            return None, False

    def _start(self, wanted: Wanted, need: Need) -> Runner:
        model = wanted.model
        record = Record.of(
            secrets.token_hex(8), model, wanted.options, self.setup, extra_buffers=self.extra_buffers,
            n_contexts=need.n_contexts, need_bytes=need.total_bytes, weights_bytes=need.weights_bytes,
        )  # fmt: skip
        self._roster.start(record, _what(model.name))
        runner = self._reach(record)
        if runner is None:
            raise EngineError(Sentence("The engine of %1 ended as soon as it was started.", model.name), hint="Try again.", name=model.name)
        return runner

    def _make_room(self, wanted: Wanted, need: Need) -> Need | None:
        """End what this model replaces, and then idle ones, those first that would go first anyway.

        Returns what the model may take: less where that spares others; None as long as there is no room.
        Raises: LoadError if there would not be, even with nothing else loaded.
        """
        records = self._roster.records()
        for record in [one for one in records if one.ours and one.is_replaced_by(wanted.model)]:
            if self._retire(record, alone=True):
                records.remove(record)
        if not self._fits(wanted, need, records):
            need = need.least
            self._check_ever_fits(wanted, need, records)
        asked = sorted((one for one in records if one.ours), key=_patience)
        while self._is_full(records) or not self._fits(wanted, need, records):
            if not asked:
                return None
            if self._retire(asked[0], idle=True):  # the runner knows whether it is idle, its record a moment later
                records.remove(asked[0])
            del asked[0]
        return need

    def _check_ever_fits(self, wanted: Wanted, need: Need, records: list[Record]) -> None:
        room = self._room_bytes(wanted, records)
        whole = None if room is None else room + sum(one.taken_bytes for one in records if one.ours)
        if whole is not None and need.total_bytes > whole:
            raise refusal(wanted.model, need, whole)

    def _fits(self, wanted: Wanted, need: Need, records: list[Record]) -> bool:
        room = self._room_bytes(wanted, records)
        return room is None or need.total_bytes <= room

    def _is_full(self, records: list[Record]) -> bool:
        return sum(one.ours and one.state != LEAVING for one in records) >= self.setup.max_loaded

    def _room_bytes(self, wanted: Wanted, records: list[Record]) -> int | None:
        return None if on_gpu(wanted.options) else room_bytes(records, self.setup)

    def _reach(self, record: Record) -> Runner | None:
        """The connection to a runner: the one we have, or a new one; None when it is gone."""
        with self._lock:
            known = self._runners.get(record.id)
            if known is not None and known.alive:
                return known
            link = self._roster.connect(record, _what(record.name))
            if link is None:
                return None
            for gone in [id for id, runner in self._runners.items() if not runner.alive]:  # noqa: A001
                del self._runners[gone]
            runner = self._runners[record.id] = Runner(record, link, self.setup.load_timeout_s)
            return runner

    def _retire(self, record: Record, *, alone: bool = False, idle: bool = False) -> bool:
        """Have a runner given to nobody any more, on the conditions of ``Runner.retire``. Returns whether it has ended."""
        runner = self._reach(record)
        if runner is None:
            return True
        retired = runner.retire(alone=alone, idle=idle)
        if retired == "silent" and not (alone or idle):  # it does not even say no
            runner.kill()
            return True
        runner.leaving |= retired in ("ends now", "ends later")
        return retired == "ends now" and runner.wait_ended(ENDS_WITHIN_S)


def _close_all(runners: dict[str, Runner], owner: int) -> None:
    if os.getpid() == owner:
        for runner in list(runners.values()):
            runner.close()


def _what(name: str) -> str:
    return Sentence("the engine of %1", name)


def _small(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _patience(record: Record) -> tuple[float, str]:
    return (record.keep_alive_s if record.keep_alive_s >= 0 else math.inf), record.paths[0]


def _too_many(model: ModelFiles) -> EngineBusy:
    return EngineBusy(
        Sentence("Too many requests wait for a model; %1 cannot be asked now.", model.name), hint="Try again, or set OLLAMA_MAX_QUEUE.",
        name=model.name, text="server busy, please try again.  maximum pending requests exceeded",
    )  # fmt: skip
