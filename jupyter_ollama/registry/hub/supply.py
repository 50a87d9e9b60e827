"""Bringing what a piece of work needs of a repository's large files while it goes on: some way ahead of it, and no further. What was used
is forgotten, so that what lies here at one moment is bounded, however large the files are.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from ...cancelling import CancelToken
from ...pread import FileRange
from ..partial import DiskTrouble, Part
from ..stream import NoRanges, Streams
from .copy import FolderCopy
from .pieces import Piece, Pieces
from .repository import HubRepository, ignores_ranges
from .sparse import SparseFile

_STREAMS = 8
_PATIENCE_S = 2.0
_WINDOW_S = 5.0


class Supply:
    """Brings ranges of the files of a folder.

    ``error`` is what went wrong, if something did: a RegistryError, Unreachable, OSError of the disk ...

    Args:
        copy: the folder here.
        cancel: ends it.
    """

    def __init__(self, repository: HubRepository, copy: FolderCopy, cancel: CancelToken) -> None:
        self.error: BaseException | None = None
        self._repository, self._copy, self._cancel = repository, copy, cancel
        self._limits = repository.session.limits
        self._round: _Round | None = None
        self._arrived = 0
        self._seen: deque[tuple[float, int]] = deque()

    def begin(self, steps: Sequence[Sequence[FileRange]], arrived: Callable[[int], None], failed: Callable[[], None]) -> None:
        """Bring what these steps need, in their order. What was begun before is given up.

        Args:
            arrived: called from another thread with how many steps have all they need.
            failed: called once when something goes wrong.
        """
        self.stop()
        paths = list(self._copy.weights)
        numbers = {path: number for number, path in enumerate(paths)}
        pieces = Pieces(self._limits.range_bytes)
        for step in steps:
            pieces.add((numbers[one.path], one.offset, one.size) for one in step)
        for file in self._copy.weights.values():
            file.forget_all()
        self._round = _Round(self, pieces, paths, arrived, failed)
        self._round.start()

    def used(self, n_steps: int) -> None:
        """So many steps are done: what only they needed is forgotten."""
        if self._round is not None:
            self._round.used(n_steps)

    def stop(self) -> None:
        """Bring nothing any more."""
        if self._round is not None:
            self._round.stop()

    def facts(self) -> dict[str, float]:
        """How fast it goes and how long it will take.

        Units: bytes, bytes a second, seconds.
        """
        if self._round is None:
            return {}
        now, there, total = time.monotonic(), self._arrived, self._round.total
        self._seen.append((now, there))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        then, before = self._seen[0]
        rate = (there - before) / (now - then) if now - then >= 0.2 else 0.0
        left = {"remaining_s": max(0, total - there) / rate} if rate else {}
        return {"rate": rate, "all_completed": there, "all_total": total, **left}


class _Round:
    """One list of steps being served."""

    def __init__(
        self, supply: Supply, pieces: Pieces, paths: list[Path], arrived: Callable[[int], None], failed: Callable[[], None]
    ) -> None:  # fmt: skip
        self.total = pieces.size
        self._supply, self._pieces, self._tell_arrived, self._tell_failed = supply, pieces, arrived, failed
        self._changed = threading.Condition()
        self._stop = CancelToken()
        self._stop.on_cancel(self._wake)
        self._forget = supply._cancel.on_cancel(self._stop.cancel)
        self._files = [supply._copy.weights[path] for path in paths]
        self._streams = [self._streams_of(path, file) for path, file in zip(paths, self._files, strict=True)]
        self._next = self._front = self._used = self._held = 0
        self._threads: list[threading.Thread] = []
        supply._arrived = 0
        supply._seen.clear()

    def _streams_of(self, path: Path, file: SparseFile) -> Streams:
        remote = self._supply._repository.remote(self._supply._copy.snapshot, self._supply._copy.file_at(path))
        return Streams(remote, file, self._count, self._stop)

    def start(self) -> None:
        with self._changed:
            self._advance()
        for _ in range(min(_STREAMS, self._supply._limits.streams, len(self._pieces.order))):
            thread = threading.Thread(target=self._work, name="ollama-supply", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self._forget()
        self._stop.cancel()
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def used(self, n_steps: int) -> None:
        with self._changed:
            for step in self._pieces.steps[self._used : n_steps]:
                for piece in step:
                    piece.uses -= 1
                    if not piece.uses:
                        self._held -= piece.size
                        self._files[piece.file].forget(piece.start, piece.end)
            self._used = max(self._used, n_steps)
            self._changed.notify_all()

    def _work(self) -> None:
        try:
            while (piece := self._taken()) is not None:
                self._streams[piece.file].bring(Part(0, piece.start, piece.size))
                with self._changed:
                    piece.there = True
                    self._advance()
        except BaseException as error:  # noqa: BLE001 (raised again where the work is waited for)
            if not self._stop.cancelled:
                self._fail(error)

    def _taken(self) -> Piece | None:
        """The next piece, once there is room for it; what the step needs that comes next needs none. None in the end."""
        order, most = self._pieces.order, self._supply._limits.ahead_bytes
        with self._changed:
            while not self._stop.cancelled and self._next < len(order):
                piece = order[self._next]
                if piece.first_step <= self._used or self._held + piece.size <= most:
                    self._next += 1
                    self._held += piece.size
                    return piece
                self._changed.wait()
        return None

    def _advance(self) -> None:
        """Tell how many steps have what they need. Called with the lock held, so that the numbers come in order."""
        steps, before = self._pieces.steps, self._front
        while self._front < len(steps) and all(piece.there for piece in steps[self._front]):
            self._front += 1
        if self._front > before:
            self._tell_arrived(self._front)
            self._changed.notify_all()

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            if self._supply.error is None:
                self._supply.error = self._explained(error)
        self._stop.cancel()
        self._tell_failed()

    def _explained(self, error: BaseException) -> BaseException:
        if isinstance(error, DiskTrouble):
            return error.cause
        return ignores_ranges(self._supply._repository.host) if isinstance(error, NoRanges) else error

    def _count(self, n_bytes: int) -> None:
        with self._changed:
            self._supply._arrived += n_bytes

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
