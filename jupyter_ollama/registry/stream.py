"""Bringing one part of a file: a range request, what may be answered to it, and trying again where the last byte was."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import BinaryIO, Protocol

from ..cancelling import CancelToken
from ..errors import OllamaError, RegistryError, TransferFailed
from ..sentences import Sentence
from .address import Origin
from .exchange import Answer
from .partial import Part
from .session import PASSING, Session, may_pass, wished_s
from .tokens import explain

_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)", re.ASCII)
_PROGRESS_BYTES = 65_536


class NoRanges(Exception):
    """The whole file comes whatever is asked for."""


class Remote(Protocol):
    """Something to download: where it is, and what it means when it does not come."""

    @property
    def session(self) -> Session: ...
    @property
    def url(self) -> str: ...
    def refusal(self, status: int, why: str, code: str) -> OllamaError | None:
        """The error for an answer that will not change; None when trying again may help. ``code``: the header X-Error-Code."""

    def failed(self, why: str, status: int, wished_s: float = 0.0) -> TransferFailed:
        """The error for one try."""

    def given_up(self, error: RegistryError) -> TransferFailed:
        """The error after many."""


class Content(Protocol):
    """Where the bytes go to."""

    @property
    def size(self) -> int:
        """Of the whole file, in bytes."""

    def open(self) -> BinaryIO: ...
    def write(self, part: Part, data: bytes, file: BinaryIO, note_every: int) -> None: ...
    def note(self, part: Part) -> None: ...


class Streams:
    """What the streams of one download share.

    Args:
        arrived: called after bytes were written.
        stop: ends all of them.
    """

    def __init__(self, remote: Remote, content: Content, arrived: Callable[[int], None], stop: CancelToken) -> None:
        self.session = remote.session.for_blob(stop)
        self.limits = self.session.limits
        self._remote, self._content, self._arrived, self._stop = remote, content, arrived, stop
        self._lock = threading.Lock()
        self._direct = ""

    def bring(self, part: Part) -> None:
        """Bring what is missing of a part.

        Raises: NoRanges; TransferFailed when nothing arrives in many tries; the remote's refusal; Unreachable, DiskTrouble, Cancelled.
        """
        failures = stalls = 0
        while part.missing:
            before = part.completed
            try:
                self._receive(part)
                error: RegistryError = self._remote.failed("the connection was closed too early", 0)
            except RegistryError as trouble:
                if not (isinstance(trouble, TransferFailed) or may_pass(trouble)):
                    raise
                error = trouble
            finally:
                self._content.note(part)
            if not part.missing:
                return
            if part.completed - before >= min(_PROGRESS_BYTES, part.missing):
                failures = stalls = 0
            stalled = bool(error.facts.get("stalled"))
            failures, stalls = (failures, stalls + 1) if stalled else (failures + 1, stalls)
            if failures >= self.limits.tries or stalls >= self.limits.stalls:
                raise self._remote.given_up(error) from error
            self._forget_direct()
            if not stalled:
                self._stop.wait(self.limits.pause_after(failures, error.facts.get("wished_s", 0.0)))

    def _receive(self, part: Part) -> None:
        """One request, and what of its answer arrives. Raises: what ``bring`` does."""
        url = self._direct or self._remote.url
        wanted = {"Range": f"bytes={part.position}-{part.offset + part.size - 1}"}
        with self.session.send("GET", url, wanted) as answer:
            self._check(answer, part, url)
            self._remember(answer.url)
            with self._content.open() as file:
                for block in answer.blocks(part.missing):
                    self._stop.check()
                    self._content.write(part, block, file, self.limits.note_every_bytes)
                    self._arrived(len(block))

    def _check(self, answer: Answer, part: Part, url: str) -> None:
        """Whether what comes is what was asked for. Raises: what ``bring`` does."""
        status, whole = answer.status, self._content.size
        if answer.header("Content-Encoding").lower() not in ("", "identity"):
            raise self._remote.failed("it sends compressed what it was asked for as it is", status)
        if status == 206:
            told = _RANGE.fullmatch(answer.header("Content-Range").strip())
            if not told or int(told[1]) != part.position or told[3] not in ("*", str(whole)):
                why = Sentence("asked for bytes from %1 on of %2, it sends %3",
                               f"{part.position:,}", f"{whole:,}", repr(answer.header("Content-Range")[:60]))
                raise self._remote.failed(why, status)
        elif status == 200:
            if answer.length is not None and answer.length != whole:
                raise self._remote.failed(
                    Sentence("what is there has %1 bytes, %2 were announced", f"{answer.length:,}", f"{whole:,}"), status
                )
            if part.position:
                raise NoRanges
        else:
            self._refused(answer, url)

    def _refused(self, answer: Answer, url: str) -> None:
        status = answer.status
        elsewhere = Origin.of(answer.url) != self.session.origin
        why = explain(status, answer.read(_PROGRESS_BYTES) if (answer.length or 0) < _PROGRESS_BYTES else b"")
        if status not in PASSING and not elsewhere and url == self._remote.url:
            refusal = self._remote.refusal(status, why, answer.header("X-Error-Code"))
            if refusal is not None:
                raise refusal
        raise self._remote.failed(Sentence("it answers %1", why), status, wished_s(answer.header("Retry-After")))

    def _remember(self, url: str) -> None:
        """Where the first redirect led; the other streams go there at once."""
        if Origin.of(url) != self.session.origin:
            with self._lock:
                self._direct = url

    def _forget_direct(self) -> None:
        with self._lock:
            self._direct = ""
