"""The numbers of a tensor, as float32, whatever they are stored as. The rules for unpacking are those of the ``gguf`` package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType
from gguf.quants import dequantize
from numpy.typing import NDArray

from ..errors import GGUFError, NotSupported
from ..pread import RangeReader
from ..sentences import Sentence
from .tensors import TensorInfo
from .types import row_bytes

Numbers = NDArray[np.float32]
_PLAIN = {"F64": np.float64, "I8": np.int8, "I16": np.int16, "I32": np.int32, "I64": np.int64}


def numbers(path: Path, tensor: TensorInfo, start: int = 0, stop: int | None = None) -> Numbers:
    """Rows ``start`` to ``stop`` of a tensor.

    Shapes: (rows, row length); a tensor of more than two dimensions has its rows one after the other.
    Raises: GGUFError for a file that ends too early; NotSupported for a type that cannot be unpacked.
    """
    width = tensor.shape[0] if tensor.shape else 1
    count = tensor.n_values // width if width else 0
    first, last, _ = slice(start, stop).indices(count)
    size = row_bytes(tensor.type, width)
    with RangeReader(path, GGUFError) as reader:
        raw = reader.read(tensor.offset + first * size, max(0, last - first) * size)
    rows = np.frombuffer(raw, np.uint8).reshape(max(0, last - first), size)
    if tensor.type.name in _PLAIN:
        return rows.view(_PLAIN[tensor.type.name]).astype(np.float32)
    try:
        unpacked = dequantize(rows, GGMLQuantizationType[tensor.type.name])
    except (NotImplementedError, KeyError) as error:
        raise NotSupported(
            Sentence("tensors of type %1 cannot be unpacked here.", tensor.type.name), hint="Look at a model of another type.",
            capabilities=(),
        ) from error  # fmt: skip
    return np.asarray(unpacked, np.float32).reshape(len(rows), width)
