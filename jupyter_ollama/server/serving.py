"""The server: it listens as soon as it is made, answers from a thread of its own, and ends when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import sys
import threading
from collections.abc import Iterable
from dataclasses import replace

from tornado.httpserver import HTTPServer

from jupyter_ollama import Ollama, OllamaError

from ..address import Address
from ..cards import Card, ShownAs
from ..errors import ServeError
from ..runs import ORIGIN
from .application import application
from .context import Context
from .guard import Guard
from .handler import LOG

READ_BYTES = 1 << 20
MAX_HEADER_BYTES = 64 << 10
IDLE_S = 600.0
_JOIN_S = 5.0


def serve(
    ollama: Ollama, host: str | None = None, port: int | None = None, *, origins: Iterable[str] = (), token: str | None = None
) -> Server:
    """Serve an Ollama on the network; gives the server, which listens already.

    Args:
        host: an address of this machine; by default OLLAMA_HOST's, which is 127.0.0.1. ``0.0.0.0`` is for everybody who reaches it.
        port: by default OLLAMA_HOST's, which is 11434; 0 takes any that is free.
        origins: web pages that may ask besides those of this machine and OLLAMA_ORIGINS.
        token: what every request has to bring (``Authorization: Bearer ...``), by default JUPYTER_OLLAMA_TOKEN.
    Raises: ServeError when it cannot listen there.
    """
    settings = ollama.settings
    address = settings.address if host is None else replace(settings.address, host=host)
    address = address if port is None else replace(address, port=port)
    return Server(ollama, address, (*settings.origins, *origins), settings.token if token is None else token)


class Server(ShownAs):
    """A server at work. ``url`` is where; ``stop`` ends it, and so does leaving a ``with`` block."""

    def __init__(self, ollama: Ollama, address: Address, origins: tuple[str, ...], token: str) -> None:
        listening = _listen(address)
        self.address = replace(address, port=listening.getsockname()[1])
        self._context = Context(ollama, Guard(self.address, origins, token))
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        if ollama.settings.debug or ollama.settings.log_requests:
            _tell()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="ollama-server", daemon=True)
        self._thread.start()
        self._ready.wait()

    @property
    def url(self) -> str:
        """Where it is reached from this machine."""
        return str(self.address.connectable)

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Close the port and cancel what is being answered."""
        if self.running and self._loop is not None and self._end is not None:
            with contextlib.suppress(RuntimeError):  # it ended meanwhile
                self._loop.call_soon_threadsafe(self._end.set)
        if threading.current_thread() is not self._thread:
            self._thread.join(_JOIN_S)

    def join(self) -> None:
        """Wait until it ends."""
        self._thread.join()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server {self.url}{'' if self.running else ', stopped'}>"

    def _card(self) -> Card:
        open_to = "this machine" if self.address.is_loopback else "everybody who reaches this machine"
        secret = "a token" if self._context.guard.token else ""
        state = "" if self.running else "stopped"
        return Card("Ollama's API", rows={"address": self.url, "state": state, "open to": open_to, "needs": secret})

    def _run(self, listening: socket.socket) -> None:
        asyncio.run(self._main(listening))

    async def _main(self, listening: socket.socket) -> None:
        ORIGIN.set("server")
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        http = HTTPServer(
            application(self._context), chunk_size=READ_BYTES, max_header_size=MAX_HEADER_BYTES, idle_connection_timeout=IDLE_S,
            max_buffer_size=4 * READ_BYTES,
        )  # fmt: skip
        http.add_socket(listening)
        self._ready.set()
        tidy = asyncio.ensure_future(self._tidy())
        await self._end.wait()
        tidy.cancel()
        http.stop()
        self._context.close()
        await http.close_all_connections()

    async def _tidy(self) -> None:
        """At the start, remove what no model needs, as Ollama does (not with OLLAMA_NOPRUNE)."""
        ollama = self._context.ollama
        if not ollama.settings.keep_unused:
            with contextlib.suppress(OllamaError):  # a store that cannot be read is told of to whoever asks for it
                await self._context.in_thread(ollama.prune)


def _listen(address: Address) -> socket.socket:
    try:
        if not address.host and socket.has_dualstack_ipv6():
            listening = socket.create_server(("", address.port), family=socket.AF_INET6, dualstack_ipv6=True)
        else:
            family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
            listening = socket.create_server((address.host, address.port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ServeError(
                f"port {address.port} of {address.host or 'this machine'} is in use, perhaps by an Ollama that runs already.",
                hint=f"Choose another: serve(port={address.port + 1}), or OLLAMA_HOST={address.host}:{address.port + 1}.", address=address,
            ) from error  # fmt: skip
        reason = error.strerror or str(error)
        raise ServeError(
            f"cannot listen at {address}: {reason}.", hint="Choose an address of this machine: serve(host=..., port=...).", address=address
        ) from error
    listening.setblocking(False)
    return listening


def _tell() -> None:
    """Let the log be seen where the server runs (OLLAMA_DEBUG)."""
    if not LOG.handlers:
        handler = logging.StreamHandler(sys.__stderr__)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
