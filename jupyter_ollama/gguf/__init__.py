"""GGUF files: read the header (`read_index`), check it before native code does (`validate`), plan and write a new one.

Built on the constants of the `gguf` package; its reader is not used, because it makes a Python object of every token.
"""

from __future__ import annotations

from .index import GGUFIndex, read_index
from .metadata import Entry, Metadata
from .plan import OF_THE_FILE, GGUFTensor, Plan, TensorSource, plan_gguf, stays_as_it_is
from .split import Shards, gather, read_shards, whole
from .tensors import TensorInfo, Tensors
from .types import TensorType, file_type_name, row_bytes, tensor_bytes
from .validate import validate
from .values import Array, Typed, ValueType
from .writer import ALIGNMENT, header_bytes, padded

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
