"""How far an unfinished file is right, written down beside it, so that whoever goes on after a crash need not begin again. Lines of JSON:

    {"plan": "<sha256 of the header>"}       what file it is to become
    {"keep": "<tensor>"}                     F16 does not hold it, so it keeps its type
    {"end": 1048576, "crc32": 12345}         everything behind the header up to there is right if it has this sum

The sums are compared when the work goes on: what the disk lost (a power cut) or somebody changed is made again. Whoever writes holds a lock
on the file: a process whose kernel was killed a moment ago may not have ended yet.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ....errors import StoreError
from ....sentences import Sentence
from ... import locks

if TYPE_CHECKING:
    from _hashlib import HASH

MAX_BYTES = 64 << 20
BLOCK_BYTES = 4 << 20
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Begun:
    """A file that is right up to ``end``: the hash of that, and the sum of what is behind the header."""

    end: int
    sha256: HASH
    crc32: int


class Journal:
    """The lines about one file. Used as a context manager, which gives the lock back.

    Args:
        path: where they are; made if need be.
        header: what the file begins with when nothing is kept.
    Raises: OSError; StoreError when somebody else writes them.
    """

    def __init__(self, path: Path, header: bytes) -> None:
        plan = {"plan": hashlib.sha256(header).hexdigest()}
        self.kept: list[str] = []
        self._sums: dict[int, int] = {}
        self._descriptor = _locked(path)
        lines = _lines(self._descriptor)
        if not lines or lines[0] != plan:
            os.ftruncate(self._descriptor, 0)
            self._add(plan)
            return
        for line in lines[1:]:
            match line:
                case {"keep": str(name)}:
                    self.kept.append(name)
                case {"end": int(end), "crc32": int(crc32)}:
                    self._sums[end] = crc32

    def keep(self, tensor: str) -> None:
        """A tensor keeps its type. Raises: OSError."""
        self.kept.append(tensor)
        self._add({"keep": tensor})

    def note(self, end: int, crc32: int) -> None:
        """The file is right up to there. Raises: OSError."""
        self._sums[end] = crc32
        self._add({"end": end, "crc32": crc32})

    def begin(self, file: Path, header: bytes, ends: Collection[int]) -> Begun:
        """Make a file that begins with the header, and goes on with what is right of an earlier one.

        Args:
            ends: where something may end.
        Raises: OSError.
        """
        good = Begun(len(header), hashlib.sha256(header), 0)
        with file.open("r+b" if file.exists() else "w+b", buffering=0) as held:
            size = held.seek(0, 2)
            for end in sorted(end for end in self._sums if end in ends and good.end < end <= size):
                following = _read_on(held, good, end)
                if following.crc32 != self._sums[end]:
                    break
                good = following
            held.truncate(good.end)
            held.seek(0)
            held.write(header)
        return good

    def _add(self, line: dict[str, Any]) -> None:
        os.write(self._descriptor, json.dumps(line).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._descriptor)


def _read_on(file: Any, begun: Begun, end: int) -> Begun:
    sha256, crc32 = begun.sha256.copy(), begun.crc32
    file.seek(begun.end)
    missing = end - begun.end
    while missing and (block := file.read(min(BLOCK_BYTES, missing))):
        sha256.update(block)
        crc32 = zlib.crc32(block, crc32)
        missing -= len(block)
    return Begun(end - missing, sha256, crc32)


def _locked(path: Path) -> int:
    """The open file, held by nobody else."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    until = time.monotonic() + PATIENCE_S
    try:
        while locks.SHARING and not locks.take(descriptor):
            if time.monotonic() > until:
                raise StoreError(Sentence("another process writes the model at %1.", path.parent), hint="Wait until it is done.", path=path)
            time.sleep(0.05)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _lines(descriptor: int) -> list[Any]:
    """What was written down, as far as it can be read; a line that was not finished is taken away."""
    raw = os.read(descriptor, MAX_BYTES)
    whole = raw[: raw.rfind(b"\n") + 1]
    os.ftruncate(descriptor, len(whole))
    with contextlib.suppress(ValueError, RecursionError):
        return [json.loads(line) for line in whole.splitlines()]
    return []
