"""One request and its answer, on connections that are kept for the next one. Nothing here knows about registries.

``http.client`` reads the answers: bodies come straight from the socket, at a third of the cost of a client with more comfort, and the
socket can be shut from another thread, which is how waiting for a byte is given up.
"""

from __future__ import annotations

import contextlib
import http.client
import selectors
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..cancelling import CancelToken
from ..errors import OllamaError, RegistryError, Unreachable
from ..sentences import Sentence
from .address import Origin, target_of
from .sockets import Network, explained, is_ready, shut

_SMALL = 16_384
_LARGE = 1 << 20
_GRACE_S = 0.05
MAX_SMALL_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Body:
    """What a request sends: so many bytes, in blocks that can be made again for another try.

    ``may_be_answered_early``: the other side may say at once that it wants the body elsewhere.
    """

    size: int
    blocks: Callable[[], Iterable[bytes]]
    may_be_answered_early: bool = False

    @classmethod
    def of(cls, data: bytes) -> Body:
        return cls(len(data), lambda: (data,))


class Connection:
    """An open connection, for one exchange at a time."""

    def __init__(self, network: Network, origin: Origin, cancel: CancelToken) -> None:
        self.origin = origin
        self.socket, self._proxy = network.connect(origin, cancel)
        self._http = http.client.HTTPConnection(origin.host, origin.port)
        self._http.sock = self.socket
        self._http.auto_open = 0
        self.used = False

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: Body | None, patience_s: float) -> http.client.HTTPResponse:
        """Send a request and read the head of its answer. Raises: OSError, http.client.HTTPException."""
        self.used = True
        self.socket.settimeout(patience_s)
        target = f"{self.origin}{target_of(url)}" if self._proxy else target_of(url)
        self._http.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        self._http.putheader("Host", self.origin.authority)
        if self._proxy and self._proxy.credentials:
            self._http.putheader("Proxy-Authorization", self._proxy.credentials)
        for name, value in headers.items():
            self._http.putheader(name, value)
        if body is not None:
            self._http.putheader("Content-Length", str(body.size))
        self._http.endheaders()
        if body is not None:
            self._send(body)
        return self._http.getresponse()

    def _send(self, body: Body) -> None:
        """The body, unless an answer comes before its end."""
        grace_s = _GRACE_S if body.size > _LARGE else 0.0
        if body.may_be_answered_early and is_ready(self.socket, selectors.EVENT_READ, grace_s):
            return
        for block in body.blocks():
            self.socket.sendall(block)
            if body.may_be_answered_early and is_ready(self.socket, selectors.EVENT_READ, 0):
                return

    def close(self) -> None:
        self._http.close()
        with contextlib.suppress(OSError):
            self.socket.close()


class Answer:
    """An answer whose head has arrived. Used as a context manager, which gives its connection back or closes it."""

    def __init__(
        self, url: str, response: http.client.HTTPResponse, connection: Connection, give_back: Callable[[bool], None], cancel: CancelToken
    ) -> None:  # fmt: skip
        self.url = url
        self.status = response.status
        self._response, self._connection, self._give_back, self._cancel = response, connection, give_back, cancel
        self._whole = self._streamed = False

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing more is read; what is left of a short body is passed over, so that the connection can be used again."""
        try:
            if not self._whole and not self._streamed and not self._response.will_close and self._is_short():
                with contextlib.suppress(OllamaError):
                    self.read()
        finally:
            self._response.close()
            self._give_back(self._whole and not self._response.will_close)

    def _is_short(self) -> bool:
        length = self._response.length
        return length is not None and length <= _SMALL

    def header(self, name: str) -> str:
        """Empty when it was not sent."""
        return self._response.headers.get(name, "") or ""

    @property
    def length(self) -> int | None:
        """Bytes of the body, where the answer tells."""
        return self._response.length

    def read(self, limit: int = MAX_SMALL_BYTES) -> bytes:
        """A whole small body.

        Raises: RegistryError when it is larger than the limit, Unreachable when it breaks off, Cancelled.
        """
        with _explained(self._connection.origin, self._cancel):
            expected = self._response.length
            data = self._response.read(limit + 1)
            if expected is not None and len(data) < min(expected, limit + 1):
                raise ConnectionError("the connection was closed")
        if len(data) > limit:
            host = self._connection.origin.authority
            raise RegistryError(
                Sentence("%1 answers with more than %2 bytes where little is expected.", host, f"{limit:,}"), host=host, status=self.status
            )
        self._whole = True
        return data

    def blocks(self, limit: int) -> Iterator[bytes]:
        """At most ``limit`` bytes of a body, as they arrive. It ends early when the other side does.

        Raises: Unreachable, Cancelled.
        """
        length = self._response.length
        if length is not None and length <= min(limit, _SMALL):
            with _explained(self._connection.origin, self._cancel):
                data = self._response.read(length)
            self._whole = len(data) == length
            if data:
                yield data
            return
        self._streamed = True
        while limit > 0:
            with _explained(self._connection.origin, self._cancel):
                block = self._response.read1(min(limit, 1 << 18))
            if not block:
                return
            limit -= len(block)
            self._whole = self._response.length == 0
            yield block


class Exchanges:
    """Sends requests; keeps connections that can be used again. Safe to use from several threads."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._idle: dict[Origin, list[Connection]] = {}
        self._closed = False
        self._lock = threading.Lock()

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: Body | None, cancel: CancelToken, patience_s: float
    ) -> Answer:  # fmt: skip
        """Send one request, without following redirects. Nothing is waited for longer than ``patience_s``, be it head or body.

        Raises: Unreachable, RegistryError, Cancelled.
        """
        origin = Origin.of(url)
        while True:
            cancel.check()
            is_small = body is None or body.size <= _SMALL  # more is not sent to somebody who may have gone
            connection = (self._take(origin) if is_small else None) or Connection(self.network, origin, cancel)
            reused = connection.used
            forget = cancel.on_cancel(lambda held=connection: shut(held.socket))  # type: ignore[misc]
            try:
                with _explained(origin, cancel):
                    response = connection.exchange(method, url, headers, body, patience_s)
            except BaseException as error:
                forget()
                connection.close()
                if reused and isinstance(error, Unreachable):  # it was closed while nobody used it
                    continue
                raise
            return Answer(url, response, connection, self._giver(connection, forget), cancel)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle = [connection for held in self._idle.values() for connection in held]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _take(self, origin: Origin) -> Connection | None:
        with self._lock:
            held = self._idle.get(origin)
            return held.pop() if held else None

    def _giver(self, connection: Connection, forget: Callable[[], None]) -> Callable[[bool], None]:
        def give_back(usable: bool) -> None:
            forget()
            with self._lock:
                kept = usable and not self._closed
                if kept:
                    self._idle.setdefault(connection.origin, []).append(connection)
            if not kept:
                connection.close()

        return give_back


@contextlib.contextmanager
def _explained(origin: Origin, cancel: CancelToken) -> Generator[None, None, None]:
    """Turn what goes wrong on a connection into our errors. Raises: Unreachable, RegistryError, Cancelled."""
    try:
        with explained(origin, cancel):
            yield
    except (http.client.HTTPException, ValueError) as error:
        cancel.check()
        raise Unreachable(
            Sentence("%1 does not answer as a web server does: %2.", origin.authority, type(error).__name__),
            hint="Check the network, then try again: what has arrived is kept.",
            host=origin.authority, status=0, final=False, absent=False, stalled=False,
        ) from error  # fmt: skip
