"""The folder of snapshots: for this user only, bounded, and without anything in it that anybody would miss.

    <cache>/snapshots/                            0700
      key                                         32 random bytes that seal what is written here
      <family>-<kind>-<tokens>.snapshot           0600; the time of its last use is its modification time
      ....<pid>.part, ....<pid>.loading           being written; being read by native code

Several processes use one folder without talking to each other. A file appears under its name when it is whole, by a rename. While native
code reads it, it has another name: if that kills the process, the next one does not find the file again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ...errors import EngineError
from ...sentences import Sentence
from ..frames import pack_ids
from . import layout
from .layout import CONVERSATION, Head, Snapshot

SUFFIX = ".snapshot"
KEY_BYTES = 32
LEFT_OVER_S = 600.0
"""A file under a passing name that is older was left by a process that died."""
KEEP_FREE_BYTES = 1 << 30
"""What a cache leaves free on the disk: it shall not be what stops somebody's work."""
MAX_LISTED = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A snapshot in the folder, which has not been read yet."""

    path: Path
    size_bytes: int
    used_at: float


@dataclass(frozen=True, slots=True)
class Loan:
    """A snapshot that was read and checked, and is out of the folder meanwhile."""

    entry: Entry
    snapshot: Snapshot
    path: Path

    def end(self, *, good: bool = True) -> None:
        """Put it back, or do away with it."""
        with suppress(OSError):
            self.path.replace(self.entry.path) if good else self.path.unlink()


class SnapshotCache:
    """The snapshots of one user. Safe to use from several threads and processes; nothing here raises because a file is gone.

    Args:
        folder: made when the first snapshot is kept.
        max_bytes: what all snapshots together may take; 0 keeps none.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes

    def entries(self, family: str = "") -> list[Entry]:
        """Those of a family, or all; the one used last comes first."""
        found: list[Entry] = []
        with suppress(OSError), os.scandir(self.folder) as files:
            for file in files:
                if file.name.endswith(SUFFIX) and file.name.startswith(family[:32]) and len(found) < MAX_LISTED:
                    with suppress(OSError):
                        state = file.stat(follow_symlinks=False)
                        if stat.S_ISREG(state.st_mode):
                            found.append(Entry(self.folder / file.name, state.st_size, state.st_mtime))
        return sorted(found, key=lambda one: one.used_at, reverse=True)

    def holds(self, head: Head) -> bool:
        """Whether there is a snapshot of the same tokens already; if so, it counts as used."""
        return self._used(self._path(head))

    def fits(self, size_bytes: int) -> bool:
        """Whether a snapshot of this size may be kept: others have to have room beside it, on the disk, too."""
        if size_bytes > self.max_bytes // 2:
            return False
        folder = next(one for one in (self.folder, *self.folder.parents) if one.exists())
        return shutil.disk_usage(folder).free - size_bytes >= KEEP_FREE_BYTES

    def add(self, head: Head, state: bytearray) -> int:
        """Keep a snapshot, and let others go for it: those used longest ago, and earlier states of the same conversation.

        Returns its size in bytes; 0 if there is no room for it.
        Raises: OSError when the disk refuses; EngineError when the folder is not this user's alone.
        """
        if not self.fits(len(state)):
            return 0
        self._prepare()
        path = self._path(head)
        temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            size = layout.write(temporary, self._key(), head, state)
            self._make_room(size)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        if head.kind == CONVERSATION:
            self._drop_earlier(head, path)
        return size

    def borrow(self, entry: Entry) -> Loan | None:
        """A snapshot for native code to read, checked; None if it is not to be trusted, and then it is gone.

        Until the loan is ended nobody finds it: if the process dies on it, it stays away.
        """
        loading = entry.path.with_name(f"{entry.path.name}.{secrets.token_hex(4)}.loading")
        try:
            self._check_private()
            entry.path.rename(loading)
            os.utime(loading)  # it is in use: nobody shall sweep it away
            snapshot = layout.read(loading, self._key())
            if self._path(snapshot.head) == entry.path:
                return Loan(entry, snapshot, loading)
        except (OSError, EngineError):
            pass
        with suppress(OSError):
            loading.unlink()
        return None

    def drop(self, entry: Entry) -> None:
        """Remove one."""
        with suppress(OSError):
            entry.path.unlink()

    def clear(self) -> tuple[int, int]:
        """Remove all. Returns how many there were, and their bytes."""
        entries = self.entries()
        for entry in entries:
            self.drop(entry)
        return len(entries), sum(entry.size_bytes for entry in entries)

    def _path(self, head: Head) -> Path:
        tokens = hashlib.sha256(pack_ids(head.tokens)).hexdigest()
        return self.folder / f"{head.family[:32]}-{head.kind}-{tokens[:32]}{SUFFIX}"

    def _used(self, path: Path) -> bool:
        try:
            os.utime(path)
        except OSError:
            return False
        return True

    def _prepare(self) -> None:
        """Make the folder. Raises: EngineError if it is open to others, OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._check_private()

    def _check_private(self) -> None:
        """Raises: EngineError if others could put a key and snapshots of their own here, OSError."""
        state = self.folder.lstat()
        if hasattr(os, "geteuid") and (not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o077):
            raise EngineError(
                Sentence("%1 is not a folder of this user alone: no snapshots are kept there.", self.folder), hint="Remove it.",
                path=self.folder,
            )  # fmt: skip

    def _key(self) -> bytes:
        """What seals the snapshots of this folder; made when there is none.

        Raises: OSError.
        """
        path = self.folder / "key"
        with suppress(OSError):
            key = path.read_bytes()
            if len(key) == KEY_BYTES:
                return key
            path.unlink()
        made = path.with_name(f"key.{secrets.token_hex(4)}.part")
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600), "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
            with suppress(FileExistsError):  # another process was quicker
                _publish(made, path)
            return path.read_bytes()
        finally:
            made.unlink(missing_ok=True)

    def _make_room(self, size_bytes: int) -> None:
        self._sweep()
        left = self.max_bytes - size_bytes
        for entry in self.entries():
            left -= entry.size_bytes
            if left < 0:
                self.drop(entry)

    def _drop_earlier(self, head: Head, path: Path) -> None:
        """What a longer conversation holds as well is not needed twice."""
        for entry in self.entries(head.family):
            if entry.path != path and f"-{CONVERSATION}-" in entry.path.name:
                with suppress(OSError, EngineError):
                    earlier = layout.read_head(entry.path)
                    if earlier.tokens == head.tokens[: len(earlier.tokens)]:
                        self.drop(entry)

    def _sweep(self) -> None:
        """Remove what processes that died have left behind."""
        with suppress(OSError), os.scandir(self.folder) as files:
            for file in files:
                if file.name.endswith((".part", ".loading")):
                    with suppress(OSError):
                        if time.time() - file.stat(follow_symlinks=False).st_mtime > LEFT_OVER_S:
                            Path(file.path).unlink()


def _publish(made: Path, path: Path) -> None:
    """Give a file its name unless that is taken. Raises: FileExistsError, OSError."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        made.replace(path)
