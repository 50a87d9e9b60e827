"""Opening a connection: names, proxies, TLS, and every way in which that fails, told as one clear error. Waiting ends with a cancel."""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import ssl
import time
from collections.abc import Iterator

from ..cancelling import CancelToken
from ..errors import Unreachable
from ..sentences import Sentence
from .address import Origin
from .limits import Limits
from .proxies import Proxies, Proxy

_MAX_PROXY_ANSWER = 65_536
_EVERY_S = 0.1
_NEXT_S = 4.0
"""After so long the next address of a host is tried."""


class Network:
    """The way to any host.

    Args:
        context: what certificates are trusted; the system's by default.
    """

    def __init__(self, proxies: Proxies, limits: Limits, context: ssl.SSLContext | None = None) -> None:
        self.proxies = proxies
        self.limits = limits
        self._context = context

    def connect(self, origin: Origin, cancel: CancelToken) -> tuple[socket.socket, Proxy | None]:
        """An open socket to an origin, encrypted if it is https. The proxy is given where requests must name the whole URL.

        Raises: Unreachable, RegistryError, Cancelled.
        """
        proxy = self.proxies.for_origin(origin)
        with explained(origin, cancel, proxy):
            plain = _open(proxy.host if proxy else origin.host, proxy.port if proxy else origin.port, self.limits.connect_s, cancel)
            forget = cancel.on_cancel(lambda: shut(plain))
            try:
                plain.settimeout(self.limits.connect_s)
                if origin.scheme == "http":
                    return plain, proxy
                if proxy:
                    _tunnel(plain, origin, proxy)
                return self._trusted().wrap_socket(plain, server_hostname=origin.host), None
            except BaseException:
                plain.close()
                raise
            finally:
                forget()

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context


def shut(sock: socket.socket) -> None:
    """Wake whoever reads from or writes to a socket; it is of no use afterwards."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not that of an SSLSocket, which must not be used from two threads


def is_ready(sock: socket.socket, what: int, patience_s: float) -> bool:
    """Whether a socket can be read from or written to, now or after a short wait."""
    with selectors.DefaultSelector() as selector:
        selector.register(sock, what)
        return bool(selector.select(patience_s))


@contextlib.contextmanager
def explained(origin: Origin, cancel: CancelToken, proxy: Proxy | None = None) -> Iterator[None]:
    """Turn the errors of sockets and TLS into ours.

    Raises: Unreachable, Cancelled.
    """
    try:
        yield
    except OSError as error:
        cancel.check()
        raise _unreachable(origin, error, proxy) from error


def _unreachable(origin: Origin, error: OSError, proxy: Proxy | None) -> Unreachable:
    host, final, absent, why = origin.authority, False, False, ""
    hint = "Check the network, then try again: what has arrived is kept."
    match error:
        case ssl.SSLCertVerificationError():
            why = Sentence("its certificate is not trusted: %1", error.verify_message)
            hint = "If your company has a certificate of its own, name its file in SSL_CERT_FILE."
            final = True
        case ssl.SSLError() if "WRONG_VERSION_NUMBER" in str(error) or "record layer" in str(error).lower():
            why, final = "it does not speak https", True
            hint = "If it is a registry without encryption, allow that: insecure=True, or --insecure."
        case ssl.SSLError():
            why = Sentence("the encrypted connection broke: %1", error.reason or error)
        case socket.gaierror():
            why, hint, absent = "there is no such host, or no network", "Check the name and the network.", True
        case TimeoutError():
            why = "it does not answer in time"
        case ConnectionRefusedError():
            why, hint, absent = "nobody answers there", "Check the port, and that the registry runs.", True
        case _:
            why = error.strerror or str(error) or type(error).__name__
    stalled = isinstance(error, TimeoutError)
    text = Sentence("%1 cannot be reached: %2.", host, Sentence.of(why))
    if proxy:
        text = Sentence("%1 cannot be reached through the proxy %2: %3.", host, f"{proxy.host}:{proxy.port}", Sentence.of(why))
    return Unreachable(text, hint=hint, host=host, status=0, final=final, absent=absent, stalled=stalled)


def _open(host: str, port: int, patience_s: float, cancel: CancelToken) -> socket.socket:
    """Connect to the first address that answers.

    Raises: OSError, Cancelled.
    """
    last: OSError = OSError(errno.EHOSTUNREACH, "no address")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for number, (family, kind, protocol, _, address) in enumerate(found, 1):
        cancel.check()
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            _connect(sock, address, patience_s if number == len(found) else min(patience_s, _NEXT_S), cancel)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as error:
            sock.close()
            last = error
        except BaseException:
            sock.close()
            raise
    raise last


def _connect(sock: socket.socket, address: tuple[object, ...], patience_s: float, cancel: CancelToken) -> None:
    code = sock.connect_ex(address)
    until = time.monotonic() + patience_s
    while code in (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN):
        cancel.check()
        if time.monotonic() > until:
            raise TimeoutError
        if is_ready(sock, selectors.EVENT_WRITE, _EVERY_S):
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))  # of the class that belongs to the code


def _tunnel(sock: socket.socket, origin: Origin, proxy: Proxy) -> None:
    """Ask a proxy to connect to an origin, whose bytes come and go from then on.

    Raises: OSError.
    """
    place = f"[{origin.host}]:{origin.port}" if ":" in origin.host else f"{origin.host}:{origin.port}"
    credentials = f"Proxy-Authorization: {proxy.credentials}\r\n" if proxy.credentials else ""
    sock.sendall(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{credentials}\r\n".encode("ascii"))
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):  # one by one: what follows is for TLS
        byte = sock.recv(1)
        if not byte or len(answer) > _MAX_PROXY_ANSWER:
            raise ConnectionError("the proxy closed the connection")
        answer += byte
    status = answer.split(b"\r\n", 1)[0].split(b" ", 2)
    if len(status) < 2 or not status[1].startswith(b"2"):
        raise ConnectionError(f"the proxy answered {b' '.join(status[1:])[:80].decode('ascii', 'replace')}")
