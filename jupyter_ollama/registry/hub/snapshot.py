"""A repository at one commit: which files it has, how long they are and what they hash to, as the Hub tells it; all of it is checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MAX_FILES = 100_000
MAX_SIZE = 1 << 46
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. +=-]{0,199}", re.ASCII)
_SHA1 = re.compile(r"[0-9a-f]{40}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file. ``sha1`` is git's name of its content, ``sha256`` the content's own hash where it lies in LFS; either may be empty."""

    path: str
    size: int
    sha1: str = ""
    sha256: str = ""

    @classmethod
    def of(cls, entry: Any) -> HubFile | None:
        """A file of a listing; None for what is none, or could not be one here: hidden, or with a strange name."""
        if not isinstance(entry, dict) or entry.get("type") != "file":
            return None
        path, size, lfs = entry.get("path"), entry.get("size"), entry.get("lfs")
        if not isinstance(path, str) or type(size) is not int or not 0 <= size <= MAX_SIZE:
            return None
        if not all(_PART.fullmatch(part) for part in path.split("/")):
            return None
        sha256 = lfs.get("oid") if isinstance(lfs, dict) else ""
        sha1 = entry.get("oid") if not sha256 else ""
        return cls(path, size, _held(sha1, _SHA1), _held(sha256, _SHA256))

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def depth(self) -> int:
        """Folders above it."""
        return self.path.count("/")

    def is_whole(self, data: bytes) -> bool:
        """Whether this is its content."""
        if len(data) != self.size:
            return False
        if self.sha256:
            return hashlib.sha256(data).hexdigest() == self.sha256
        return not self.sha1 or hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == self.sha1


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``id`` is the repository's present ``org/repo``: it may have been renamed."""

    id: str
    commit: str
    files: tuple[HubFile, ...]

    @property
    def repository(self) -> str:
        return self.id.rpartition("/")[2]

    def ending(self, *endings: str) -> tuple[HubFile, ...]:
        """Files by how their names end."""
        return tuple(file for file in self.files if file.name.lower().endswith(endings))


def files_of(entries: Iterable[Any]) -> tuple[HubFile, ...]:
    """The files of a listing, as far as they can be used here."""
    found = {file.path: file for entry in entries if (file := HubFile.of(entry)) is not None}
    return tuple(found[path] for path in sorted(found))


def is_commit(text: object) -> bool:
    """Whether that is the name of a commit."""
    return isinstance(text, str) and _SHA1.fullmatch(text) is not None


def _held(text: Any, form: re.Pattern[str]) -> str:
    return text if isinstance(text, str) and form.fullmatch(text) else ""
