"""Where a server listens or is reached: what OLLAMA_HOST says, as Ollama reads it."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 11434
_PORTS = {"http": 80, "https": 443}
_HOST_AND_PORT = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]]*)):([^:]*)")


@dataclass(frozen=True, slots=True)
class Address:
    """Scheme, host, port and perhaps a path. An empty host, ``0.0.0.0`` and ``::`` stand for every interface of the machine."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    scheme: str = "http"
    path: str = ""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read an address; what cannot be a port becomes the default one.

        >>> str(Address.parse("::1")), str(Address.parse("https://gpu-box/llm")), str(Address.parse("0.0.0.0:80"))
        ('http://[::1]:11434', 'https://gpu-box:443/llm', 'http://0.0.0.0:80')
        """
        text = text.strip().strip("\"'").strip()
        scheme, separator, rest = text.partition("://")
        if not separator:
            scheme, rest = ("https", "ollama.com:443") if text == "ollama.com" else ("http", text)
        default = _PORTS.get(scheme, DEFAULT_PORT) if separator else DEFAULT_PORT
        place, _, path = rest.partition("/")
        host, port = _split(place)
        return cls(host, _port(port, default), scheme, path.strip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" + (f"/{self.path}" if self.path else "")

    @property
    def connectable(self) -> Address:
        """The same with a host that one can connect to: every interface is reached through loopback."""
        loopback = {"": DEFAULT_HOST, "0.0.0.0": DEFAULT_HOST, "::": "::1"}
        return Address(loopback.get(self.host, self.host), self.port, self.scheme, self.path)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        ip = as_ip(self.host)
        return ip.is_loopback if ip else self.host.lower() == "localhost"


def as_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a host is written as, with or without brackets; None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def split_port(place: str) -> str:
    """The host of ``host:port``, without brackets; also where no port is."""
    found = _HOST_AND_PORT.fullmatch(place)
    return (found[1] or found[2] or "") if found else place.strip("[]")


def _split(place: str) -> tuple[str, str]:
    found = _HOST_AND_PORT.fullmatch(place)
    if found:
        return found[1] or found[2] or "", found[3]
    return place.strip("[]") or DEFAULT_HOST, ""


def _port(text: str, default: int) -> int:
    digits = text.removeprefix("+")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) <= 65535 else default
