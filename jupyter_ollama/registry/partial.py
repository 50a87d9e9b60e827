"""A blob that is not there whole yet, in Ollama's own files, so that either of us can go on with what the other began.

    <blob>-partial         as long as the blob will be, with holes where nothing has arrived
    <blob>-partial-<N>     {"N":0,"Offset":0,"Size":100000000,"Completed":1048576}

Source: Ollama, server/download.go, blobDownloadPart.

Bytes are written before they are counted, and a count is one write of one line: whenever the process dies, what is counted is there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .limits import Limits

_MAX_STATE_BYTES = 4096
_MAX_PARTS = 100_000
_LINE_BYTES = 128


class DiskTrouble(Exception):
    """Writing failed; ``cause`` says why. It is no trouble of the network, so nothing is tried again."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


@dataclass(slots=True)
class Part:
    """A stretch of a blob, and how much of it has arrived. One thread at a time fills it.

    Units: bytes.
    """

    number: int
    offset: int
    size: int
    completed: int = 0
    noted: int = 0

    @property
    def position(self) -> int:
        """Where its next byte goes."""
        return self.offset + self.completed

    @property
    def missing(self) -> int:
        return self.size - self.completed

    def fill(self, data: bytes, file: BinaryIO) -> None:
        """Put what arrived where it belongs. Raises: OSError."""
        file.seek(self.position)
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        self.completed += len(data)


class Partial:
    """The files of one blob that is being downloaded, held by nobody else meanwhile.

    Args:
        blob: where the blob will lie once it is whole.
        size: how long it will be.
    Raises: OSError, also from the other methods unless they say DiskTrouble.
    """

    def __init__(self, blob: Path, size: int, limits: Limits) -> None:
        self.path = content_path(blob)
        self.size = size
        self.part_bytes = limits.part_bytes(size)
        self.parts = self._found() or self._begun()

    @property
    def completed(self) -> int:
        return sum(part.completed for part in self.parts)

    @property
    def front(self) -> int:
        """So many bytes from the start are there without a gap."""
        for part in self.parts:
            if part.missing:
                return part.position
        return self.size

    def open(self) -> BinaryIO:
        """The content, for writing at any place."""
        return self.path.open("r+b", buffering=0)

    def write(self, part: Part, data: bytes, file: BinaryIO, note_every: int) -> None:
        """Add what arrived for a part. Raises: DiskTrouble."""
        try:
            part.fill(data, file)
            if not part.missing or part.completed - part.noted >= note_every:
                self._note(part)
        except OSError as error:
            raise DiskTrouble(error) from error

    def note(self, part: Part) -> None:
        """Write down how far a part is. Raises: DiskTrouble."""
        try:
            if part.completed != part.noted:
                self._note(part)
        except OSError as error:
            raise DiskTrouble(error) from error

    def start_again(self, *, in_one_piece: bool = False) -> None:
        """Forget all that has arrived."""
        self.discard()
        self.parts = self._begun(self.size if in_one_piece else 0)

    def discard(self) -> None:
        """Remove all files."""
        self.path.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Remove the counts: the content has become the blob."""
        for path in _state_paths(self.path):
            path.unlink(missing_ok=True)

    def _found(self) -> list[Part]:
        """The parts an earlier download left; none when they are not those of such a blob, or not all."""
        parts = sorted((part for path in _state_paths(self.path) if (part := _read(path))), key=lambda part: part.number)
        end = 0
        for number, part in enumerate(parts):
            if part.number != number or part.offset != end:
                return []
            end += part.size
        if not parts or end != self.size or not self.path.is_file():
            return []
        with self.path.open("r+b") as file:
            if file.seek(0, 2) != self.size:
                return []
        return parts

    def _begun(self, part_bytes: int = 0) -> list[Part]:
        """New files, and the parts in which the blob will come."""
        self.discard()
        step = part_bytes or self.part_bytes
        parts = [Part(number, offset, min(step, self.size - offset)) for number, offset in enumerate(range(0, self.size, step))]
        with self.path.open("xb") as file:
            file.truncate(self.size)
        for part in parts:
            self._note(part)
        return parts

    def _note(self, part: Part) -> None:
        state = {"N": part.number, "Offset": part.offset, "Size": part.size, "Completed": part.completed}
        line = json.dumps(state, separators=(",", ":")).ljust(_LINE_BYTES - 1) + "\n"  # always as long: no rest of an older one behind it
        path = self.path.with_name(f"{self.path.name}-{part.number}")
        with path.open("r+b" if path.exists() else "wb", buffering=0) as file:
            file.write(line.encode())
            file.truncate()
        part.noted = part.completed


def content_path(blob: Path) -> Path:
    """Where what has arrived of a blob lies."""
    return blob.with_name(f"{blob.name}-partial")


def arrived_bytes(blob: Path) -> int:
    """How much of a blob has arrived, told by its files while somebody else downloads it."""
    return sum(part.completed for path in _state_paths(content_path(blob)) if (part := _read(path)))


def _state_paths(content: Path) -> list[Path]:
    pattern = re.compile(re.escape(content.name) + r"-[0-9]{1,9}", re.ASCII)
    found = [path for path in content.parent.glob(f"{content.name}-*") if pattern.fullmatch(path.name)]
    return found[:_MAX_PARTS]


def _read(path: Path) -> Part | None:
    """A part as it was written down; None when that is no such thing."""
    try:
        with path.open("rb") as file:
            state = json.loads(file.read(_MAX_STATE_BYTES))
        numbers = [state[key] for key in ("N", "Offset", "Size", "Completed")]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not all(type(number) is int and 0 <= number < 1 << 63 for number in numbers) or numbers[3] > numbers[2]:
        return None
    number, offset, size, completed = numbers
    return Part(number, offset, size, completed, completed)
