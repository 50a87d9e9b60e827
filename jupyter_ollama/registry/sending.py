"""The parts in which a blob goes to a registry: read from the disk as often as they are sent, and counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..cancelling import CancelToken
from .exchange import Body
from .partial import DiskTrouble

_BLOCK_BYTES = 1 << 18


@dataclass(slots=True)
class OutgoingPart:
    """A stretch of a blob. ``sent`` of it is on its way or there; ``md5`` is known once it was read from start to end.

    Units: bytes.
    """

    start: int
    end: int
    sent: int = 0
    md5: bytes = b""


@dataclass(slots=True)
class Outgoing:
    """A blob on the disk that is sent.

    Args:
        stop: ends sending between two blocks.
    """

    path: Path
    size: int
    part_bytes: int
    stop: CancelToken
    parts: list[OutgoingPart] = field(init=False)

    def __post_init__(self) -> None:
        self.forget()

    @property
    def sent(self) -> int:
        return sum(part.sent for part in self.parts)

    def forget(self) -> None:
        """Nothing has been sent."""
        self.parts = [OutgoingPart(start, min(start + self.part_bytes, self.size)) for start in range(0, self.size, self.part_bytes)]

    def body(self, part: OutgoingPart, position: int, *, may_be_answered_early: bool = False) -> Body:
        """What is left of a part from a position on."""
        return Body(part.end - position, lambda: self._blocks(part, position), may_be_answered_early)

    def whole(self) -> Body:
        """All parts in one."""
        return Body(self.size, lambda: (block for part in self.parts for block in self._blocks(part, part.start)))

    @property
    def etag(self) -> str:
        """MD5 of the MD5s of all parts, and their number: how some storages name what came in parts. Raises: DiskTrouble."""
        for part in self.parts:
            if not part.md5:
                sent = part.sent
                for _ in self._blocks(part, part.start):
                    pass
                part.sent = sent
        whole = hashlib.md5(b"".join(part.md5 for part in self.parts), usedforsecurity=False)
        return f"{whole.hexdigest()}-{len(self.parts)}"

    def _blocks(self, part: OutgoingPart, position: int) -> Iterator[bytes]:
        """Raises: DiskTrouble, Cancelled."""
        md5, whole = hashlib.md5(usedforsecurity=False), position == part.start
        part.sent = position - part.start
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(position)
                while position < part.end:
                    self.stop.check()
                    block = file.read(min(_BLOCK_BYTES, part.end - position))
                    if not block:
                        raise OSError(5, "the blob became shorter while it was sent")
                    md5.update(block)
                    yield block
                    position += len(block)
                    part.sent = position - part.start
        except OSError as error:
            raise DiskTrouble(error) from error
        if whole:
            part.md5 = md5.digest()
