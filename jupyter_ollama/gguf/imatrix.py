"""Importance matrices: for each matrix of a model, how large the values are that its columns meet.

    GGUF      general.type "imatrix", imatrix.datasets, imatrix.chunk_count, imatrix.chunk_size
              NAME.in_sum2  F32 (columns, matrices)   sums of squares
              NAME.counts   F32 (1, matrices)         over how many rows
    older     int32 entries; each: int32 length, name, int32 calls, int32 values, F32 values (means times calls)
              then, if the file goes on: int32 chunks, int32 length, name of the text

A matrix of experts has one row of sums for each of them. Source: tools/imatrix and common/imatrix-loader.cpp of llama.cpp.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SourceError
from ..pread import RangeReader
from ..sentences import Sentence
from .index import GGUFIndex, read_index
from .tensors import TensorInfo
from .types import TensorType
from .values import Array, Typed, text, texts, u32
from .writer import header_bytes, padded

SUMS, COUNTS = ".in_sum2", ".counts"
DATASETS, N_CHUNKS, CHUNK_SIZE = "imatrix.datasets", "imatrix.chunk_count", "imatrix.chunk_size"
MAX_NAME_BYTES = 256
MAX_TEXT_BYTES = 127  # what llama.cpp keeps of a text in the metadata
Means = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Imatrix:
    """An importance matrix.

    Shapes: means: (matrices * columns,) for each name.
    """

    path: Path
    means: Mapping[str, Means]
    datasets: tuple[str, ...] = ()
    n_chunks: int = 0

    def metadata(self) -> dict[str, Typed]:
        """What a model that was quantized with it says about it."""
        said: dict[str, Typed] = {"quantize.imatrix.file": text(shortened(self.path.name))}
        if self.datasets:
            said["quantize.imatrix.dataset"] = text(shortened(self.datasets[0]))
        said["quantize.imatrix.entries_count"] = u32(len(self.means))
        if self.n_chunks > 0:
            said["quantize.imatrix.chunks_count"] = u32(self.n_chunks)
        return said


def shortened(value: str) -> bytes:
    """As much of a text as llama.cpp keeps, in whole characters."""
    return value.replace("\0", "").encode("utf-8", "replace")[:MAX_TEXT_BYTES].decode("utf-8", "ignore").encode()


def read_imatrix(path: Path) -> Imatrix:
    """Read a file in either format.

    Raises: SourceError when it is none, is damaged, or holds values that cannot be.
    """
    with RangeReader(path) as reader:
        found = _gguf(read_index(path), reader) if reader.size_bytes >= 4 and reader.read(0, 4) == b"GGUF" else _older(reader)
    for name, means in found.means.items():
        if not np.isfinite(means).all() or (means < 0).any():
            raise _unusable(path, Sentence("%1 holds values that are no means of squares", repr(name)))
    return found


def _gguf(index: GGUFIndex, reader: RangeReader) -> Imatrix:
    if not {DATASETS, N_CHUNKS, CHUNK_SIZE} <= set(index.metadata):
        raise _unusable(index.path, "it is a GGUF file of another kind", "Give a file made by %ollama imatrix or llama-imatrix.")
    sums = {tensor.name.removesuffix(SUMS): tensor for tensor in index.tensors if tensor.name.endswith(SUMS)}
    counts = {tensor.name.removesuffix(COUNTS): tensor for tensor in index.tensors if tensor.name.endswith(COUNTS)}
    if not sums or sums.keys() != counts.keys():
        odd = next(iter(sorted(sums.keys() ^ counts.keys())), None)
        raise _unusable(index.path, Sentence("%1 has sums or counts, but not both", repr(odd)) if odd else "it holds no sums")
    means = {name: _mean(index.path, reader, sums[name], counts[name]) for name in sorted(sums)}
    datasets = index.metadata[DATASETS]
    named = tuple(map(str, datasets[:1])) if isinstance(datasets, Array) else ()
    return Imatrix(index.path, means, named, min(index.integer(N_CHUNKS) or 0, (1 << 31) - 1))


def _mean(path: Path, reader: RangeReader, sums: TensorInfo, counts: TensorInfo) -> Means:
    """Expert by expert; one that no row of the text came to has ones."""
    if {sums.type, counts.type} != {TensorType.F32} or sums.n_values % counts.n_values:
        raise _unusable(path, Sentence("%1 and %2 do not fit each other", repr(sums.name), repr(counts.name)))
    by_matrix = _floats(reader, sums.offset, sums.n_values).reshape(counts.n_values, -1)
    over = np.rint(_floats(reader, counts.offset, counts.n_values))[:, None]
    with np.errstate(invalid="ignore"):
        return np.where(over > 0, by_matrix / np.where(over > 0, over, np.float32(1)), np.float32(1)).ravel()


def _floats(reader: RangeReader, offset: int, count: int) -> Means:
    return np.frombuffer(reader.read(offset, 4 * count), "<f4").astype(np.float32, copy=False)


def _older(reader: RangeReader) -> Imatrix:
    cursor = _Cursor(reader)
    n_entries = cursor.number("the number of entries", 1, reader.size_bytes // 16)
    means: dict[str, Means] = {}
    for _ in range(n_entries):
        name = cursor.take(cursor.number("the length of a name", 1, MAX_NAME_BYTES)).decode("utf-8", "replace")
        calls = cursor.number(f"the calls of {name!r}", 0, (1 << 31) - 1)
        count = cursor.number(f"the size of {name!r}", 1, (reader.size_bytes - cursor.position) // 4)
        values = np.frombuffer(cursor.take(4 * count), "<f4").astype(np.float32, copy=False)
        means[name] = values / np.float32(calls) if calls else values
    n_chunks, datasets = 0, tuple[str, ...]()
    if cursor.position < reader.size_bytes:
        n_chunks = cursor.number("the number of chunks", 0, (1 << 31) - 1)
        if cursor.position < reader.size_bytes:
            length = cursor.number("the length of the text's name", 0, reader.size_bytes - cursor.position)
            datasets = (cursor.take(length).decode("utf-8", "replace"),) if length else ()
    return Imatrix(reader.path, means, datasets, n_chunks)


class _Cursor:
    """A place in a file of the older format, all of whose numbers are checked."""

    def __init__(self, reader: RangeReader) -> None:
        self._reader = reader
        self.position = 0

    def number(self, what: str, least: int, most: int) -> int:
        """Raises: SourceError when it is not within its limits."""
        (value,) = struct.unpack("<i", self.take(4))
        if not least <= value <= most:
            raise _unusable(self._reader.path, Sentence("%1 is %2", what, value))
        return int(value)

    def take(self, count: int) -> bytes:
        if self.position + count > self._reader.size_bytes:
            raise _unusable(self._reader.path, "it ends too early")
        self.position += count
        return self._reader.read(self.position - count, count)


def imatrix_bytes(sums: Mapping[str, tuple[Any, Any]], dataset: str, n_chunks: int, chunk_size: int) -> bytes:
    """A file in the GGUF format. ``sums``: for each name the sums of squares (matrices, columns) and over how many rows (matrices,)."""
    names = sorted(sums)
    infos = [(f"{name}{end}", tuple(reversed(value.shape)), TensorType.F32) for name in names for end, value in _pair(sums[name])]
    parts = [header_bytes({
        "general.type": text("imatrix"), DATASETS: texts([dataset]), N_CHUNKS: u32(n_chunks), CHUNK_SIZE: u32(chunk_size),
    }, infos)[0]]  # fmt: skip
    for name in names:
        for _, value in _pair(sums[name]):
            raw = value.astype("<f4").tobytes()
            parts.append(raw.ljust(padded(len(raw)), b"\0"))
    return b"".join(parts)


def _pair(held: tuple[Any, Any]) -> tuple[tuple[str, NDArray[Any]], tuple[str, NDArray[Any]]]:
    return (SUMS, held[0]), (COUNTS, held[1][:, None])


def _unusable(path: Path, what: str, hint: str = "The file is damaged: get or make it again.") -> SourceError:
    return SourceError(Sentence("%1 is no usable importance matrix: %2.", path, Sentence.of(what)), hint=hint, path=path)
