"""Where the rows of a tensor come from: a file, a computed array, or other rows (derived.py).

Everything is read by rows and only when asked for, so that a tensor larger than the memory passes through in pieces. A row is what
lies along the last dimension; the "rows" of a one-dimensional tensor are its single numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..gguf.types import TensorType, row_bytes
from ..pread import FileRange
from ..safetensors import SafeTensor

Bytes = NDArray[np.uint8]


class Rows(Protocol):
    """Shapes: ``shape`` is outermost first (PyTorch's order)."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def type(self) -> TensorType: ...
    def read(self, first: int, count: int) -> Bytes:
        """Some rows.

        Shapes: (count, bytes of a row)
        """

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        """What ``read`` reads of files for these rows."""


def width(rows: Rows) -> int:
    """Numbers in a row."""
    return rows.shape[-1] if len(rows.shape) > 1 else 1


def height(rows: Rows) -> int:
    """How many rows there are."""
    return math.prod(rows.shape[:-1]) if len(rows.shape) > 1 else rows.shape[0]


@dataclass(frozen=True, slots=True)
class FileRows:
    """Rows as they lie in a safetensors file."""

    tensor: SafeTensor
    type: TensorType

    @property
    def shape(self) -> tuple[int, ...]:
        return self.tensor.shape or (1,)

    def read(self, first: int, count: int) -> Bytes:
        size = row_bytes(self.type, width(self))
        return np.frombuffer(self.tensor.read(first * size, count * size), dtype=np.uint8).reshape(count, size)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        size = row_bytes(self.type, width(self))
        yield self.tensor.range(first * size, count * size)


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """Rows of a float32 array."""

    values: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def type(self) -> TensorType:
        return TensorType.F32

    def read(self, first: int, count: int) -> Bytes:
        flat = np.ascontiguousarray(self.values).reshape(height(self), -1)
        return flat[first : first + count].view(np.uint8)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        yield from ()


@dataclass(frozen=True, slots=True)
class PlannedTensor:
    """A tensor of the GGUF to be: `Rows` under their GGUF name, in ggml's order of dimensions."""

    name: str
    rows: Rows
    keep: bool

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(reversed(self.rows.shape))

    @property
    def type(self) -> TensorType:
        return self.rows.type

    def read(self, first_row: int, n_rows: int) -> Bytes:
        if len(self.rows.shape) == 1:  # ggml counts it as one row
            return self.rows.read(0, self.rows.shape[0] * n_rows).reshape(-1)
        return self.rows.read(first_row, n_rows).reshape(-1)

    def ranges(self, first_row: int, n_rows: int) -> Iterator[FileRange]:
        if len(self.rows.shape) == 1:
            return self.rows.ranges(0, self.rows.shape[0] * n_rows)
        return self.rows.ranges(first_row, n_rows)
