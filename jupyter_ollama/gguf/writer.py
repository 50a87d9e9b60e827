"""The header of a GGUF file, final before the first byte of data is written.

    magic "GGUF", version 3, tensor count, key count
    key, type, value                              for each key
    name, n_dims, dims, type, offset              for each tensor (offset from the start of the data)
    zeros up to the alignment
    data of each tensor, zeros up to the alignment

Source: docs/gguf.md of ggml, version 3, little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from .types import TensorType, tensor_bytes
from .values import LENGTH, Typed, u32

ALIGNMENT = 32
VERSION = 3


def padded(n_bytes: int, alignment: int = ALIGNMENT) -> int:
    """``n_bytes`` rounded up to the alignment."""
    return (n_bytes + alignment - 1) // alignment * alignment


def header_bytes(
    metadata: Mapping[str, Typed],
    tensors: Sequence[tuple[str, Sequence[int], TensorType]],
    *,
    alignment: int = ALIGNMENT,
) -> tuple[bytes, tuple[int, ...]]:
    """The header, and the position in the file where each tensor's data begins.

    Args:
        metadata: keys in the order they are to be written.
        tensors: name, shape (ggml order) and type, in file order.
        alignment: written as ``general.alignment`` unless it is the default.

    The file is complete when every tensor's bytes stand at their position and the last one is padded, too: it ends at
    ``padded(offsets[-1] + bytes of the last tensor)``.

    Raises: ValueError when a row is not a whole number of blocks; struct.error when a value does not fit its type.
    """
    held = dict(metadata)
    if alignment == ALIGNMENT:
        held.pop("general.alignment", None)
    else:
        held["general.alignment"] = u32(alignment)
    parts = [b"GGUF", struct.pack("<IQQ", VERSION, len(tensors), len(held))]
    parts += [_text(key) + struct.pack("<I", value.type) + value.encode() for key, value in held.items()]
    offsets, end = [], 0
    for name, shape, kind in tensors:
        parts.append(_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, end))
        offsets.append(end)
        end += padded(tensor_bytes(kind, shape), alignment)
    header = b"".join(parts)
    header = header.ljust(padded(len(header), alignment), b"\0")
    return header, tuple(len(header) + offset for offset in offsets)


def _text(value: str) -> bytes:
    raw = value.encode("utf-8")
    return LENGTH.pack(len(raw)) + raw
