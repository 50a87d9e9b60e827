"""``upload``: a blob that arrives piece by piece, hashed while it is written."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

from ..cards import Card, ShownAs
from ..errors import DigestMismatch
from ..names import Digest
from ..sentences import Sentence
from ..store import Store
from ..store.disk import explained, require_room, write_all


class Upload(ShownAs):
    """A blob on its way into the store. Nobody sees it before ``finish`` has checked it; one that is not finished has to be aborted.

    Its methods are called one after the other, from any thread.

    Args:
        size_bytes: how many there will be, 0 if nobody knows.
    Raises: StoreError; DiskFull when there is no room for so many.
    """

    def __init__(self, store: Store, digest: Digest, size_bytes: int = 0) -> None:
        self._store, self._digest = store, digest
        self._hash, self._arrived = hashlib.sha256(), 0
        self._held = contextlib.ExitStack()
        try:
            self._path: Path = self._held.enter_context(store.blobs.reserve())
            require_room(self._path.parent, size_bytes)
            with explained(self._path, size_bytes):
                self._file = self._held.enter_context(self._path.open("wb", buffering=0))
        except BaseException:
            self._held.close()
            raise

    def __repr__(self) -> str:
        return f"<Upload {self._digest}, {self._arrived} bytes so far>"

    def _card(self) -> Card:
        return Card("upload", digest=str(self._digest), size_bytes=self._arrived)

    def write(self, piece: bytes) -> None:
        """The next bytes.

        Raises: DiskFull, StoreError.
        """
        with explained(self._path, len(piece)):
            write_all(self._file.fileno(), piece)
        self._hash.update(piece)
        self._arrived += len(piece)

    def finish(self) -> bool:
        """Publish the blob; whether it is new to the store.

        Raises: DigestMismatch when it is not what was announced; nothing is kept then. DiskFull, StoreError.
        """
        with self._held:
            arrived = Digest(self._hash.hexdigest())
            if arrived.hex != self._digest.hex.lower():
                raise DigestMismatch(
                    Sentence("what was uploaded hashes to %1, not to %2.", arrived, self._digest), hint="Upload it again.",
                    expected=str(self._digest), actual=str(arrived),
                )  # fmt: skip
            with explained(self._path):
                os.fsync(self._file.fileno())
            return self._store.blobs.adopt(self._path, arrived)

    def abort(self) -> None:
        """Forget what arrived."""
        self._held.close()


def has_blob(store: Store, digest: Digest) -> bool:
    """Whether a blob is in the store, or in that of a system-wide Ollama."""
    return store.blobs.has(digest) or (store.service is not None and store.service.blobs.has(digest))
