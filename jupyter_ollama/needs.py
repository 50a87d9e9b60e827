"""What it takes to run a model in other types and with other contexts, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from .cards import ShownAs, Table
from .shown import Fields
from .suggestions import Fits

CONTEXTS = (4096, 8192, 32768, 131072)
TYPES = ("f16", "q8_0", "q4_K_M", "q2_K")
"""What is reckoned when nobody says."""


@dataclass(frozen=True, slots=True)
class MemoryNeed(Fields):
    """A model in one type with one context length (``n_ctx`` tokens).

    ``cache_bytes`` is the KV cache, ``compute_bytes`` the working space. ``fits`` compares the sum with ``room_bytes``, what this machine
    has for a model when nothing of ours is loaded (None where it does not say). ``estimated``: the weights' size is reckoned, not read.
    """

    type: str
    n_ctx: int
    weights_bytes: int
    cache_bytes: int
    compute_bytes: int
    room_bytes: int | None
    fits: Fits
    estimated: bool = False

    @property
    def total_bytes(self) -> int:
        return self.weights_bytes + self.cache_bytes + self.compute_bytes


class MemoryNeeds(ShownAs, Sequence[MemoryNeed]):
    """Needs, by type and context."""

    def __init__(self, name: str, rows: Iterable[MemoryNeed]) -> None:
        self.name = name
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> MemoryNeed: ...
    @overload
    def __getitem__(self, index: slice) -> MemoryNeeds: ...
    def __getitem__(self, index: int | slice) -> MemoryNeed | MemoryNeeds:
        return MemoryNeeds(self.name, self._rows[index]) if isinstance(index, slice) else self._rows[index]

    def __repr__(self) -> str:
        return f"<{len(self)} needs of {self.name}>"

    def _card(self) -> Table:
        rows = tuple(
            (one.type + (" (about)" if one.estimated else ""), f"{one.n_ctx:,}", *map(_mb, (one.weights_bytes, one.cache_bytes)),
             _mb(one.compute_bytes), _mb(one.total_bytes), one.fits)
            for one in self._rows
        )  # fmt: skip
        room = self._rows[0].room_bytes if self._rows else None
        title = f"{self.name}: memory in MB" + (f", of {_mb(room)} that a model can have here" if room is not None else "")
        header = ("TYPE", "CONTEXT", "WEIGHTS", "KV CACHE", "WORKING SPACE", "TOTAL", "FITS")
        return Table(title, header, rows, len(rows), numbers=frozenset(header[1:6]))


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f}"
