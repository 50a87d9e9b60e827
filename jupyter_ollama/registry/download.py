"""Downloading a blob: several streams at once where one is not fast enough, hashed while it arrives.

Source: OCI distribution specification 1.1, "Pulling blobs".
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator

from ..cancelling import CancelToken
from ..names import Digest
from .blob import RemoteBlob
from .follower import Follower
from .partial import DiskTrouble, Part, Partial
from .repository import Repository
from .stream import NoRanges, Streams

_EVERY_S = 0.06
_PATIENCE_S = 2.0
_TELL_BYTES = 1 << 20


def download(repository: Repository, digest: Digest, partial: Partial, cancel: CancelToken) -> Generator[int, None, str]:
    """Bring what is missing of a blob. Gives how many bytes are there, now and then, and in the end the hex sha256 of what is.

    When it ends early, what arrived stays in ``partial``.
    Raises: TransferFailed, BlobNotFound, Unauthorized, Unreachable, RegistryError, Cancelled; OSError of the disk.
    """
    while True:
        attempt = _Attempt(repository, digest, partial, cancel)
        try:
            return (yield from attempt.run())
        except NoRanges:
            partial.start_again(in_one_piece=True)
        except DiskTrouble as trouble:
            raise trouble.cause from None


class _Attempt:
    """One go at a blob, until it is there or something is in the way."""

    def __init__(self, repository: Repository, digest: Digest, partial: Partial, cancel: CancelToken) -> None:
        self._partial, self._cancel = partial, cancel
        self._limits = repository.session.limits
        self._stop = CancelToken()
        self._changed = threading.Condition()
        self._streams = Streams(RemoteBlob(repository, digest), partial, self._arrived, self._stop)
        self._waiting: queue.SimpleQueue[Part] = queue.SimpleQueue()
        for part in partial.parts:
            if part.missing:
                self._waiting.put(part)
        self._threads: list[threading.Thread] = []
        self._bytes = self._told = 0
        self._error: BaseException | None = None

    def run(self) -> Generator[int, None, str]:
        forget = self._cancel.on_cancel(self._stop.cancel)
        follower = Follower(self._partial.path, self._partial.size, lambda: self._partial.front, self._changed)
        try:
            yield from self._watch(follower)
            self._cancel.check()
            if self._error is not None:
                raise self._error
            if follower.error is not None:
                raise follower.error
            return follower.hex
        finally:
            forget()
            self._stop.cancel()
            for thread in self._threads:
                thread.join(_PATIENCE_S)
            follower.stop()

    def _watch(self, follower: Follower) -> Generator[int, None, None]:
        """Until everything is there and hashed, or something failed."""
        looked_at, seen = time.monotonic(), 0
        self._add_streams(1)
        while not (follower.is_done or self._error or self._cancel.cancelled):
            with self._changed:
                self._changed.wait_for(lambda: bool(follower.is_done or self._error or self._cancel.cancelled), _EVERY_S)
            yield self._partial.completed
            if (passed := time.monotonic() - looked_at) >= self._limits.ramp_s:
                if (self._bytes - seen) / max(passed, 1e-6) < self._limits.fast_bytes_per_s:
                    self._add_streams(len(self._threads))
                looked_at, seen = time.monotonic(), self._bytes

    def _add_streams(self, count: int) -> None:
        for _ in range(min(count, self._limits.streams - len(self._threads), self._waiting.qsize())):
            thread = threading.Thread(target=self._work, name="ollama-download", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        try:
            while not self._stop.cancelled:
                try:
                    part = self._waiting.get_nowait()
                except queue.Empty:
                    return
                self._streams.bring(part)
                self._tell(0)
        except BaseException as error:  # noqa: BLE001 (raised again where the download is waited for)
            with self._changed:
                if self._error is None and not self._stop.cancelled:
                    self._error = error
                self._changed.notify_all()

    def _arrived(self, count: int) -> None:
        """Bytes were written. Whoever hashes them is not woken for each block."""
        self._tell(count, at_least=_TELL_BYTES)

    def _tell(self, count: int, *, at_least: int = 0) -> None:
        with self._changed:
            self._bytes += count
            if self._bytes - self._told >= at_least:
                self._told = self._bytes
                self._changed.notify_all()
