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
from ..llama import lib

Rows = NDArray[np.uint8]
Values = NDArray[np.float32]


class Ggml:
    """The row functions.

    Raises: EngineError if the library does not have them.
    """

    def __init__(self) -> None:
        pointer, count = ctypes.c_void_p, ctypes.c_int64
        self._from_bf16 = _function("ggml_bf16_to_fp32_row", None, pointer, pointer, count)
        self._from_f16 = _function("ggml_fp16_to_fp32_row", None, pointer, pointer, count)
        self._quantize = _function("ggml_quantize_chunk", ctypes.c_size_t, ctypes.c_int, pointer, pointer, count, count, count, pointer)
        self._validate = _function("ggml_validate_row_data", ctypes.c_bool, ctypes.c_int, pointer, ctypes.c_size_t)

    def to_floats(self, kind: TensorType, rows: Rows, out: Values) -> Values:
        """The values of F32, F16 or BF16 rows: ``rows`` seen as floats, or ``out`` filled with them.

        Shapes: (n_values * size,) uint8 -> (n_values,) float32
        """
        if kind is TensorType.F32:
            return rows.view(np.float32)
        convert = self._from_bf16 if kind is TensorType.BF16 else self._from_f16
        n_values = rows.nbytes // 2
        convert(rows.ctypes.data, out.ctypes.data, n_values)
        return out[:n_values]

    def from_floats(self, kind: TensorType, values: Values, row_length: int) -> Rows:
        """Values as rows of any type that needs no importance matrix.

        Shapes: (n_rows * row_length,) float32 -> (n_rows * row_bytes,) uint8
        """
        n_rows = values.size // row_length
        rows = np.empty(n_rows * row_bytes(kind, row_length), np.uint8)
        written = self._quantize(int(kind), values.ctypes.data, rows.ctypes.data, 0, n_rows, row_length, None)
        if written != rows.nbytes:
            raise EngineError(f"ggml wrote {written} bytes of {kind.name} rows where {rows.nbytes} were expected.")
        return rows

    def are_valid(self, kind: TensorType, rows: Rows) -> bool:
        """Whether no value, scale or offset is NaN or infinite."""
        return bool(self._validate(int(kind), rows.ctypes.data, rows.nbytes))


def _function(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
    try:
        function = getattr(lib._lib, name)  # libllama brings ggml's names along
    except AttributeError:
        raise EngineError(f"The installed llama.cpp has no function {name}.") from None
    function.argtypes, function.restype = arguments, result
    return function  # type: ignore[no-any-return]  # ctypes has no types for what a library holds
