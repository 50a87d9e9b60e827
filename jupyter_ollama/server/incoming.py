"""A body on its way to a blob: gathered into large pieces, each written on a thread while the next one arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

PIECE_BYTES = 1 << 20


class Upload(Protocol):
    """What takes the pieces: ``Ollama.upload`` gives one."""

    def write(self, piece: bytes) -> None: ...
    def finish(self) -> bool: ...
    def abort(self) -> None: ...


class Incoming:
    """Feeds an upload. At most two pieces are in memory."""

    def __init__(self, upload: Upload, in_thread: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self._upload = upload
        self._in_thread = in_thread
        self._piece = bytearray()
        self._writing: asyncio.Future[Any] | None = None

    async def feed(self, chunk: bytes) -> None:
        """Take what has arrived.

        Raises: DiskFull, StoreError.
        """
        self._piece += chunk
        if len(self._piece) >= PIECE_BYTES:
            await self._pass_on()

    async def finish(self) -> None:
        """Publish what has arrived, if it is what it should be.

        Raises: DigestMismatch, DiskFull, StoreError.
        """
        await self._pass_on()
        await self._written()
        await self._in_thread(self._upload.finish)

    async def abort(self) -> None:
        """Forget what has arrived."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self._in_thread(self._upload.abort)

    async def _pass_on(self) -> None:
        await self._written()
        piece, self._piece = bytes(self._piece), bytearray()
        self._writing = asyncio.ensure_future(self._in_thread(lambda: self._upload.write(piece)))

    async def _written(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            await writing
