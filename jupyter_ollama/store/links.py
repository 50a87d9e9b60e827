"""Records of blobs that share their file with the user's own, by a hard link: what the file was when its digest was taken.

    <models>/.jupyter_ollama/links/<64 hex>      {"device": .., "inode": .., "size": .., "mtime_ns": .., "source": ".."}

Somebody may change such a file in place, and the blob with it. One ``stat`` against the record tells whether that can have happened.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ..names import Digest
from . import disk
from .remembered import Remembered

_MAX_BYTES = 64 << 10
_FACTS = ("device", "inode", "size", "mtime_ns")


@dataclass(frozen=True, slots=True)
class Linked:
    """A file of the user's that a blob is a link to.

    Args:
        source: where it was imported from.
        state: what it was before it was hashed: if it was changed since, the change shows.
    """

    source: str
    state: os.stat_result


class Links:
    """The folder of records of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names = Remembered(lambda path: frozenset(os.listdir(path)), lambda names: 100 * len(names))  # noqa: PTH208 (names, not paths)

    def names(self) -> frozenset[str]:
        """The digests of which there is a record, as hex digits. A folder that cannot be read has none that can be."""
        try:
            return self._names.get(str(self.folder))
        except OSError:
            return frozenset()

    def record(self, digest: Digest, linked: Linked) -> None:
        """Remember that this file has this digest. Raises: OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        facts = json.dumps({**_facts(linked.state), "source": linked.source}).encode()
        temporary = self.folder / f".{secrets.token_hex(8)}"
        try:
            disk.write_durably(self._path(digest), facts, temporary)
        finally:
            temporary.unlink(missing_ok=True)

    def forget(self, digest: Digest) -> None:
        """The blob is the store's own, or gone."""
        with contextlib.suppress(OSError):
            self._path(digest).unlink()

    def has(self, digest: Digest) -> bool:
        return self._path(digest).exists()

    def doubted(self, digest: Digest, state: os.stat_result) -> bool:
        """Whether the blob shares its file with somebody who may have changed it since its digest was taken."""
        held = self._read(digest)
        return held is not None and any(held.get(key) != value for key, value in _facts(state).items())

    def source(self, digest: Digest) -> str:
        """Where the file was imported from."""
        held = self._read(digest) or {}
        return str(held.get("source") or "a file of yours")

    def clear(self, blobs: Path) -> None:
        """Remove records whose blob is gone, and what a crash left. Called with the store's lock held."""
        with contextlib.suppress(OSError):
            for path in self.folder.iterdir():
                if path.name.startswith(".") or not (blobs / f"sha256-{path.name}").exists():
                    path.unlink()

    def _path(self, digest: Digest) -> Path:
        return self.folder / digest.hex

    def _read(self, digest: Digest) -> dict[str, object] | None:
        """The record; None when there is none, an empty one when it cannot be read, which fits no file."""
        try:
            with self._path(digest).open("rb") as file:
                held = json.loads(file.read(_MAX_BYTES))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            return {}
        return held if isinstance(held, dict) else {}


def _facts(state: os.stat_result) -> dict[str, int]:
    return dict(zip(_FACTS, (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns), strict=True))
