"""Which proxy a host is reached through."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # not in typeshed, but documented behaviour

from ..errors import RegistryError
from .address import Origin


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that speaks plain http to us; ``credentials`` is its Proxy-Authorization, or empty."""

    host: str
    port: int
    credentials: str = ""

    @classmethod
    def at(cls, url: str) -> Proxy:
        """Read ``http://user:password@host:port``; the scheme may be left out.

        Raises: RegistryError.
        """
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port = "", None
        if not host or parts.scheme != "http":
            raise RegistryError(
                "the proxy in HTTP_PROXY or HTTPS_PROXY cannot be used: it is no address like http://host:port.",
                hint="Correct the variable, or clear it.", host="", status=0,
            )  # fmt: skip
        user = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return cls(host, port or 80, "" if user == ":" else f"Basic {base64.b64encode(user.encode()).decode()}")


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies for http and https (empty: none), and the hosts that are reached without: names, endings, ``*``, with commas between."""

    http: str = ""
    https: str = ""
    no_proxy: str = ""

    def for_origin(self, origin: Origin) -> Proxy | None:
        """The proxy on the way to this origin, if there is one. This machine itself is reached without.

        Raises: RegistryError for an address of a proxy that is none.
        """
        url = self.https if origin.scheme == "https" else self.http
        here = origin.host == "localhost" or origin.host.startswith("127.") or origin.host == "::1"
        if not url or here or proxy_bypass_environment(f"{origin.host}:{origin.port}", {"no": self.no_proxy}):
            return None
        return Proxy.at(url)
