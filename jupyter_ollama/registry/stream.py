"""Bringing one part of a blob: a range request, what a registry may answer to it, and trying again where the last byte was."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

from ..errors import BlobNotFound, RegistryError, TransferFailed
from ..names import Digest
from ..run import CancelToken
from .address import Origin
from .exchange import Answer
from .partial import Part, Partial
from .repository import Repository
from .session import PASSING, may_pass, wished_s
from .tokens import explain

_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)", re.ASCII)
_PROGRESS_BYTES = 65_536


class NoRanges(Exception):
    """The whole blob comes whatever is asked for."""


class Streams:
    """What the streams of one download share.

    Args:
        arrived: called after bytes were written.
        stop: ends all of them.
    """

    def __init__(self, repository: Repository, digest: Digest, partial: Partial, arrived: Callable[[int], None], stop: CancelToken) -> None:
        self.session = repository.session.for_blob(stop)
        self.limits = self.session.limits
        self._url = repository.blob_url(digest)
        self._digest, self._partial, self._arrived, self._stop = digest, partial, arrived, stop
        self._lock = threading.Lock()
        self._direct = ""

    def bring(self, part: Part) -> None:
        """Bring what is missing of a part.

        Raises: NoRanges; TransferFailed when nothing arrives in many tries; BlobNotFound, Unauthorized, Unreachable, DiskTrouble,
            Cancelled.
        """
        failures = stalls = 0
        while part.missing:
            before = part.completed
            try:
                self._receive(part)
                error: RegistryError = self._broken_off()
            except RegistryError as trouble:
                if not (isinstance(trouble, TransferFailed) or may_pass(trouble)):
                    raise
                error = trouble
            finally:
                self._partial.note(part)
            if not part.missing:
                return
            if part.completed - before >= min(_PROGRESS_BYTES, part.missing):
                failures = stalls = 0
            stalled = bool(error.facts.get("stalled"))
            failures, stalls = (failures, stalls + 1) if stalled else (failures + 1, stalls)
            if failures >= self.limits.tries or stalls >= self.limits.stalls:
                raise TransferFailed(
                    f"the download of {self._digest.short} was given up: {error.message}",
                    hint="Pull again: it goes on where it stopped.", host=self.session.origin.authority,
                    status=error.facts.get("status", 0), digest=str(self._digest), text=f"max retries exceeded: {error.message}",
                ) from error  # fmt: skip
            self._forget_direct()
            if not stalled:
                self._stop.wait(self.limits.pause_after(failures, error.facts.get("wished_s", 0.0)))

    def _receive(self, part: Part) -> None:
        """One request, and what of its answer arrives. Raises: what ``bring`` does."""
        url = self._direct or self._url
        wanted = {"Range": f"bytes={part.position}-{part.offset + part.size - 1}"}
        with self.session.send("GET", url, wanted) as answer:
            self._check(answer, part, url)
            self._remember(answer.url)
            with self._partial.open() as file:
                for block in answer.blocks(part.missing):
                    self._stop.check()
                    self._partial.write(part, block, file, self.limits.note_every_bytes)
                    self._arrived(len(block))

    def _check(self, answer: Answer, part: Part, url: str) -> None:
        """Whether what comes is what was asked for. Raises: what ``bring`` does."""
        status, whole = answer.status, self._partial.size
        if answer.header("Content-Encoding").lower() not in ("", "identity"):
            raise self._failed("it sends compressed what it was asked for as it is", status)
        if status == 206:
            told = _RANGE.fullmatch(answer.header("Content-Range").strip())
            if not told or int(told[1]) != part.position or told[3] not in ("*", str(whole)):
                raise self._failed(f"asked for bytes from {part.position:,} on, it sends {answer.header('Content-Range')[:60]!r}", status)
        elif status == 200:
            if answer.length is not None and answer.length != whole:
                raise self._failed(f"the blob is {answer.length:,} bytes long there, {whole:,} in the manifest", status)
            if part.position:
                raise NoRanges
        else:
            self._refused(answer, url)

    def _refused(self, answer: Answer, url: str) -> None:
        status = answer.status
        elsewhere = Origin.of(answer.url) != self.session.origin
        why = explain(status, answer.read(_PROGRESS_BYTES) if (answer.length or 0) < _PROGRESS_BYTES else b"")
        if status not in PASSING and not elsewhere and url == self._url:
            if status in (401, 403):
                raise self.session.authority.refusal(why)
            if status == 404:
                raise BlobNotFound(
                    f"{self.session.origin.authority} has no blob {self._digest}, though the manifest names it.",
                    hint="Whoever published the model must push it again.", digest=self._digest, host=self.session.origin.authority,
                )  # fmt: skip
        raise self._failed(f"it answers {why}", status, wished_s(answer.header("Retry-After")))

    def _failed(self, why: str, status: int, wished: float = 0.0) -> TransferFailed:
        host = self.session.origin.authority
        return TransferFailed(f"{host}: {why}.", host=host, status=status, digest=str(self._digest), wished_s=wished)

    def _broken_off(self) -> TransferFailed:
        return self._failed("the connection was closed too early", 0)

    def _remember(self, url: str) -> None:
        """Where the first redirect led; the other streams go there at once."""
        if Origin.of(url) != self.session.origin:
            with self._lock:
                self._direct = url

    def _forget_direct(self) -> None:
        with self._lock:
            self._direct = ""


