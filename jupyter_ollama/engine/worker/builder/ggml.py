"""Rows of weights through ggml's own functions.

They let go of Python's interpreter lock, so threads run them side by side. Rows are byte arrays, as they lie in a GGUF file.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....errors import EngineError
from ....gguf import TensorType, row_bytes
from ....gguf.types import FLOATS
from ....sentences import Sentence
from ..llama import native

Rows = NDArray[np.uint8]
Values = NDArray[np.float32]


class _Traits(ctypes.Structure):
    """What ggml knows of a type. Source: struct ggml_type_traits of ggml.h."""

    _fields_ = (
        ("name", ctypes.c_char_p), ("block", ctypes.c_int64), ("interleave", ctypes.c_int64), ("size", ctypes.c_size_t),
        ("is_quantized", ctypes.c_bool), ("to_floats", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)),
    )  # fmt: skip


class Ggml:
    """The row functions.

    Raises: EngineError if the library does not have them.
    """

    def __init__(self) -> None:
        pointer, count = ctypes.c_void_p, ctypes.c_int64
        self._from_bf16 = native("ggml_bf16_to_fp32_row", None, pointer, pointer, count)
        self._from_f16 = native("ggml_fp16_to_fp32_row", None, pointer, pointer, count)
        self._quantize = native("ggml_quantize_chunk", ctypes.c_size_t, ctypes.c_int, pointer, pointer, count, count, count, pointer)
        self._traits = native("ggml_get_type_traits", ctypes.POINTER(_Traits), ctypes.c_int)
        self._validate = native("ggml_validate_row_data", ctypes.c_bool, ctypes.c_int, pointer, ctypes.c_size_t)
        self._to_f16 = _to_f16_of_this_processor()

    def to_floats(self, kind: TensorType, rows: Rows, out: Values) -> Values:
        """The values of rows: ``rows`` seen as floats, or ``out`` filled with them.

        Shapes: rows of (n_values,) -> (n_values,) float32
        """
        if kind is TensorType.F32:
            return rows.view(np.float32)
        if kind in FLOATS:
            convert = self._from_bf16 if kind is TensorType.BF16 else self._from_f16
        else:
            convert = self._dequantizer(kind)
        convert(rows.ctypes.data, out.ctypes.data, out.size)
        return out

    def _dequantizer(self, kind: TensorType) -> Callable[..., Any]:
        """Raises: EngineError when ggml has none, or describes the type in another way than this version knows."""
        traits = self._traits(int(kind)).contents
        if traits.block <= 0 or traits.size != row_bytes(kind, traits.block) or not traits.is_quantized or not traits.to_floats:
            raise EngineError(Sentence("The installed llama.cpp does not turn %1 into floats.", kind.name))
        return traits.to_floats  # type: ignore[no-any-return]  # ctypes has no types for what a structure holds

    def from_floats(self, kind: TensorType, values: Values, row_length: int, importance: Values | None = None) -> Rows:
        """Values as rows of any type that needs no importance matrix, or with one.

        Shapes: (n_rows * row_length,) float32 -> (n_rows * row_bytes,) uint8; importance (row_length,)
        """
        n_rows = values.size // row_length
        rows = np.empty(n_rows * row_bytes(kind, row_length), np.uint8)
        if kind is TensorType.F16 and self._to_f16 is not None:
            self._to_f16(values.ctypes.data, rows.ctypes.data, values.size)
            return rows
        written = self._quantize(int(kind), values.ctypes.data, rows.ctypes.data, 0, n_rows, row_length, _address(importance))
        if written != rows.nbytes:
            raise EngineError(Sentence("ggml wrote %1 bytes of %2 rows where %3 were expected.", written, kind.name, rows.nbytes))
        return rows

    def are_valid(self, kind: TensorType, rows: Rows) -> bool:
        """Whether no value, scale or offset is NaN or infinite."""
        return bool(self._validate(int(kind), rows.ctypes.data, rows.nbytes))


def _to_f16_of_this_processor() -> Callable[..., Any] | None:
    """A conversion ten times as fast as ggml's portable one, with the same bytes but for NaN; None where ggml loads its processor's part
    later.
    """
    try:
        return native("ggml_cpu_fp32_to_fp16", None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    except EngineError:
        return None


def _address(values: Values | None) -> int | None:
    return None if values is None else int(values.ctypes.data)
