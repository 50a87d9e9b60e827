"""How far an unfinished file is right, written down beside it, so that whoever goes on after a crash need not begin again. Lines of JSON:

    {"plan": "<sha256 of the header>"}       what file it is to become
    {"keep": "<tensor>"}                     F16 does not hold it, so it keeps its type
    {"end": 1048576, "crc32": 12345}         everything behind the header up to there is right if it has this sum

The sums are compared when the work goes on: what the disk lost (a power cut) or somebody changed is made again.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _hashlib import HASH

MAX_BYTES = 64 << 20
BLOCK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Begun:
    """A file that is right up to ``end``: the hash of that, and the sum of what is behind the header."""

    end: int
    sha256: HASH
    crc32: int


class Journal:
    """The lines about one file.

    Args:
        path: where they are; made if need be.
        header: what the file begins with when nothing is kept.
    Raises: OSError.
    """

    def __init__(self, path: Path, header: bytes) -> None:
        plan = {"plan": hashlib.sha256(header).hexdigest()}
        self.path = path
        self.kept: list[str] = []
        self._sums: dict[int, int] = {}
        lines = _lines(path)
        if not lines or lines[0] != plan:
            path.unlink(missing_ok=True)
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
        with self.path.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")


def _read_on(file: Any, begun: Begun, end: int) -> Begun:
    sha256, crc32 = begun.sha256.copy(), begun.crc32
    file.seek(begun.end)
    missing = end - begun.end
    while missing and (block := file.read(min(BLOCK_BYTES, missing))):
        sha256.update(block)
        crc32 = zlib.crc32(block, crc32)
        missing -= len(block)
    return Begun(end - missing, sha256, crc32)


def _lines(path: Path) -> list[Any]:
    """What was written down, up to a line that was not finished."""
    if not path.exists():
        return []
    found = []
    with path.open("rb") as file:
        for line in file.read(MAX_BYTES).split(b"\n")[:-1]:
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                break
    return found
