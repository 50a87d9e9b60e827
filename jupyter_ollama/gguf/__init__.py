"""GGUF files: read the header (`read_index`), check it before native code does (`validate`), plan and write a new one.

Built on the constants of the `gguf` package; its reader is not used, because it makes a Python object of every token. Names are imported
when they are first used: numpy and `gguf` take 0.1 s, and a list of models opens no file of weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..on_demand import on_demand

if TYPE_CHECKING:
    from .index import GGUFIndex, read_index
    from .metadata import Entry, Metadata
    from .plan import OF_THE_FILE, GGUFTensor, Plan, TensorSource, plan_gguf, stays_as_it_is
    from .split import Shards, gather, read_shards, whole
    from .tensors import TensorInfo, Tensors
    from .types import TensorType, file_type_name, row_bytes, tensor_bytes
    from .validation import validate
    from .values import Array, Typed, ValueType
    from .writer import ALIGNMENT, header_bytes, padded

_HOMES = {
    "ALIGNMENT": ".writer",
    "Array": ".values",
    "Entry": ".metadata",
    "GGUFIndex": ".index",
    "GGUFTensor": ".plan",
    "Metadata": ".metadata",
    "OF_THE_FILE": ".plan",
    "Plan": ".plan",
    "Shards": ".split",
    "TensorInfo": ".tensors",
    "TensorSource": ".plan",
    "TensorType": ".types",
    "Tensors": ".tensors",
    "Typed": ".values",
    "ValueType": ".values",
    "file_type_name": ".types",
    "gather": ".split",
    "header_bytes": ".writer",
    "padded": ".writer",
    "plan_gguf": ".plan",
    "read_index": ".index",
    "read_shards": ".split",
    "row_bytes": ".types",
    "stays_as_it_is": ".plan",
    "tensor_bytes": ".types",
    "validate": ".validation",
    "whole": ".split",
}
__all__ = [
    "ALIGNMENT",
    "OF_THE_FILE",
    "Array",
    "Entry",
    "GGUFIndex",
    "GGUFTensor",
    "Metadata",
    "Plan",
    "Shards",
    "TensorInfo",
    "TensorSource",
    "TensorType",
    "Tensors",
    "Typed",
    "ValueType",
    "file_type_name",
    "gather",
    "header_bytes",
    "padded",
    "plan_gguf",
    "read_index",
    "read_shards",
    "row_bytes",
    "stays_as_it_is",
    "tensor_bytes",
    "validate",
    "whole",
]

__getattr__ = on_demand(__name__, _HOMES)
