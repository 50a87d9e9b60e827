"""What has to come from some files for the steps of a piece of work: each byte once, in the order in which it is needed, in pieces of a
size that is worth a request; and until which step each piece is needed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Piece:
    """A stretch of a file. ``uses`` counts the steps that still need it.

    Units: bytes.
    """

    file: int
    start: int
    end: int
    first_step: int
    uses: int = 0
    there: bool = False

    @property
    def size(self) -> int:
        return self.end - self.start


class Pieces:
    """Pieces in the order in which they are to come, and those of each step.

    Args:
        most: how long a piece may be.
    """

    def __init__(self, most: int) -> None:
        self.order: list[Piece] = []
        self.steps: list[tuple[Piece, ...]] = []
        self._most = most
        self._of_file: dict[int, list[Piece]] = {}

    @property
    def size(self) -> int:
        """Of all pieces together."""
        return sum(piece.size for piece in self.order)

    def add(self, ranges: Iterable[tuple[int, int, int]]) -> None:
        """One more step, which needs these ranges: file, start, count."""
        needed: dict[int, Piece] = {}
        for file, start, count in ranges:
            needed |= {id(piece): piece for piece in self._covering(file, start, start + count)}
        for piece in needed.values():
            piece.uses += 1
        self.steps.append(tuple(needed.values()))

    def _covering(self, file: int, start: int, end: int) -> Iterator[Piece]:
        """The pieces in which these bytes come, those included that have to be made for them."""
        held = self._of_file.setdefault(file, [])
        place = max(0, bisect_right(held, start, key=lambda piece: piece.start) - 1)
        while start < end:
            if place < len(held) and held[place].end <= start:
                place += 1
                continue
            if place == len(held) or held[place].start > start:
                until = min(end, held[place].start) if place < len(held) else end
                place = self._made(held, place, file, start, until)
            yield held[place]
            start = held[place].end

    def _made(self, held: list[Piece], place: int, file: int, start: int, end: int) -> int:
        """Bytes that nobody needed before: the last piece goes on with them if it can. Gives the place of the piece that has the first."""
        last = self.order[-1] if self.order else None
        if last is not None and last.file == file and last.end == start and last.size < self._most:
            last.end = min(end, last.start + self._most)
            return place - 1
        piece = Piece(file, start, min(end, start + self._most), len(self.steps))
        self.order.append(piece)
        held.insert(place, piece)
        return place
