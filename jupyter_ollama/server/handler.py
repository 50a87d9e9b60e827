"""What all handlers have in common: who may ask, a bounded body, errors as JSON, answers in pieces that stop when the client goes away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import Application, RequestHandler, stream_request_body

from jupyter_ollama import Ollama, OllamaError, Run

from ..errors import BadRequest, Cancelled
from ..events import Event
from ..wire import errors
from ..wire.encoding import dumps
from ..wire.fields import bad
from .context import Context

T = TypeVar("T")
R = TypeVar("R")
LOG = logging.getLogger("jupyter_ollama.server")
JSON = "application/json; charset=utf-8"
NDJSON = "application/x-ndjson"
MAX_BODY_BYTES = 64 << 20
_DRAINED_BYTES = 1 << 20
"""So much of a body is still read when it is refused: a client that is sending would not see the answer else."""


@stream_request_body
class Handler(RequestHandler):
    """One path. A subclass says which methods it has and gives ``answer``."""

    methods: ClassVar[tuple[str, ...]] = ("POST",)
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES
    encodings: ClassVar[tuple[str, ...]] = ("", "identity")
    """How a body may be compressed."""

    def __init__(self, application: Application, request: HTTPServerRequest, **arguments: Any) -> None:
        self.runs: list[Run[Any]] = []
        self.gone = False
        self._body = bytearray()
        self._refusal: tuple[int, bytes] | None = None
        super().__init__(application, request, **arguments)

    @property
    def context(self) -> Context:
        found: Context = self.application.settings["context"]
        return found

    @property
    def ollama(self) -> Ollama:
        return self.context.ollama

    @property
    def connection(self) -> HTTP1Connection:
        held = self.request.connection
        assert isinstance(held, HTTP1Connection)
        return held

    @property
    def body(self) -> bytes:
        return bytes(self._body)

    async def answer(self, *path: str) -> None:
        """Read the request, call the verb, write what comes of it.

        Raises: OllamaError, which becomes the answer.
        """
        raise NotImplementedError

    def failure(self, error: OllamaError) -> tuple[int, Any]:
        """Status and JSON of an error; protocols differ."""
        return errors.status_of(error), errors.body(error)

    # ------------------------------------------------------------ the request

    async def prepare(self) -> None:
        """Decide from the head whether the request is wanted, before its body is read."""
        self.connection.set_max_body_size(1 << 62)  # bounded here, with a sentence
        self._refusal = self._refused()
        if self._refusal is None and self.request.method in self.methods:
            try:
                await self.begin(*self.path_args)
            except OllamaError as error:
                self._refusal = self._as_refusal(error)
        if self._refusal is not None and self.announced_bytes > _DRAINED_BYTES and not self._finished:
            self._finish_refused()

    async def begin(self, *path: str) -> None:
        """What a subclass has to do before the body arrives.

        Raises: OllamaError, which becomes the answer.
        """

    @property
    def announced_bytes(self) -> int:
        """How long the body says that it is; 0 if it does not say."""
        length = self.request.headers.get("Content-Length", "")
        return int(length) if length.isascii() and length.isdigit() else 0

    @property
    def encoding(self) -> str:
        """How the body is compressed, as the request says."""
        return self.request.headers.get("Content-Encoding", "").strip().lower()

    def data_received(self, chunk: bytes) -> Any:
        """Collect the body, as far as it may go."""
        if self._refusal is None:
            self._body += chunk
            if len(self._body) > self.max_body_bytes:
                self.refuse(self._too_large())

    def refuse(self, error: OllamaError) -> None:
        """Answer at once, whatever is still being sent."""
        self._refusal = self._as_refusal(error)
        self._finish_refused()

    def _refused(self) -> tuple[int, bytes] | None:
        guard, headers = self.context.guard, self.request.headers
        host, origin = headers.get("Host", ""), headers.get("Origin", "")
        if not guard.allows_host(host) or (origin and not guard.allows_origin(origin, host)):
            return 403, b""
        if origin:
            self._set_headers(guard.cors(origin))
        if self.request.method == "OPTIONS":
            return None
        if not guard.allows_token(headers):
            self.set_header("WWW-Authenticate", "Bearer")
            return self._as_refusal(bad("unauthorized", 401, "Send the server's token: Authorization: Bearer ..."))
        if self.announced_bytes > self.max_body_bytes:
            return self._as_refusal(self._too_large())
        if self.encoding not in self.encodings:
            what = ", ".join(one for one in self.encodings if one)
            return self._as_refusal(bad(f"a body in {self.encoding:.40} is not supported here", 415, f"Content-Encoding: {what}."))
        return None

    def _too_large(self) -> BadRequest:
        return bad(f"the request is larger than {self.max_body_bytes:,} bytes", 413)

    def _as_refusal(self, error: OllamaError) -> tuple[int, bytes]:
        status, value = self.failure(error)
        return status, dumps(value)

    def _finish_refused(self) -> None:
        assert self._refusal is not None
        status, body = self._refusal
        self.set_status(status)
        if body:
            self.set_header("Content-Type", JSON)
        self.finish(body)

    # ------------------------------------------------------------ methods

    async def _serve(self, *path: str) -> None:
        if self._finished:
            return
        if self._refusal is not None:
            self._finish_refused()
        elif self.request.method not in self.methods:
            self.send_error(405)
        else:
            self.context.log(self.request, self.body)
            try:
                await self.answer(*path)
            except OllamaError as error:
                self._fail(error)
            except StreamClosedError:
                self.gone = True

    get = head = post = put = patch = delete = _serve

    async def options(self, *path: str) -> None:
        """A browser asks whether it may ask."""
        origin = self.request.headers.get("Origin", "")
        if self._refusal is not None:
            self._finish_refused()
        elif not origin:
            self.send_error(405)
        else:
            self._set_headers(self.context.guard.preflight(origin))
            self.set_status(204)
            self.finish()

    # ------------------------------------------------------------ the answer

    async def quick(self, verb: Callable[..., R], *arguments: Any, **named: Any) -> R:
        """Call a verb that returns at once, as a rule, on a thread: the loop goes on."""
        return await self.context.in_thread(lambda: verb(*arguments, **named))

    def reply(self, value: Any, status: int = 200) -> None:
        """The whole answer, as JSON; bytes are that already."""
        self.set_status(status)
        self.set_header("Content-Type", JSON)
        self.finish(value if isinstance(value, bytes) else dumps(value))

    async def result(self, run: Run[T]) -> T:
        """Wait for a run; it is cancelled if the client goes away."""
        self.watch(run)
        return await run

    async def follow(
        self, run: Run[T], piece: Callable[[Event], Iterable[bytes]], last: Callable[[T], Iterable[bytes]], content_type: str = NDJSON
    ) -> None:
        """Answer in pieces while they come. Each is one chunk of HTTP: there are clients that take a chunk for a line."""
        self.watch(run)
        self.set_header("Content-Type", content_type)
        try:
            async for events in run.arrivals(self.context.bell):
                await self.send(made for event in events for made in piece(event))
            await self.send(last(run.result()))
        except OllamaError as error:
            if not self._headers_written:
                raise
            if not self.gone:
                await self.send(self.broken(error))
        finally:
            run.cancel()  # it has ended, or nobody hears it any more
        if not self._finished and not self.gone:
            self.finish()

    def broken(self, error: OllamaError) -> Iterable[bytes]:
        """What ends a stream that failed after it had begun."""
        yield dumps(self.failure(error)[1]) + b"\n"

    async def send(self, pieces: Iterable[bytes]) -> None:
        """Write pieces, each as a chunk, and wait until there is room for more: as a rule the system has taken them at once."""
        written, stream = None, self.connection.stream
        for one in pieces:
            if not self._headers_written:
                stream.set_nodelay(True)
            self.write(one)
            written = self.flush()
        if written is not None and (stream.writing() or stream.closed()):
            await written

    def watch(self, run: Run[Any]) -> None:
        """Cancel a run when the client goes away, or the server ends."""
        self.runs.append(run)
        self.context.runs.add(run)
        if self.gone:
            run.cancel()

    def on_connection_close(self) -> None:
        """The client went away: nobody wants the rest."""
        self.gone = True
        for run in self.runs:
            run.cancel()

    def _fail(self, error: OllamaError) -> None:
        if self.gone or (isinstance(error, Cancelled) and self.connection.stream.closed()):
            return
        status, value = self.failure(error)
        self.set_status(status, "client closed request" if status == errors.CANCELLED else None)
        self.set_header("Content-Type", JSON)
        self.finish(dumps(value))

    def write_error(self, status_code: int, **arguments: Any) -> None:
        """What has no error of ours: unknown paths and methods in plain text as Ollama has them, our own bugs as JSON."""
        plain = {404: "404 page not found", 405: "405 method not allowed"}
        if status_code in plain:
            self.set_header("Content-Type", "text/plain")
            self.finish(plain[status_code])
        else:
            self.set_header("Content-Type", JSON)
            self.finish(dumps({"error": "internal error: the log has more" if status_code >= 500 else self._reason}))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Bugs go to the log; what a client did wrong does not."""
        if isinstance(value, StreamClosedError) or getattr(value, "status_code", 500) < 500:
            return
        LOG.error("%s %s failed", self.request.method, self.request.path, exc_info=(typ, value, tb))

    def set_default_headers(self) -> None:
        """Nobody needs to know what serves."""
        self.clear_header("Server")

    def compute_etag(self) -> None:
        """Answers are not kept."""

    def _set_headers(self, headers: dict[str, str]) -> None:
        for name, value in headers.items():
            self.set_header(name, value)


class NotFound(Handler):
    """Every other path."""

    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

    async def answer(self, *path: str) -> None:
        """Say that there is nothing."""
        self.send_error(404)
