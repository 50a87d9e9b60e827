"""States of this runner's context on the disk: which are worth keeping, and which of those that were kept serve a prompt.

States are copied between evaluations, which takes milliseconds. Reading, checking and writing happen on threads; whoever waits for a
state that is being read lets others go on.
"""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Full, Queue, SimpleQueue

from ...errors import EngineError
from ..memory import available_bytes
from ..protocol import MIN_FIXED_TOKENS
from ..snapshots import Entry, Head, SnapshotRules, layout
from ..snapshots.cache import Loan
from .adapters import AdapterSet
from .cache import Cache
from .generation import Generation
from .identity import family
from .model import Model
from .sequence import Sequence, shared
from .work import Work

MIN_GAIN = 64
"""Tokens that reading a state has to spare to be worth the milliseconds that it takes."""
MAX_PENDING = 4
"""States in memory that wait to be written; each may be as large as a context."""
MAX_KNOWN = 1000
ENDS_WITHIN_S = 10.0


@dataclass(eq=False)
class Fetch:
    """A snapshot that is being read, and who waits for it."""

    entry: Entry
    tokens: array[int]
    adapters: AdapterSet
    waiting: list[Work] = field(default_factory=list)
    loan: Loan | None = None


class Keeper:
    """The snapshots of one model.

    Args:
        facts: what a state depends on besides weights and tokens: types and options of the context.
        nudge: called (by a thread) when ``collect`` has something to do.
    """

    def __init__(self, model: Model, rules: SnapshotRules, facts: Mapping[str, object], nudge: Callable[[], None]) -> None:
        self._model, self._rules, self._nudge = model, rules, nudge
        self._facts = {**facts, "long": model.is_long}
        self._disk = rules.cache
        self._families: dict[AdapterSet, str] = {}
        self._known: dict[str, array[int]] = {}
        self._fetching: list[Fetch] = []
        self._fetched: SimpleQueue[Fetch] = SimpleQueue()
        self._jobs: Queue[Callable[[], None]] = Queue(MAX_PENDING)
        self._writer = threading.Thread(target=self._write, name="snapshots", daemon=True)
        self._in_parts = model.can_cut and not model.window

    @property
    def waiting(self) -> list[Work]:
        """Requests that wait for a snapshot to be read."""
        return [one for fetch in self._fetching for one in fetch.waiting]

    def fetch(self, work: Work, cache: Cache) -> bool:
        """Begin to read a snapshot that spares this request work. It waits until ``collect`` returns it; False: there is none."""
        least = cache.known(work.tokens, work.adapters) + MIN_GAIN
        if len(work.tokens) <= least:
            return False
        for fetch in self._fetching:
            if fetch.adapters is work.adapters and self._usable(fetch.tokens, work.tokens) >= least:
                fetch.waiting.append(work)
                return True
        found = self._best(work, least)
        if found is None:
            return False
        entry, tokens = found
        fetch = Fetch(entry, tokens, work.adapters, [work])
        self._fetching.append(fetch)
        threading.Thread(target=self._read, args=(fetch,), name="snapshot", daemon=True).start()
        return True

    def collect(self, cache: Cache) -> list[Work]:
        """Put what was read into the context. Returns those that have waited for it."""
        free: list[Work] = []
        while not self._fetched.empty():
            fetch = self._fetched.get()
            self._fetching.remove(fetch)
            free += fetch.waiting
            if fetch.loan is not None:
                taken = cache.restore(fetch.loan.snapshot, fetch.adapters)
                fetch.loan.end(good=taken is not False)
        return free

    def keep_prefix(self, generation: Generation) -> None:
        """A prompt was evaluated up to where the model's own part ends: keep that, unless it was quick."""
        assert generation.sequence is not None
        head = self._head(layout.PREFIX, generation, generation.sequence.tokens)
        if generation.waited_s < self._rules.after_s or len(head.tokens) < MIN_FIXED_TOKENS or self._disk.holds(head):
            return
        self._keep(head, generation.sequence, lambda: None)

    def keep_conversation(self, generation: Generation, then: Callable[[], None]) -> bool:
        """An answer has ended: keep what was evaluated for it, then go on with ``then`` (on a thread). False: it cannot be kept."""
        sequence = generation.sequence
        if sequence is None or not sequence.tokens or sequence.n_exact < len(sequence.tokens):
            return False
        return self._keep(self._head(layout.CONVERSATION, generation, sequence.tokens), sequence, then)

    def finish(self) -> None:
        """Let what is being written get done."""
        if self._writer.is_alive():
            ends_at = time.monotonic() + ENDS_WITHIN_S
            while self._jobs.unfinished_tasks and time.monotonic() < ends_at:
                time.sleep(0.01)

    def _best(self, work: Work, least: int) -> tuple[Entry, array[int]] | None:
        """The snapshot that spares most, if it spares anything."""
        found, most = None, least - 1
        for entry in self._disk.entries(self._family(work.adapters)):
            tokens = self._tokens(entry)
            count = self._usable(tokens, work.tokens)
            if count > most and len(tokens) <= self._model.n_ctx:
                found, most = (entry, tokens), count
        return found

    def _usable(self, tokens: array[int], prompt: array[int]) -> int:
        """See ``Sequence.usable``; a state with a sliding window in it is of use only as it is."""
        count = min(shared(tokens, prompt), len(prompt) - 1)
        return count if self._in_parts or count == len(tokens) else 0

    def _tokens(self, entry: Entry) -> array[int]:
        """Those that a snapshot claims to hold; none, for what is no snapshot."""
        name = entry.path.name
        if name not in self._known:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            try:
                self._known[name] = array("i", layout.read_head(entry.path).tokens)
            except (OSError, EngineError):
                self._disk.drop(entry)
                return array("i")
        return self._known[name]

    def _family(self, adapters: AdapterSet) -> str:
        if adapters not in self._families:
            self._families[adapters] = family(self._model.paths, adapters.adapters, self._facts)
        return self._families[adapters]

    def _head(self, kind: str, generation: Generation, tokens: array[int]) -> Head:
        return Head(self._family(generation.adapters), kind, self._model.name, tuple(tokens))

    def _keep(self, head: Head, sequence: Sequence, then: Callable[[], None]) -> bool:
        size, room = sequence.state_bytes, available_bytes()
        if self._jobs.full() or not self._disk.fits(size) or (room is not None and size > room // 4):
            return False
        try:
            state = sequence.state()
        except EngineError:
            return False

        def job() -> None:
            with suppress(OSError, EngineError):  # a full disk, a folder of somebody else: it was worth a try
                self._disk.add(head, state)
            with suppress(OSError):  # the client is gone
                then()

        with suppress(Full):
            self._jobs.put_nowait(job)
            if not self._writer.ident:
                self._writer.start()
            return True
        return False

    def _write(self) -> None:
        """Write one state after the other (thread)."""
        while True:
            job = self._jobs.get()
            try:
                job()
            finally:
                self._jobs.task_done()

    def _read(self, fetch: Fetch) -> None:
        """Read a snapshot and check it (thread)."""
        try:
            fetch.loan = self._disk.borrow(fetch.entry)
        finally:
            self._fetched.put(fetch)
            self._nudge()
