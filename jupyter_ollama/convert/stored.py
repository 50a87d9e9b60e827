"""How the tensors of a safetensors folder are stored: as floats, as MXFP4, or as FP8 with a scale for the whole, each row or block.

A weight ``name`` in FP8 has its scales in ``name_scale_inv`` (DeepSeek, Qwen) or ``name_scale`` (compressed-tensors).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..errors import SafetensorsError
from ..gguf.types import TensorType
from ..pread import FileRange
from ..safetensors import SafeTensor
from ..sentences import Sentence
from .derived import Widened
from .mxfp4 import packed_rows
from .rows import Bytes, FileRows, Rows

FLOATS = {"F32": TensorType.F32, "F16": TensorType.F16, "BF16": TensorType.BF16}
FP8 = {"F8_E4M3": (4, 3), "F8_E5M2": (5, 2)}
SCALES = ("_scale_inv", "_scale")
OF_ACTIVATIONS = (".input_scale", ".activation_scale", "_activation_scale", ".k_scale", ".v_scale")
"""Scales for arithmetic in FP8, which llama.cpp does not do."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """F32 rows of FP8 ones: every number times the scale of its block.

    Args:
        scales: F32 rows of shape (blocks down, blocks across).
        block: rows and columns of a block.
    """

    source: FileRows
    scales: Rows
    block: tuple[int, int]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    @property
    def type(self) -> TensorType:
        return TensorType.F32

    def read(self, first: int, count: int) -> Bytes:
        values = _table(self.source.tensor.dtype)[self.source.read(first, count)]
        down, across = self.block
        low, high = first // down, (first + count - 1) // down + 1
        scales = self.scales.read(low, high - low).view(np.float32)
        scales = np.repeat(scales, across, axis=1)[:, : values.shape[1]]
        values *= scales[np.arange(first, first + count) // down - low]
        return values.view(np.uint8)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        down = self.block[0]
        low, high = first // down, (first + count - 1) // down + 1
        yield from self.source.ranges(first, count)
        yield from self.scales.ranges(low, high - low)


@cache
def _table(dtype: str) -> NDArray[np.float32]:
    """The value of each byte. E4M3 has no infinities, and one NaN of either sign."""
    exponent_bits, mantissa_bits = FP8[dtype]
    codes = np.arange(256)
    exponent, mantissa = codes >> mantissa_bits & (1 << exponent_bits) - 1, codes & (1 << mantissa_bits) - 1
    bias = (1 << exponent_bits - 1) - 1
    share = mantissa / (1 << mantissa_bits)
    values = np.where(exponent == 0, share * 2.0 ** (1 - bias), (1 + share) * 2.0 ** (exponent - bias))
    if dtype == "F8_E4M3":
        values[codes & 127 == 127] = np.nan
    else:
        top = exponent == (1 << exponent_bits) - 1
        values[top] = np.where(mantissa[top] == 0, np.inf, np.nan)
    return np.where(codes < 128, values, -values).astype(np.float32)


def rows_of(source: Mapping[str, SafeTensor], block: object = None) -> dict[str, Rows]:
    """Each tensor that is a weight, as float rows; scales go with their weights.

    Args:
        block: ``weight_block_size`` of the config.
    Raises: SafetensorsError for a type that cannot be converted, or scales that do not fit their weight.
    """
    scales = _scales(source)
    packed, parts = packed_rows(source)
    found: dict[str, Rows] = {**packed}
    used = {*scales.values(), *parts}
    for name, tensor in source.items():
        if name in used or name.endswith(OF_ACTIVATIONS):
            continue
        if tensor.dtype in FP8:
            found[name] = _scaled(tensor, source.get(scales.get(name, "")), block)
        elif tensor.dtype in FLOATS:
            found[name] = FileRows(tensor, FLOATS[tensor.dtype])
        else:
            raise _bad(tensor, Sentence("as %1, which cannot be converted", tensor.dtype))
    return found


def _scales(source: Mapping[str, SafeTensor]) -> dict[str, str]:
    """FP8 weights and the names of their scales."""
    weights = (name for name, tensor in source.items() if tensor.dtype in FP8)
    return {name: scale for name in weights for scale in (f"{name}{suffix}" for suffix in SCALES) if scale in source}


def _scaled(tensor: SafeTensor, scale: SafeTensor | None, block: object) -> Rows:
    rows = FileRows(tensor, TensorType.I8)
    if scale is None:
        raise _bad(tensor, Sentence("as %1 without its scales", tensor.dtype))
    if len(tensor.shape) != 2 or scale.dtype not in FLOATS:
        raise _bad(tensor, Sentence("in FP8 in the shape %1, with scales in %2", list(tensor.shape), scale.dtype))
    height, width = tensor.shape
    if isinstance(block, list) and len(block) == 2 and all(type(size) is int and size > 0 for size in block):
        down, across = block
    elif math.prod(scale.shape) == 1:
        down, across = height, width
    else:
        down, across = 1, width
    expected = (-(-height // down), -(-width // across))
    if scale.shape != expected and (math.prod(scale.shape) != math.prod(expected) or expected[1] != 1):
        raise _bad(tensor, Sentence("with scales in the shape %1, which should be %2", list(scale.shape), list(expected)))
    return Scaled(rows, Widened(FileRows(_shaped(scale, expected), FLOATS[scale.dtype])), (down, across))


def _shaped(tensor: SafeTensor, shape: tuple[int, ...]) -> SafeTensor:
    """The same numbers in another shape."""
    return SafeTensor(tensor.name, tensor.dtype, shape, tensor.offset, tensor.nbytes, tensor.reader)


def _bad(tensor: SafeTensor, what: str) -> SafetensorsError:
    return SafetensorsError(
        Sentence("%1 holds the tensor %2 %3.", tensor.path, repr(tensor.name), Sentence.of(what)),
        hint="Use a version of the model in BF16, F16 or F32, or a GGUF of it.", path=tensor.path, tensor=tensor.name,
    )  # fmt: skip


