"""A repository of the Hub: what is asked about it, and what each refusal means.

    GET /api/models/<org>/<repo>/revision/<revision>          which commit that is
    GET /api/models/<org>/<repo>/tree/<commit>?recursive=true   its files, in pages
    GET /<org>/<repo>/resolve/<commit>/<path>                 a file, from here or by a redirect from a storage that sees no token

Refusals say in X-Error-Code which of several reasons a status has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import quote

from ...errors import ModelNotFound, OllamaError, RegistryError, TransferFailed, Unauthorized
from ...sentences import Sentence
from ...sources import MAIN, HubName
from ..address import Origin, step
from ..session import Reply
from .access import HubSession
from .snapshot import MAX_FILES, HubFile, Snapshot, files_of, is_commit

MAX_SMALL_FILE = 128 << 20
_MAX_PAGES = 200
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}", re.ASCII)
_TRIES = 3


class HubRepository:
    """Used as a context manager, which closes its connections.

    Raises of its methods: ModelNotFound, Unauthorized, Unreachable, RegistryError, Cancelled.
    """

    def __init__(self, name: HubName, session: HubSession) -> None:
        self.name = name
        self.session = session

    def __enter__(self) -> HubRepository:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.session.close()

    @property
    def host(self) -> str:
        return self.session.origin.authority

    def look(self) -> Snapshot:
        """What its revision means now."""
        revision = quote(self.name.revision or MAIN, safe="")
        told = self._object(self._asked(f"{self._api(self.name.id)}/revision/{revision}"))
        commit, place = told.get("sha"), told.get("id") or self.name.id
        if not is_commit(commit) or not isinstance(place, str) or not _ID.fullmatch(place):
            raise self._strange("which commit that is")
        return Snapshot(place, str(commit), files_of(self._listed(f"{self._api(place)}/tree/{commit}?recursive=true")))

    def small(self, snapshot: Snapshot, file: HubFile) -> bytes:
        """The content of a small file, as it was announced."""
        if file.size > MAX_SMALL_FILE:
            raise RegistryError(
                Sentence("%1: %2 has %3 bytes, more than a file of its kind.", self.name, file.path, f"{file.size:,}"),
                hint="Tell the people who made the model.", host=self.host, status=200,
            )  # fmt: skip
        for _ in range(_TRIES):
            data = self._asked(self.url(snapshot, file), limit=file.size + 1).body
            if file.is_whole(data):
                return data
        raise RegistryError(
            Sentence("%1 does not send %2 of %3 as it announced it.", self.host, file.path, self.name), host=self.host, status=200
        )

    def remote(self, snapshot: Snapshot, file: HubFile) -> RemoteFile:
        """A large file, to be read by ranges."""
        return RemoteFile(self, self.url(snapshot, file), file)

    def url(self, snapshot: Snapshot, file: HubFile) -> str:
        return f"{self.session.base}/{snapshot.id}/resolve/{snapshot.commit}/{quote(file.path)}"

    def refusal(self, status: int, why: str, code: str) -> OllamaError | None:
        """What a status means; None when it may be another one next time."""
        page = f"{self.session.base}/{self.name.id}"
        if code == "GatedRepo" or (status == 403 and self.session.shows_token):
            if self.session.shows_token:
                return self._unauthorized(
                    Sentence("%1 is open only to those who accepted its terms, and this token's owner has not.", self.name),
                    Sentence("Accept the licence at %1, with the account whose token HF_TOKEN is.", page), status,
                )  # fmt: skip
            return self._unauthorized(
                Sentence("%1 is open only to those who accepted its terms, and nobody has.", self.name),
                Sentence("Accept the licence at %1, then set HF_TOKEN to a token of yours.", page), status,
            )  # fmt: skip
        if code == "RevisionNotFound":
            what = Sentence("%1 has no revision %2.", self.name.id, repr(self.name.revision or MAIN))
            return self._not_found(what, Sentence("See its branches and tags at %1.", page))
        if code == "EntryNotFound":
            what = Sentence("%1 has lost a file of %2 that it listed.", self.host, self.name)
            return RegistryError(what, hint="Try again.", host=self.host, status=status)
        if status == 401 and self.session.shows_token and code != "RepoNotFound":
            return self._unauthorized(
                Sentence("%1 does not accept the token: %2.", self.host, why),
                Sentence("Make a new one at %1/settings/tokens, or unset HF_TOKEN.", self.session.base), status,
            )  # fmt: skip
        if status in (401, 403, 404):
            hint = "Check the name." if self.session.shows_token else "Check the name; if it is a private one, set HF_TOKEN."
            return self._not_found(Sentence("%1 has no model %2.", self.host, repr(self.name.id)), hint)
        return None

    def _asked(self, url: str, limit: int = MAX_SMALL_FILE) -> Reply:
        reply = self.session.ask("GET", url, limit=limit)
        if reply.status == 200:
            return reply
        raise self.refusal(reply.status, reply.explained, reply.header("X-Error-Code")) or RegistryError(
            Sentence("%1 answers %2.", self.host, reply.explained), hint="Try again later.", host=self.host, status=reply.status
        )

    def _listed(self, url: str) -> Iterator[Any]:
        """The entries of a list that comes in pages."""
        count = 0
        for _ in range(_MAX_PAGES):
            reply = self._asked(url)
            entries = self._json(reply)
            if not isinstance(entries, list):
                raise self._strange("its files")
            count += len(entries)
            if count > MAX_FILES:
                raise RegistryError(Sentence("%1 has more than %2 files.", self.name, f"{MAX_FILES:,}"), host=self.host, status=200)
            yield from entries
            following = re.match(r"\s*<([^>]*)>\s*;\s*rel=\"?next", reply.header("Link"))
            if not following:
                return
            url = step(url, following[1])
            if Origin.of(url) != self.session.origin:
                return

    def _api(self, place: str) -> str:
        return f"{self.session.base}/api/models/{place}"

    def _object(self, reply: Reply) -> dict[str, Any]:
        held = self._json(reply)
        return held if isinstance(held, dict) else {}

    def _json(self, reply: Reply) -> Any:
        try:
            return json.loads(reply.body)
        except (ValueError, RecursionError):
            return None

    def _strange(self, what: str) -> RegistryError:
        return RegistryError(
            Sentence("%1 does not tell of %2 %3.", self.host, self.name, Sentence.of(what)), hint="Try again later.", host=self.host,
            status=200,
        )  # fmt: skip

    def _unauthorized(self, message: str, hint: str, status: int) -> Unauthorized:
        return Unauthorized(message, hint=hint, host=self.host, status=status, key="", text="unauthorized: access denied")

    def _not_found(self, message: str, hint: str) -> ModelNotFound:
        return ModelNotFound(message, hint=hint, name=str(self.name), near=[], text=f"pull model manifest: {message.rstrip('.')}")


def ignores_ranges(host: str) -> RegistryError:
    """The error for a server from which nothing but whole files can be had."""
    return RegistryError(
        Sentence("%1 sends whole files, whatever part of them it is asked for.", host),
        hint="Download the folder (hf download does), and write FROM and its path.", host=host, status=200,
    )  # fmt: skip


class RemoteFile:
    """A file that comes in ranges; see ``stream.Remote``."""

    def __init__(self, repository: HubRepository, url: str, file: HubFile) -> None:
        self.session = repository.session
        self.url = url
        self._repository, self._file = repository, file

    def refusal(self, status: int, why: str, code: str) -> OllamaError | None:
        """See ``stream.Remote``."""
        return self._repository.refusal(status, why, code)

    def failed(self, why: str, status: int, wished_s: float = 0.0) -> TransferFailed:
        """See ``stream.Remote``."""
        host = self._repository.host
        return TransferFailed(Sentence("%1: %2.", host, Sentence.of(why)), host=host, status=status, digest="", wished_s=wished_s)

    def given_up(self, error: RegistryError) -> TransferFailed:
        """See ``stream.Remote``."""
        return TransferFailed(
            Sentence("reading %1 of %2 was given up: %3", self._file.path, self._repository.name, Sentence.of(error.message)),
            hint="Create the model again: it goes on where it stopped.", host=self._repository.host, status=error.facts.get("status", 0),
            digest="", text=f"max retries exceeded: {error.message}",
        )  # fmt: skip
