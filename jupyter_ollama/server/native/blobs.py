"""Blobs: files that clients upload for a create, hashed while they arrive. A body of any size passes through in constant memory."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_ollama import OllamaError

from ...errors import InvalidName
from ...names import Digest
from ...wire.fields import bad
from ..handler import Handler
from ..incoming import Incoming


class Blob(Handler):
    """``HEAD`` and ``POST /api/blobs/:digest``."""

    methods = ("HEAD", "POST")
    max_body_bytes = 1 << 62

    def initialize(self) -> None:
        """Nothing has arrived yet."""
        self.incoming: Incoming | None = None

    async def begin(self, *path: str) -> None:
        """Before the first byte: is it wanted? What is there already is not written again; who asked first need not send it at all."""
        if self.request.method != "POST":
            return
        digest = _digest(path[0])
        if not await self.quick(self.ollama.has_blob, digest):
            upload = await self.quick(self.ollama.upload, digest, self.announced_bytes)
            self.incoming = Incoming(upload, self.context.in_thread)
        elif self.request.headers.get("Expect", "").lower() == "100-continue":
            self.finish()

    async def data_received(self, chunk: bytes) -> Any:
        """The next bytes."""
        if self.incoming is not None:
            try:
                await self.incoming.feed(chunk)
            except OllamaError as error:
                await self._abort()
                self.refuse(error)

    async def answer(self, *path: str) -> None:
        """Whether it is there; or what became of what was sent."""
        if self.request.method == "HEAD":
            self.set_status(200 if await self.quick(self.ollama.has_blob, _digest(path[0])) else 404)
        elif self.incoming is not None:
            try:
                await self.incoming.finish()
            except OllamaError:
                await self._abort()
                raise
            self.incoming = None
            self.set_status(201)
        self.finish()

    async def _abort(self) -> None:
        incoming, self.incoming = self.incoming, None
        if incoming is not None:
            await incoming.abort()

    def on_connection_close(self) -> None:
        """The client went away before its file was whole."""
        super().on_connection_close()
        if self.incoming is not None:
            self.context.finishing(asyncio.ensure_future(self._abort()))


def _digest(text: str) -> str:
    try:
        return str(Digest.parse(text))
    except InvalidName:
        raise bad("invalid digest format") from None


ROUTES = [(r"/api/blobs/([^/]*)", Blob)]
