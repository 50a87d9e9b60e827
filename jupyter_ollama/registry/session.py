"""Requests to one registry during one piece of work: who we are, where redirects lead, when to try again.

What is shown to the registry (a token, a password) is shown to its own scheme, host and port only.
"""

from __future__ import annotations

import copy
import platform
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ..cancelling import CancelToken
from ..errors import RegistryError, Unauthorized, Unreachable
from ..sentences import Sentence
from .address import Origin, step
from .challenge import Challenge
from .exchange import MAX_SMALL_BYTES, Answer, Body, Exchanges
from .limits import Limits
from .tokens import Authority, explain

T = TypeVar("T")
REDIRECTS = (301, 302, 303, 307, 308)
PASSING = (408, 425, 429, 500, 502, 503, 504)
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "AMD64": "amd64"}
_CONTROL_TRIES = 3
_HURRY_S = 5.0
_MAX_REFUSAL = 65_536

PROTOCOL = "0.20.0"
"""The version of Ollama whose protocol is spoken: registries look at it to tell clients that are too old for a model."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A small answer, read to its end. ``headers`` gives a header or nothing."""

    status: int
    body: bytes
    url: str
    header: Callable[[str], str]

    @property
    def explained(self) -> str:
        return explain(self.status, self.body)


class Session:
    """Requests to the registry at ``origin``. Safe to use from several threads.

    Args:
        cancel: ends every wait.
    """

    def __init__(self, origin: Origin, exchanges: Exchanges, authority: Authority, limits: Limits, cancel: CancelToken) -> None:
        self.origin = origin
        self.authority = authority
        self.limits = limits
        self.cancel = cancel
        self._exchanges = exchanges
        self._state = _State()
        self._patience_s, self._tries = limits.answer_s, _CONTROL_TRIES
        machine = _MACHINES.get(platform.machine(), platform.machine())
        self._agent = f"ollama/{PROTOCOL} ({machine} {platform.system().lower()}) jupyter-ollama"

    def for_blob(self, cancel: CancelToken) -> Session:
        """The same session for bringing a blob: another token ends waits, and so does a stall."""
        session = copy.copy(self)
        session.cancel, session._patience_s = cancel, self.limits.stall_s
        return session

    def hurried(self) -> Session:
        """The same session for what would be nice to know: asked once, and not waited for."""
        session = copy.copy(self)
        session._patience_s, session._tries = min(_HURRY_S, self._patience_s), 1
        return session

    def close(self) -> None:
        self._exchanges.close()

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: Body | None = None, *,
        follow: bool = True, login: bool = True, patience_s: float | None = None,
    ) -> Answer:  # fmt: skip
        """Send a request and give its answer, whatever its status; a registry that asks who we are is told, once.

        Args:
            follow: go where redirects of a GET or HEAD lead.
            login: False asks without showing anything.
        Raises: Unauthorized, Unreachable, RegistryError, Cancelled.
        """
        for _ in range(self.limits.redirects + 1):
            answer = self._told_who_we_are(method, url, headers or {}, body, login, patience_s or self._patience_s)
            if not follow or method not in ("GET", "HEAD") or answer.status not in REDIRECTS or not answer.header("Location"):
                return answer
            with answer:
                url = step(url, answer.header("Location"))
        raise RegistryError(
            Sentence("%1 redirects without end.", self.origin.authority), host=self.origin.authority, status=0,
            text=f"maximum redirects exceeded ({self.limits.redirects}) for directURL",
        )  # fmt: skip

    def ask(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: Body | None = None, limit: int = MAX_SMALL_BYTES,
        patience_s: float | None = None,
    ) -> Reply:  # fmt: skip
        """A request with a small answer, which may take longer if ``patience_s`` says so. What may pass (a connection that broke, a server
        that is overloaded) is tried again.

        Raises: Unauthorized, Unreachable, RegistryError when it stays overloaded, Cancelled.
        """
        for failures in range(1, self._tries + 1):
            try:
                with self.send(method, url, headers, body, patience_s=patience_s) as answer:
                    reply = Reply(answer.status, answer.read(limit), answer.url, answer.header)
                if reply.status not in PASSING:
                    return reply
                error: RegistryError = RegistryError(
                    Sentence("%1 answers %2.", self.origin.authority, reply.explained), hint="Try again later.",
                    host=self.origin.authority, status=reply.status, text=reply.explained, wished_s=wished_s(reply.header("Retry-After")),
                )  # fmt: skip
            except Unreachable as trouble:
                if trouble.final or (trouble.facts.get("absent") and not self._state.reached):
                    raise
                error = trouble
            if failures == self._tries:
                raise error
            self.cancel.wait(self.limits.pause_after(failures, error.facts.get("wished_s", 0.0)))
        raise AssertionError("the last failure was raised")

    def _told_who_we_are(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | None, login: bool, patience_s: float
    ) -> Answer:  # fmt: skip
        login = login and Origin.of(url) == self.origin
        shown = self._state.authorization if login else ""
        answer = self._once(method, url, headers, body, shown, patience_s)
        if answer.status != 401 or not login:
            return answer
        challenge, why = _challenge(answer)
        answer = self._once(method, url, headers, body, self._authorize(challenge, why, shown), patience_s)
        if answer.status == 401:
            raise self.authority.refusal(_challenge(answer)[1])
        return answer

    def _authorize(self, challenge: Challenge, why: str, refused: str) -> str:
        """What to show from now on; of several threads that were refused the same, one asks."""
        with self._state.lock:
            if self._state.authorization == refused:
                self._state.authorization = self.authority.answer(challenge, why, self._ask_for_token)
            return self._state.authorization

    def _ask_for_token(self, url: str, headers: Mapping[str, str]) -> Answer:
        return self._once("GET", url, headers, None, "", self.limits.answer_s)

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: Body | None, shown: str, patience_s: float) -> Answer:
        sent = {"User-Agent": self._agent, "Accept-Encoding": "identity", **headers}
        if shown:
            sent["Authorization"] = shown
        answer = self._exchanges.send(method, url, sent, body, self.cancel, patience_s)
        self._state.reached = True
        return answer


class _State:
    """What the copies of a session share."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.authorization = ""
        self.reached = False


def _challenge(answer: Answer) -> tuple[Challenge, str]:
    """What a 401 wants, and what it says. Raises: Unreachable, Cancelled."""
    with answer:
        said = answer.read(_MAX_REFUSAL) if (answer.length or 0) <= _MAX_REFUSAL else b""
        return Challenge.parse(answer.header("WWW-Authenticate")), explain(answer.status, said)


def wished_s(header: str) -> float:
    """Seconds of a Retry-After header; 0 when it says none."""
    return float(header) if header.isascii() and header.isdigit() and len(header) < 6 else 0.0


def may_pass(error: RegistryError) -> bool:
    """Whether trying again may help."""
    if isinstance(error, Unauthorized):
        return False
    if isinstance(error, Unreachable):
        return not error.final
    return error.facts.get("status", 0) in PASSING
