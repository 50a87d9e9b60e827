"""Models that are being made of what arrives from elsewhere. What there is of one when its process dies is gone on with by the next.

    <models>/.jupyter_ollama/builds/<64 hex>/     one that is not finished: ``key`` says of what and how it is made
        source/<name>/                              the folder, of whose weights little more than the headers is there
        model, journal                              what was written, and how far it is right
    <models>/.jupyter_ollama/builds/<64 hex>.json  what became of one: made again, it is taken from the store

Whose turn it is at a build, ``Downloads`` says.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InvalidName, SourceError
from ..json_file import read_json
from ..names import Digest
from ..sentences import as_json, from_json
from . import disk
from .downloads import Downloads

KEPT_S = 7 * 24 * 3600.0
"""After so long nobody is expected to go on with one."""


@dataclass(frozen=True, slots=True)
class Build:
    """The places of one."""

    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def journal(self) -> Path:
        return self.folder / "journal"


class Builds:
    """The builds of a store."""

    def __init__(self, folder: Path, downloads: Downloads) -> None:
        self.folder = folder
        self._downloads = downloads

    @contextlib.contextmanager
    def turn(self, key: Digest) -> Iterator[Build | None]:
        """Try to take the turn at a build; None while somebody else has it.

        Raises: StoreError.
        """
        with self._downloads.turn(key) as ours:
            build = Build(self.folder / key.hex)
            if ours:
                with disk.explained(build.folder):
                    build.folder.mkdir(parents=True, exist_ok=True)
            yield build if ours else None

    def made(self, key: Digest) -> tuple[Digest, int, tuple[str, ...]] | None:
        """Digest, size and notes of what was made with that key, if it was."""
        path = self._record(key)
        try:
            held = read_json(path) if path.is_file() else {}
            digest, size, notes = Digest.parse(held.get("digest", "")), held.get("size"), held.get("notes")
        except (SourceError, InvalidName, OSError):
            return None
        if type(size) is not int or not isinstance(notes, list):
            return None
        return digest, size, tuple(map(from_json, notes))

    def note(self, key: Digest, digest: Digest, size: int, notes: tuple[str, ...], facts: Mapping[str, Any]) -> None:
        """Write down what is made with that key.

        Args:
            facts: of what and how, for people who look.
        Raises: StoreError.
        """
        record = {"digest": str(digest), "size": size, "notes": [as_json(note) for note in notes], **facts}
        path = self._record(key)
        with disk.explained(path):
            disk.write_durably(path, json.dumps(record, indent=1).encode(), path.with_name(f".{secrets.token_hex(8)}"))

    def discard(self, key: Digest) -> None:
        """Remove what it was made with."""
        shutil.rmtree(self.folder / key.hex, ignore_errors=True)

    def clear(self, blobs: Path) -> tuple[list[int], int]:
        """Remove what nobody will go on with, and records of what is gone. Gives the bytes of each that went, and those of what stays."""
        removed, stays = list[int](), 0
        for path in _entries(self.folder):
            with contextlib.suppress(InvalidName):
                key = Digest.parse(f"sha256:{path.name.removesuffix('.json')}")
                if path.suffix:
                    made = self.made(key)
                    if made is None or not (blobs / made[0].file_name).exists():
                        path.unlink(missing_ok=True)
                    continue
                size = disk_bytes(path)
                if time.time() - _used_at(path) > KEPT_S and self._removed(key, path):
                    removed.append(size)
                else:
                    stays += size
        return removed, stays

    def unfinished(self) -> list[Path]:
        """The files of builds that are not finished."""
        return [file for path in _entries(self.folder) if path.is_dir() for file in path.rglob("*") if file.is_file()]

    def _removed(self, key: Digest, path: Path) -> bool:
        with self._downloads.turn(key) as ours:
            if ours:
                shutil.rmtree(path, ignore_errors=True)
            return ours

    def _record(self, key: Digest) -> Path:
        return self.folder / f"{key.hex}.json"


def disk_bytes(folder: Path) -> int:
    """What the files of a folder really take."""
    return sum(disk.taken_bytes(path.stat()) for path in folder.rglob("*") if path.is_file())


def _entries(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return sorted(folder.iterdir())
    return []


def _used_at(folder: Path) -> float:
    """When somebody last worked on a build."""
    return max((path.stat().st_mtime for path in (folder, folder / "model", folder / "journal") if path.exists()), default=0.0)
