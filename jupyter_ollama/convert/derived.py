"""Rows that are made of other rows: some of them or in another order, transposed, several tensors as one, other numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..gguf.types import TensorType
from ..pread import FileRange
from .rows import Bytes, Rows, height


@dataclass(frozen=True, slots=True)
class Picked:
    """Some rows of another tensor, or all of them in another order. ``place`` says where the wanted ones are in the source."""

    source: Rows
    shape: tuple[int, ...]
    place: Callable[[NDArray[np.int64]], NDArray[np.int64]]

    @property
    def type(self) -> TensorType:
        return self.source.type

    def read(self, first: int, count: int) -> Bytes:
        places = self.place(np.arange(first, first + count))
        low = int(places.min())
        held: Bytes = self.source.read(low, int(places.max()) + 1 - low)[places - low]
        return held

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        places = self.place(np.arange(first, first + count))
        low = int(places.min())
        return self.source.ranges(low, int(places.max()) + 1 - low)


@dataclass(frozen=True, slots=True)
class Transposed:
    """The first ``size`` rows of each of ``heads`` blocks of ``whole`` rows, each block transposed.

    Shapes: (heads * whole, width) -> (heads, width, size)
    """

    source: Rows
    heads: int
    whole: int
    size: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.heads, self.source.shape[-1], self.size)

    @property
    def type(self) -> TensorType:
        return self.source.type

    def read(self, first: int, count: int) -> Bytes:
        columns = self.source.shape[-1]
        pieces = []
        while count:
            head, begin = divmod(first, columns)
            taken = min(count, columns - begin)
            rows = self.source.read(head * self.whole, self.size)
            numbers = rows.reshape(self.size, columns, -1)[:, begin : begin + taken]  # the last dimension: the bytes of a number
            pieces.append(np.ascontiguousarray(numbers.swapaxes(0, 1)).reshape(taken, -1))
            first, count = first + taken, count - taken
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        columns = self.source.shape[-1]
        for head in range(first // columns, (first + count - 1) // columns + 1):
            yield from self.source.ranges(head * self.whole, self.size)


@dataclass(frozen=True, slots=True)
class EverySecond:
    """Every second number of each row of a matrix, from the first (0) or second (1) on."""

    source: Rows
    first: int

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.source.shape[0], self.source.shape[1] // 2)

    @property
    def type(self) -> TensorType:
        return self.source.type

    def read(self, first: int, count: int) -> Bytes:
        numbers = self.source.read(first, count).reshape(count, self.source.shape[1], -1)
        return np.ascontiguousarray(numbers[:, self.first :: 2]).reshape(count, -1)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        return self.source.ranges(first, count)


@dataclass(frozen=True, slots=True)
class Stacked:
    """Tensors of one shape and type as one with a dimension more, the outermost."""

    parts: tuple[Rows, ...]

    @classmethod
    def of(cls, parts: tuple[Rows, ...]) -> Stacked:
        """Parts of several types become F32."""
        return cls(parts if len({part.type for part in parts}) == 1 else tuple(Widened(part) for part in parts))

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.parts), *self.parts[0].shape)

    @property
    def type(self) -> TensorType:
        return self.parts[0].type

    def read(self, first: int, count: int) -> Bytes:
        pieces = [part.read(begin, taken) for part, begin, taken in self._pieces(first, count)]
        if len(self.parts[0].shape) == 1:
            pieces = [piece.reshape(1, -1) for piece in pieces]
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        for part, begin, taken in self._pieces(first, count):
            yield from part.ranges(begin, taken)

    def _pieces(self, first: int, count: int) -> Iterator[tuple[Rows, int, int]]:
        """Which rows of which parts these rows are. A part of one dimension is one row here, and all of its own."""
        flat = len(self.parts[0].shape) == 1
        each = 1 if flat else height(self.parts[0])
        while count:
            part, begin = self.parts[first // each], first % each
            taken = min(count, each - begin)
            yield (part, 0, part.shape[0]) if flat else (part, begin, taken)
            first, count = first + taken, count - taken


@dataclass(frozen=True, slots=True)
class Widened:
    """Float32 rows of F16 or BF16 ones; every value stays exactly what it was."""

    source: Rows

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    @property
    def type(self) -> TensorType:
        return TensorType.F32

    def read(self, first: int, count: int) -> Bytes:
        held = self.source.read(first, count)
        if self.source.type is TensorType.F32:
            return held
        if self.source.type is TensorType.BF16:
            wide = (held.view(np.uint16).astype(np.uint32) << 16).view(np.uint8)
        else:
            wide = held.view(np.float16).astype(np.float32).view(np.uint8)
        return wide.reshape(count, -1)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        return self.source.ranges(first, count)


@dataclass(frozen=True, slots=True)
class Added(Widened):
    """Float32 rows with a number added to each value."""

    number: float

    def read(self, first: int, count: int) -> Bytes:
        wide = Widened.read(self, first, count).view(np.float32) + np.float32(self.number)
        return wide.view(np.uint8).reshape(count, -1)


@dataclass(frozen=True, slots=True)
class Multiplied(Widened):
    """Float32 rows with each value multiplied by a number."""

    number: float

    def read(self, first: int, count: int) -> Bytes:
        wide = Widened.read(self, first, count).view(np.float32) * np.float32(self.number)
        return wide.view(np.uint8).reshape(count, -1)
