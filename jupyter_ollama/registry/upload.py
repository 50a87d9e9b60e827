"""Uploading a blob: mounted where the registry has it elsewhere, else in parts one after the other, or to the storage that it names.

Source: OCI distribution specification 1.1, "Pushing blobs"; the way to a storage is that of Ollama's server/upload.go.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlencode

from ..cancelling import CancelToken
from ..errors import RegistryError, TransferFailed
from ..names import Digest
from ..sentences import Sentence
from .address import step
from .exchange import Body
from .partial import DiskTrouble
from .repository import Repository
from .sending import Outgoing, OutgoingPart
from .session import Reply, may_pass
from .tokens import explain

T = TypeVar("T")
_EVERY_S = 0.06
_RANGE = re.compile(r"(?:bytes=)?0-(\d{1,19})", re.ASCII)
_NO_PARTS = (404, 405, 411, 415, 501)
_MAX_MOUNTS = 2
_BYTES = {"Content-Type": "application/octet-stream"}


class _StartAgain(Exception):
    """The registry has forgotten the upload, or what it has of it cannot be gone on with."""


class _InOnePiece(Exception):
    """The registry takes no parts."""


def upload(
    repository: Repository, blob: Path, digest: Digest, size: int, mounts: Sequence[str], cancel: CancelToken
) -> Generator[int, None, bool]:  # fmt: skip
    """Bring a blob into a repository that does not have it. Gives the bytes sent, now and then; the result says whether it was mounted
    instead, and no byte was.

    Args:
        mounts: other repositories (``namespace/model``) of the registry that may have it.
    Raises: TransferFailed, Unauthorized, Unreachable, RegistryError, Cancelled; OSError of the disk.
    """
    work = _Upload(repository, blob, digest, size, mounts, cancel)
    thread = threading.Thread(target=work.run, name="ollama-upload", daemon=True)
    forget = cancel.on_cancel(work.stop.cancel)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_EVERY_S)
            yield work.outgoing.sent
    finally:
        forget()
        work.stop.cancel()
        thread.join()
    cancel.check()
    if isinstance(work.error, DiskTrouble):
        raise work.error.cause
    if work.error is not None:
        raise work.error
    return work.mounted


class _Upload:
    """One blob on its way."""

    def __init__(self, repository: Repository, blob: Path, digest: Digest, size: int, mounts: Sequence[str], cancel: CancelToken) -> None:
        self.stop = CancelToken()
        self.mounted = False
        self.error: BaseException | None = None
        self.session = repository.session.for_blob(self.stop)
        self.limits = self.session.limits
        self.outgoing = Outgoing(blob, size, self.limits.part_bytes(size), self.stop)
        self._repository, self._digest, self._mounts = repository, digest, list(mounts[:_MAX_MOUNTS])
        self._elsewhere: list[threading.Thread] = []
        self._room = threading.BoundedSemaphore(self.limits.streams)
        self._failure: BaseException | None = None

    def run(self) -> None:
        try:
            self._trying(self._once)
        except BaseException as error:  # noqa: BLE001 (raised again where the upload is waited for)
            self.error = error
        finally:
            self.stop.cancel()
            for thread in self._elsewhere:
                thread.join()

    def _trying(self, attempt: Callable[[], T]) -> T:
        """Do something until it succeeds, or nothing helps any more. Raises: TransferFailed, and what is final."""
        failures = 0
        while True:
            try:
                return attempt()
            except RegistryError as trouble:
                failures += 1
                if isinstance(trouble, TransferFailed) or not may_pass(trouble):
                    raise
                if failures >= self.limits.tries:
                    raise self._given_up(trouble) from trouble
            except _StartAgain:
                failures += 1
                if failures >= self.limits.tries:
                    raise self._refused("forgets uploads before they are finished", 0) from None
            self.stop.wait(self.limits.pause_after(failures))

    def _once(self) -> None:
        """From the request for an upload to its end."""
        self.outgoing.forget()
        url = self._begin()
        if url is None:
            self.mounted = True
            return
        try:
            for part in self.outgoing.parts:
                url = self._send(url, part)
        except _InOnePiece:
            self._put_whole(url)
            return
        for thread in self._elsewhere:
            thread.join()
        if self._failure is not None:
            raise self._failure
        self._commit(url)

    def _begin(self) -> str | None:
        """Where to send to; None when the blob was mounted from elsewhere."""
        url = f"{self._repository.base}/blobs/uploads/"
        for mount in [*self._mounts, ""]:
            query = f"?{urlencode({'mount': str(self._digest), 'from': mount})}" if mount else ""
            reply = self.session.ask("POST", url + query, body=Body.of(b""))
            if reply.status == 201 and mount:
                return None
            if reply.status in (200, 201, 202):
                return self._following(reply, url)
            if not mount:
                raise self._said_no(reply.status, reply.body)
        raise AssertionError("the last one asks for an upload")

    def _send(self, url: str, part: OutgoingPart) -> str:
        """Send a part and give where the next one goes."""
        position, failures = part.start, 0
        while position < part.end:
            try:
                reply = self._patch(url, part, position)
                if reply.status == 307:
                    return self._redirected(reply, url, part)
                if 200 <= reply.status < 300:
                    position = self._arrived(reply.header("Range"), part)
                    if position >= part.end:
                        return self._following(reply, url)
                elif reply.status in _NO_PARTS and part.start == 0 == position:
                    raise _InOnePiece
                elif reply.status != 416:
                    raise self._said_no(reply.status, reply.body)
                trouble = self._refused("takes only some of what is sent", reply.status)
            except RegistryError as error:
                if not may_pass(error):
                    raise
                trouble = error
            failures += 1
            if failures >= self.limits.tries:
                raise self._given_up(trouble) from trouble
            self.stop.wait(self.limits.pause_after(failures))
            url, position = self._resume(url, part)
        part.sent = part.end - part.start
        return url

    def _patch(self, url: str, part: OutgoingPart, position: int) -> Reply:
        headers = {**_BYTES, "Content-Range": f"{position}-{part.end - 1}", "X-Redirect-Uploads": "1"}
        body = self.outgoing.body(part, position, may_be_answered_early=True)
        with self.session.send("PATCH", url, headers, body, patience_s=self.limits.upload_s) as answer:
            return Reply(answer.status, answer.read(), answer.url, answer.header)

    def _resume(self, url: str, part: OutgoingPart) -> tuple[str, int]:
        """Where to go on after a failure: registries tell what they have. Raises: _StartAgain when it is not in this part."""
        reply = self.session.ask("GET", url)
        if not 200 <= reply.status < 300:
            raise _StartAgain
        position = self._arrived(reply.header("Range"), part, unknown=-1)
        if position < part.start:
            raise _StartAgain
        return self._following(reply, url), position

    def _arrived(self, told: str, part: OutgoingPart, unknown: int | None = None) -> int:
        """How far an upload is, by a Range header. Without one, all of the part, or what ``unknown`` says."""
        found = _RANGE.fullmatch(told.strip())
        if not found:
            return part.end if unknown is None else unknown
        end = int(found[1]) + 1
        if end == 1 < part.end:  # 0-0 means one byte, or none: taken for none, unless there is but one
            end = 0
        return min(end, part.end)

    def _redirected(self, reply: Reply, url: str, part: OutgoingPart) -> str:
        """A part goes to a storage elsewhere, on a thread of its own, while the next one is begun."""
        target, following = reply.header("Location"), self._following(reply, url)
        if not target:
            raise self._refused("redirects an upload without saying where", reply.status)
        place = step(url, target)
        self._room.acquire()
        thread = threading.Thread(target=self._put_elsewhere, args=(place, part), name="ollama-upload", daemon=True)
        self._elsewhere.append(thread)
        thread.start()
        return following

    def _put_elsewhere(self, url: str, part: OutgoingPart) -> None:
        def put() -> None:
            body = self.outgoing.body(part, part.start)
            with self.session.send("PUT", url, _BYTES, body, login=False, patience_s=self.limits.upload_s) as answer:
                status, told = answer.status, answer.read()
            if not 200 <= status < 300:
                raise self._said_no(status, told)

        try:
            self._trying(put)
        except BaseException as error:  # noqa: BLE001 (raised where all parts are waited for)
            self._failure = self._failure or error
        finally:
            self._room.release()

    def _commit(self, url: str) -> None:
        """All parts are there: they become the blob."""
        reply = self.session.ask("PUT", self._finishing(url, etag=self.outgoing.etag), body=Body.of(b""), patience_s=self.limits.commit_s)
        if not 200 <= reply.status < 300:
            if reply.status == 404 and self._repository.has(self._digest):  # it was finished before an answer got lost
                return
            raise _StartAgain if reply.status in (404, 416) else self._said_no(reply.status, reply.body)

    def _put_whole(self, url: str) -> None:
        """The blob in one request."""
        body = self.outgoing.whole()
        with self.session.send("PUT", self._finishing(url), _BYTES, body, patience_s=self.limits.commit_s) as answer:
            status, told = answer.status, answer.read()
        if not 200 <= status < 300:
            raise self._said_no(status, told)

    def _finishing(self, url: str, **more: str) -> str:
        query = "&".join(f"{key}={quote(value, safe=':')}" for key, value in {"digest": str(self._digest), **more}.items())
        return f"{url}{'&' if '?' in url else '?'}{query}"

    def _following(self, reply: Reply, url: str) -> str:
        """Where the next request of an upload goes."""
        told = reply.header("Docker-Upload-Location") or reply.header("Location")
        return step(url, told) if told else url

    def _given_up(self, trouble: RegistryError) -> TransferFailed:
        return TransferFailed(
            Sentence("the upload of %1 was given up: %2", self._digest.short, Sentence.of(trouble.message)),
            hint="Push again: what is there stays there.", host=self._repository.host, status=trouble.facts.get("status", 0),
            digest=str(self._digest), text=f"max retries exceeded: {trouble.message}",
        )  # fmt: skip

    def _said_no(self, status: int, body: bytes) -> RegistryError:
        """The error for a status that says no."""
        if status in (401, 403):
            return self.session.authority.refusal(explain(status, body))
        return self._refused(Sentence("answers %1", explain(status, body)), status)

    def _refused(self, what: str, status: int) -> RegistryError:
        return RegistryError(
            Sentence("%1 %2.", self._repository.host, Sentence.of(what)), hint="Push again: what is there stays there.",
            host=self._repository.host, status=status, text=f"http status {status}",
        )  # fmt: skip
