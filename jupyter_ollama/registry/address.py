"""Where something is on the network: origins, and which step from one URL to the next is allowed."""

from __future__ import annotations

import string
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from ..errors import RegistryError
from ..sentences import Sentence

PORTS = {"http": 80, "https": 443}
_AS_THEY_ARE = string.punctuation
MAX_URL = 16_384


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: whom one talks to. Credentials for one origin are never shown to another."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Raises: RegistryError for a URL that is none of http or https, or that brings a user's name along."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise bad_url(url) from None
        if parts.scheme not in PORTS or not host or "@" in parts.netloc or not host.isascii() or len(url) > MAX_URL:
            raise bad_url(url)
        return cls(parts.scheme, host.lower(), PORTS[parts.scheme] if port is None else port)

    @property
    def authority(self) -> str:
        """``host`` or ``host:port``, as the Host header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def target_of(url: str) -> str:
    """Path and query, as the first line of a request has them."""
    parts = urlsplit(url)
    path = quote(parts.path or "/", safe=_AS_THEY_ARE)
    return f"{path}?{quote(parts.query, safe=_AS_THEY_ARE)}" if parts.query else path


def step(url: str, location: str) -> str:
    """The URL to which ``location`` sends somebody who asked for ``url``; it may be relative.

    Raises: RegistryError when it leads from https to plain http, where anybody could read and change what is sent, or nowhere.
    """
    try:
        target = urljoin(url, location.strip())
    except ValueError:
        raise bad_url(location) from None
    here, there = Origin.of(url), Origin.of(target)
    if here.scheme == "https" and there.scheme == "http":
        raise RegistryError(
            Sentence("%1 redirects to plain http at %2, which is refused.", here.authority, there.authority),
            hint="Tell the people who run that registry.", host=here.authority, status=0,
        )  # fmt: skip
    return target


def bad_url(url: str) -> RegistryError:
    """The error for an address that is none."""
    shown = url if len(url) <= 200 else f"{url[:200]}…"
    return RegistryError(Sentence("%1 is no address that can be asked.", repr(shown)), hint="Check the registry's name.", host="", status=0)
