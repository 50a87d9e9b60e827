"""The element types of tensors and the names of whole-file types, as facts: sizes, and how people call them.

The numbers come from the `gguf` package; what it does not know, this version of the project does not know either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType

TensorType = GGMLQuantizationType

FLOATS = frozenset({TensorType.F32, TensorType.F16, TensorType.BF16})
INTEGERS = frozenset({TensorType.I8, TensorType.I16, TensorType.I32, TensorType.I64})

_GUESSED = int(LlamaFileType.GUESSED)
_FILE_TYPES = {int(kind): kind.name.removeprefix("MOSTLY_").removeprefix("ALL_") for kind in LlamaFileType if int(kind) != _GUESSED}


def row_bytes(kind: TensorType, n_values: int) -> int:
    """Bytes of one row.

    Raises: ValueError when the row is not a whole number of blocks.
    """
    block, size = GGML_QUANT_SIZES[kind]
    if n_values % block:
        raise ValueError(f"a row of {n_values} values is not a whole number of {kind.name} blocks of {block}")
    return n_values // block * size


def tensor_bytes(kind: TensorType, shape: Sequence[int]) -> int:
    """Bytes of a tensor of that shape (ggml order: the row length first).

    Raises: ValueError as `row_bytes`.
    """
    return row_bytes(kind, shape[0]) * math.prod(shape[1:])


def file_type_name(number: int | None) -> str:
    """How a file's ``general.file_type`` is called: ``F16``, ``Q4_K_M``; ``unknown`` when absent or new.

    A file type that was guessed from the tensors carries a flag; the name is the same.
    """
    if number is None:
        return "unknown"
    return _FILE_TYPES.get(number & ~_GUESSED if number >= 0 else number, "unknown")
