"""Who may ask: against pages that reach this machine under another name (DNS rebinding), pages of strangers, and other users.

Source: the same rules as Ollama's, and a token where one is set.
"""

from __future__ import annotations

import hmac
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

from tornado.httputil import HTTPHeaders

from ..address import Address, as_ip, split_port

_OWN_HOSTS = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]")
_APPS = ("app://*", "file://*", "tauri://*", "vscode-webview://*", "vscode-file://*")
_OWN_ZONES = (".localhost", ".local", ".internal")
ALLOWED_METHODS = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"
ALLOWED_HEADERS = (
    "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,X-Api-Key,Anthropic-Version,Anthropic-Beta,"
    "Anthropic-Dangerous-Direct-Browser-Access,OpenAI-Beta,OpenAI-Organization,OpenAI-Project,X-Stainless-Lang,"
    "X-Stainless-Package-Version,X-Stainless-OS,X-Stainless-Arch,X-Stainless-Retry-Count,X-Stainless-Runtime,"
    "X-Stainless-Runtime-Version,X-Stainless-Async,X-Stainless-Helper-Method,X-Stainless-Poll-Helper,"
    "X-Stainless-Custom-Poll-Interval,X-Stainless-Timeout"
)
_MAX_AGE_S = "43200"


@dataclass(frozen=True)
class Guard:
    """The rules of one server.

    Args:
        origins: pages that may ask besides those of this machine; ``*`` in one stands for anything.
        token: what every request has to bring; empty for none.
    """

    address: Address
    origins: tuple[str, ...] = ()
    token: str = field(default="", repr=False)

    def allows_host(self, host: str) -> bool:
        """Whether a Host header names this machine. Only asked of a server that nobody else reaches: there, another name is a trick."""
        if not self.address.is_loopback:
            return True
        name = split_port(host).lower()
        if name in ("", "localhost"):
            return True
        ip = as_ip(name)
        if ip is not None:
            return ip.is_loopback or ip.is_private or ip.is_unspecified
        return name.endswith(_OWN_ZONES) or name == socket.gethostname().lower()

    def allows_origin(self, origin: str, host: str) -> bool:
        """Whether a web page may ask: one of this server, of this machine, or one that was named."""
        if origin in (f"http://{host}", f"https://{host}"):
            return True
        return any(_fits(pattern, origin) for pattern in (*_own_origins(), *_APPS, *self.origins))

    def allows_token(self, headers: HTTPHeaders) -> bool:
        """Whether a request brings the token: as a bearer token, or as Anthropic's clients send theirs."""
        if not self.token:
            return True
        scheme, _, bearer = headers.get("Authorization", "").partition(" ")
        given = [bearer.strip() if scheme.lower() == "bearer" else "", headers.get("X-Api-Key", "")]
        return any(hmac.compare_digest(one.encode(), self.token.encode()) for one in given)

    def cors(self, origin: str) -> dict[str, str]:
        """Headers that let the page read the answer."""
        return {"Access-Control-Allow-Origin": "*" if "*" in self.origins else origin, "Vary": "Origin"}

    def preflight(self, origin: str) -> dict[str, str]:
        """Headers that answer a browser's question before it asks."""
        return {
            **self.cors(origin),
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": ALLOWED_HEADERS,
            "Access-Control-Max-Age": _MAX_AGE_S,
        }


def _own_origins() -> Iterable[str]:
    for host in _OWN_HOSTS:
        for scheme in ("http", "https"):
            yield f"{scheme}://{host}"
            yield f"{scheme}://{host}:*"


def _fits(pattern: str, origin: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.lower().split("*"))), origin.lower()) is not None
