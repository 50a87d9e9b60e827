"""Leases: what a piece of work that is not finished relies on, so that nobody removes it meanwhile.

    <models>/.jupyter_ollama/leases/<process id>-<random>      locked by its process as long as the work lasts
        new sha256-<64 hex>          a blob the work added; if no model holds it in the end, it goes
        use sha256-<64 hex>          a blob that was there, and must stay until the end
        left sha256-<64 hex>         a blob whose model went; if nobody relies on it and no model holds it, it goes
        temporary sha256-<12 digits>   a file that is being written

A lease that nobody locks belongs to a process that died: it protects nothing, and says what there is to clear up. Everything here but
``Lease.add`` is called with the store's lock held.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from . import disk, locks

_LINE = re.compile(r"(new|use|left) (sha256-[0-9a-fA-F]{64})|(temporary) (sha256-[0-9]{12})", re.ASCII)
_MAX_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Claims:
    """What a lease says, as names of files in ``blobs``. ``path`` is the lease's own."""

    path: Path
    protected: frozenset[str]
    removable: frozenset[str]
    temporaries: frozenset[str]

    def leave(self, names: Iterable[str]) -> None:
        """Let the holder remove these blobs in the end, if nobody needs them then."""
        with contextlib.suppress(OSError):  # left where they are, the next prune finds them
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND)
            try:
                disk.write_all(descriptor, "".join(f"left {name}\n" for name in names).encode())
            finally:
                os.close(descriptor)


class Lease:
    """The lease of a piece of work of this process."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._told: set[str] = set()
        self._kept: set[str] = set()

    def add(self, kind: str, name: str) -> None:
        """Rely on a file from now on. Blobs need the store's lock, so that nobody is just about to remove them."""
        line = f"{kind} {name}\n"
        if line not in self._told:
            with disk.explained(self.path, len(line)):
                disk.write_all(self._descriptor, line.encode())
            self._told.add(line)

    def keep(self, names: Iterable[str]) -> None:
        """A model holds these now: what this work added of them is no longer its own to take back."""
        self._kept.update(names)

    def taken_back(self) -> set[str]:
        """Blobs that are to go in the end if no model holds them."""
        return {name for kind, name in _lines(self.path) if kind == "left" or (kind == "new" and name not in self._kept)}

    def unlink(self) -> None:
        """Everything is cleared up. Raises: StoreError."""
        with disk.explained(self.path):
            self.path.unlink(missing_ok=True)

    def release(self) -> None:
        """Nothing is relied on any more; a lease that was not unlinked is one of a dead process from now on."""
        locks.release(self._descriptor)


class Leases:
    """The folder of leases of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Lease:
        """A new lease.

        Raises: StoreError; also where locks are granted to everybody, for others would take this work for dead.
        """
        path = self.folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        with disk.explained(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = locks.try_lock(path)
        assert descriptor is not None, "the name is new and the store's lock is held"
        if self._is_dead(path):
            path.unlink()
            locks.release(descriptor)
            raise locks.no_locks()
        return Lease(path, descriptor)

    def live(self) -> list[Claims]:
        """What running work relies on, in this process and in others."""
        return [_claims(path) for path in self._paths() if not self._is_dead(path)]

    def dead(self) -> list[Claims]:
        """What is left of work whose process died."""
        return [_claims(path) for path in self._paths() if self._is_dead(path)]

    def _paths(self) -> list[Path]:
        try:
            return list(self.folder.iterdir())
        except OSError:
            return []

    def _is_dead(self, path: Path) -> bool:
        try:
            descriptor = locks.try_lock(path)
        except OSError:  # another user's: one cannot know
            return False
        if descriptor is None:
            return False
        locks.release(descriptor)
        return True


def _claims(path: Path) -> Claims:
    lines = list(_lines(path))
    return Claims(
        path,
        protected=frozenset(name for kind, name in lines if kind in ("new", "use")),
        removable=frozenset(name for kind, name in lines if kind in ("new", "left")),
        temporaries=frozenset(name for kind, name in lines if kind == "temporary"),
    )


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Kind and name of each line. A line that was cut short by the end of its process says nothing."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES).decode("ascii", "replace")
    except OSError:
        return
    for line in text.splitlines():
        if match := _LINE.fullmatch(line):
            kind, name = match[1] or match[3], match[2] or match[4]
            yield kind, name
