"""From a challenge to what the Authorization header is to say: a token, or name and password.

The token flow: the realm is asked for a token with the challenge's service and scopes, the time and a nonce in its URL; the user's key
signs that URL. The realm must be the registry's own host, so that no other host gets a signature or a password.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ..errors import OllamaError, RegistryError, Unauthorized
from ..sentences import Sentence
from .address import Origin
from .challenge import Challenge
from .credentials import Credentials
from .exchange import Answer
from .identity import Identity

_MAX_TOKEN_ANSWER = 1 << 18
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}", re.ASCII)
_NO_BODY = "ZTNiMGM0NDI5OGZjMWMxNDlhZmJmNGM4OTk2ZmI5MjQyN2FlNDFlNDY0OWI5MzRjYTQ5NTk5MWI3ODUyYjg1NQ=="
"""base64 of the hex sha256 of nothing, as in Ollama's server/auth.go."""

Send = Callable[[str, dict[str, str]], Answer]
"""GET a URL with these headers."""


class Authority:
    """Gets what a registry wants to see, once it was asked for."""

    def __init__(self, origin: Origin, identity: Identity, credentials: Credentials) -> None:
        self.origin = origin
        self.identity = identity
        self.credentials = credentials

    def answer(self, challenge: Challenge, why: str, send: Send) -> str:
        """The value of the Authorization header.

        Args:
            why: what the registry said when it asked.
        Raises: Unauthorized, RegistryError for a realm elsewhere or an answer that is no token, Unreachable.
        """
        if challenge.scheme == "basic":
            return self.credentials.basic(self.origin) or self._refuse("it wants a name and a password")
        if challenge.scheme != "bearer" or not challenge.realm:
            return self._refuse(why)
        self._check_realm(challenge.realm)
        known = self.credentials.basic(self.origin)
        url = token_url(challenge)
        with send(url, {"Authorization": known or self.identity.signature(signed_bytes(url))}) as answer:
            status, body = answer.status, answer.read(_MAX_TOKEN_ANSWER)
        if status in (400, 401, 403) and not known:  # a registry that does not know such keys may let everybody read
            with send(token_url(challenge), {}) as answer:
                status, body = answer.status, answer.read(_MAX_TOKEN_ANSWER)
        if status in (401, 403):
            return self._refuse(explain(status, body))
        if status != 200:
            why = explain(status, body)
            raise RegistryError(Sentence("%1 gives no token: %2.", self.origin.authority, why), host=self.origin.authority, status=status)
        return f"Bearer {self._token(body)}"

    def refusal(self, why: str = "access denied") -> Unauthorized:
        """The error for somebody who may not do that, or whom the registry does not know."""
        try:
            key = self.identity.public_line
        except OllamaError:
            key = ""
        return Unauthorized(
            Sentence("%1 refuses: %2.", self.origin.authority, Sentence.of(why)),
            hint=Sentence("Add your key to your profile there (%%ollama key shows it): %1", key) if key else "See %ollama key.",
            host=self.origin.authority, status=401, key=key, text="unauthorized: access denied",
        )  # fmt: skip

    def _refuse(self, why: str) -> str:
        if self.credentials.path is not None and "password" in why:
            error = self.refusal(why)
            error.hint = Sentence("Run: docker login %1", self.origin.authority)
            raise error
        raise self.refusal(why)

    def _check_realm(self, realm: str) -> None:
        there = Origin.of(realm)
        if (there.host, there.port) != (self.origin.host, self.origin.port) or there.scheme != self.origin.scheme:
            text = Sentence('realm host "%1" does not match original host "%2"', there.authority, self.origin.authority)
            raise RegistryError(
                Sentence("%1; nothing was sent there.", text), hint="Only a registry that gives its tokens itself can be used.",
                host=self.origin.authority, status=401, text=text,
            )  # fmt: skip

    def _token(self, body: bytes) -> str:
        try:
            value = json.loads(body)
            token = value.get("token") or value.get("access_token")
        except (ValueError, AttributeError, RecursionError):
            token = None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise RegistryError(Sentence("%1 answers without a token.", self.origin.authority), host=self.origin.authority, status=200)
        return token


def token_url(challenge: Challenge) -> str:
    """The URL that a token is asked for at: the realm, and what the challenge says, sorted by key.

    Source: Ollama, server/auth.go, registryChallenge.URL.
    """
    parts = urlsplit(challenge.realm)
    query = [*parse_qsl(parts.query, keep_blank_values=True), ("service", challenge.service)]
    query += [("scope", scope) for scope in challenge.scopes]
    nonce = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    query += [("ts", str(int(time.time()))), ("nonce", nonce)]
    return urlunsplit(parts._replace(query=urlencode(sorted(query, key=lambda pair: pair[0])), fragment=""))


def signed_bytes(url: str) -> bytes:
    """What the signature of a token request is over."""
    return f"GET,{url},{_NO_BODY}".encode()


def explain(status: int, body: bytes) -> str:
    """``404: manifest unknown``: what a registry says about a failure, short and without control characters."""
    text = body[:2000].decode("utf-8", "replace")
    try:
        value = json.loads(body)
        errors = value.get("errors") or [{"message": value.get("error") or value.get("details") or ""}]
        text = "; ".join(str(error.get("message") or error.get("code") or "") for error in errors[:3]) or text
    except (ValueError, AttributeError, TypeError, RecursionError):
        if text.lstrip()[:1] == "<":  # somebody's web page
            text = ""
    clean = " ".join("".join(character if character.isprintable() else " " for character in text).split())[:300].rstrip(".")
    return Sentence("%1: %2", status, clean) if clean else str(status)
