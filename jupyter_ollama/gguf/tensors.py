"""The tensors of a header: what each is and where it lies, without its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from ..cards import ShownAs, Table
from ..shown import Fields
from .types import TensorType

SHOWN_ROWS = 100


@dataclass(frozen=True, slots=True)
class TensorInfo(Fields):
    """One tensor: ``shape`` in ggml order (row length first), ``offset`` from the start of the file."""

    name: str
    shape: tuple[int, ...]
    type: TensorType
    offset: int
    nbytes: int

    @property
    def n_values(self) -> int:
        """How many numbers it holds."""
        return math.prod(self.shape)


class Tensors(ShownAs, Sequence[TensorInfo]):
    """Tensors in the order of the file.

        ollama.tensors("llama3.2").find("attn_q")[0].shape
    """

    def __init__(self, held: Iterable[TensorInfo]) -> None:
        self._held = tuple(held)

    def __len__(self) -> int:
        return len(self._held)

    @overload
    def __getitem__(self, index: int) -> TensorInfo: ...
    @overload
    def __getitem__(self, index: slice) -> Tensors: ...
    def __getitem__(self, index: int | slice) -> TensorInfo | Tensors:
        return Tensors(self._held[index]) if isinstance(index, slice) else self._held[index]

    def __repr__(self) -> str:
        return f"<{len(self):,} tensors>"

    def find(self, search: str) -> Tensors:
        """Those whose name contains this text, in any case, or whose type it is."""
        wanted = search.lower()
        return Tensors(one for one in self._held if wanted in one.name.lower() or wanted == one.type.name.lower()) if wanted else self

    def _card(self) -> Table:
        rows = tuple(
            (one.name, one.type.name, " x ".join(map(str, one.shape)), f"{one.nbytes:,}", f"{one.offset:,}") for one in self[:SHOWN_ROWS]
        )
        numbers = frozenset({"SHAPE", "BYTES", "OFFSET"})
        hint = 'tensors.find("attn_q") searches, tensors[100:200] goes on'
        return Table(f"{len(self):,} tensors", ("NAME", "TYPE", "SHAPE", "BYTES", "OFFSET"), rows, len(self), hint, numbers)
