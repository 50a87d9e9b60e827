"""Whose turn it is to bring a blob: one at a time among threads and processes; whoever waits looks on, and takes over if the other ends.

    <models>/.jupyter_ollama/downloads/sha256-<64 hex>      locked as long as somebody brings that blob
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from ..names import Digest
from . import disk, locks


class Downloads:
    """The turns of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def turn(self, digest: Digest) -> Iterator[bool]:
        """Try to take the turn for a blob; False while somebody else has it. It is given back at the end of the block.

        Raises: StoreError.
        """
        path = self.folder / digest.file_name
        with disk.explained(path):
            descriptor = self._take(path)
        try:
            yield descriptor is not None
        finally:
            if descriptor is not None:
                with contextlib.suppress(OSError):
                    path.unlink()
                locks.release(descriptor)

    def _take(self, path: Path) -> int | None:
        """The lock on the file that is at the path now: the one before may have removed it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        while (descriptor := locks.try_lock(path)) is not None:
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    return descriptor
            locks.release(descriptor)
        return None
