"""One connection to a host: JSON there and back, streams of lines, errors as ours. A cancel closes what it waits for."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from ..address import Address
from ..cancelling import CancelToken
from ..errors import EngineError, Unreachable
from ..sentences import Sentence
from ..wire import reading

CONNECT_S, QUICK_S = 5.0, 30.0
"""How long a host may take to let us in, and between two parts of an answer that needs no model."""
MAX_LINE_BYTES = 16 << 20
MAX_BODY_BYTES = 256 << 20
Json = dict[str, Any]


class _Cut:
    """Cuts a connection from another thread: who waits for it then hears that it is over."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._over = False

    def watch(self, event: str, facts: dict[str, Any]) -> None:
        """What httpx tells of a request: here are the connections."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            opened = facts["return_value"].get_extra_info("socket")
            if opened is not None:
                self._sockets.append(opened)
                if self._over:
                    self()

    def __call__(self) -> None:
        self._over = True
        for opened in self._sockets:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)


class Line:
    """How a host is reached. ``token`` goes along as a bearer token, to this host only."""

    def __init__(self, address: Address, token: str = "") -> None:
        self.address = address
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> Json:
        return self.ask("GET", path, None)

    def post(self, path: str, body: Json, cancel: CancelToken | None = None) -> Json:
        return self.ask("POST", path, body, cancel)

    def ask(self, method: str, path: str, body: Json | None, cancel: CancelToken | None = None) -> Json:
        """One request and its answer; an empty answer is an empty object. One that cannot be cancelled has to be quick.

        Raises: Unreachable, Cancelled, what the host's status stands for.
        """
        with self._open(method, path, cancel, json=body) as answer:
            return self._whole(answer)

    def stream(self, path: str, body: Json, cancel: CancelToken) -> Iterator[Json]:
        """The objects of an answer that comes in lines, as they come: Ollama's, or server-sent events.

        Raises: Unreachable, Cancelled, EngineError for what is no JSON.
        """
        with self._open("POST", path, cancel, json=body) as answer:
            for line in self._lines(answer):
                text = line.strip().removeprefix("data:").strip()
                if text and text != "[DONE]" and not text.startswith((":", "event:")):
                    found = self._parsed(text)
                    reading.raise_error(found, self.place)
                    yield found

    def status(self, method: str, path: str, cancel: CancelToken | None = None) -> int:
        """The number that answers a request without a body, whatever it is. Raises: Unreachable, Cancelled."""
        with self._open(method, path, cancel, checked=False) as answer:
            return answer.status_code

    def send(self, path: str, content: Iterable[bytes], size: int, cancel: CancelToken) -> None:
        """Upload bytes. Raises: Unreachable, Cancelled, what the host's status stands for."""
        with self._open("POST", path, cancel, content=content, headers={"Content-Length": str(size)}):
            pass

    @property
    def place(self) -> str:
        """The host, for messages."""
        return str(self.address)

    @contextmanager
    def _open(
        self, method: str, path: str, cancel: CancelToken | None, *, checked: bool = True, headers: dict[str, str] | None = None,
        **body: Any,
    ) -> Iterator[httpx.Response]:  # fmt: skip
        timeout = httpx.Timeout(QUICK_S if cancel is None else None, connect=CONNECT_S)
        url = f"{self.address}{path}"
        cut = _Cut()
        with httpx.Client(timeout=timeout, headers=self._headers, trust_env=not self.address.is_loopback) as client:
            forget = cancel.on_cancel(cut) if cancel is not None else None
            try:
                with client.stream(method, url, headers=headers, extensions={"trace": cut.watch}, **body) as answer:
                    if checked and answer.status_code >= httpx.codes.BAD_REQUEST:
                        raise reading.refusal(answer.status_code, self._text(answer), self.place)
                    yield answer
            except (httpx.HTTPError, httpx.StreamError, OSError) as error:
                if cancel is not None:
                    cancel.check()
                reason = str(error) or type(error).__name__
                hint = "Is it running, and is the address right? %ollama connect URL names another."
                raise Unreachable(
                    Sentence("%1 does not answer: %2.", self.place, Sentence.of(reason)), hint=hint, host=self.place
                ) from error
            finally:
                if forget is not None:
                    forget()

    def _whole(self, answer: httpx.Response) -> Json:
        text = self._text(answer)
        return self._parsed(text) if text.strip() else {}

    def _text(self, answer: httpx.Response) -> str:
        parts, size = [], 0
        for part in answer.iter_bytes():
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise EngineError(Sentence("%1 sends more than %2 MiB in one answer.", self.place, MAX_BODY_BYTES >> 20))
            parts.append(part)
        return b"".join(parts).decode("utf-8", "replace")

    def _lines(self, answer: httpx.Response) -> Iterator[str]:
        rest = b""
        for part in answer.iter_bytes():
            *lines, rest = (rest + part).split(b"\n")
            if len(rest) > MAX_LINE_BYTES:
                raise EngineError(Sentence("%1 sends a line of more than %2 MiB.", self.place, MAX_LINE_BYTES >> 20))
            yield from (line.decode("utf-8", "replace") for line in lines)
        if rest:
            yield rest.decode("utf-8", "replace")

    def _parsed(self, text: str) -> Json:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise EngineError(Sentence("%1 answers with something that is no JSON: %2.", self.place, repr(text[:80]))) from error
        if not isinstance(found, dict):
            raise EngineError(Sentence("%1 answers with something that is no JSON object: %2.", self.place, repr(text[:80])))
        return found
