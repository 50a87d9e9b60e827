"""What is to become a GGUF file: its metadata, and where the rows of each tensor come from.

A `Plan` is complete before the first byte is written: names, shapes and sizes are known, so the header, the progress total
and the room on the disk are, too. `plan_gguf` makes one of an existing GGUF; `convert.plan_folder` makes one of a Hugging
Face folder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import GGUFError
from ..pread import FileRange, RangeReader
from ..sentences import Sentence
from .index import GGUFIndex
from .metadata import Metadata
from .split import COUNT, N_TENSORS, NUMBER, read_shards
from .tensors import TensorInfo
from .types import TensorType, row_bytes, tensor_bytes
from .values import Typed
from .writer import ALIGNMENT, VERSION

# They describe the file rather than the model; whoever writes a file says them again.
OF_THE_FILE = ("general.file_type", "general.alignment", NUMBER, COUNT, N_TENSORS)

# Source: prepare_tensors in conversion/base.py of llama.cpp.
_PRECISE = re.compile(
    r"(_norm|ffn_gate_inp|ffn_gate_inp_shexp|position_embd|token_types|ssm_conv1d(_[qkv])?|shortconv\.conv|indexer\.proj"
    r"|time_mix_(first|w1|w2|decay_w1|decay_w2|lerp_fused)|altup_(correct|predict)_coef)\.weight$"
)


class TensorSource(Protocol):
    """One tensor of the file to be, and how to get its rows."""

    @property
    def name(self) -> str:
        """GGUF name."""

    @property
    def shape(self) -> tuple[int, ...]:
        """ggml order: ``shape[0]`` is the length of a row."""

    @property
    def type(self) -> TensorType:
        """Type of the rows that `read` gives."""

    @property
    def keep(self) -> bool:
        """True: stays as it is whatever the target (one-dimensional, norms)."""

    def read(self, first_row: int, n_rows: int) -> NDArray[np.uint8]:
        """The bytes of some rows. May be called from several threads.

        Shapes: (n_rows * bytes of a row,)
        Raises: SourceError when the source has changed or is broken.
        """

    def ranges(self, first_row: int, n_rows: int) -> Iterator[FileRange]:
        """The bytes of files that ``read`` needs for these rows, for whoever has to have them there first."""


@dataclass(frozen=True)
class Plan:
    """Everything about a GGUF file but its target type."""

    metadata: Mapping[str, Typed]
    """Keys in file order, without ``general.file_type``."""
    tensors: tuple[TensorSource, ...]
    """In file order."""
    source_type: str
    """What the source is: ``F16``, ``BF16``, ``Q8_0``."""
    source_bytes: int
    """How many bytes of weights will be read."""
    notes: tuple[str, ...] = ()
    """What the user should know, one sentence each."""

    def index(self, path: Path) -> GGUFIndex:
        """The header of the file to be, for who asks about names, shapes and keys. ``path``: what it is made from."""
        tensors = tuple(TensorInfo(one.name, one.shape, one.type, 0, tensor_bytes(one.type, one.shape)) for one in self.tensors)
        return GGUFIndex(path, VERSION, 0, Metadata(self.metadata), tensors, ALIGNMENT, 0)


@dataclass(frozen=True, slots=True)
class GGUFTensor:
    """A tensor that is already in a GGUF file."""

    info: TensorInfo
    reader: RangeReader

    @property
    def name(self) -> str:
        return self.info.name

    @property
    def shape(self) -> tuple[int, ...]:
        return self.info.shape

    @property
    def type(self) -> TensorType:
        return self.info.type

    @property
    def keep(self) -> bool:
        return stays_as_it_is(self.info.name, self.info.shape)

    def read(self, first_row: int, n_rows: int) -> NDArray[np.uint8]:
        size = row_bytes(self.info.type, self.info.shape[0])
        return np.frombuffer(self.reader.read(self.info.offset + first_row * size, n_rows * size), dtype=np.uint8)

    def ranges(self, first_row: int, n_rows: int) -> Iterator[FileRange]:
        size = row_bytes(self.info.type, self.info.shape[0])
        yield FileRange(self.reader.path, self.info.offset + first_row * size, n_rows * size)


def stays_as_it_is(name: str, shape: tuple[int, ...]) -> bool:
    """Whether a tensor is never stored in a smaller type: one-dimensional ones, norms, and the few that llama.cpp wants so."""
    return len(shape) == 1 or not name.endswith(".weight") or _PRECISE.search(name) is not None


def plan_gguf(*paths: str | Path) -> Plan:
    """Take every tensor of an existing GGUF as a source. The shards of a split one, of which one name is enough, become one model.

    Raises: GGUFError.
    """
    shards = read_shards(*paths)
    tensors = [GGUFTensor(info, reader) for shard in shards for reader in (RangeReader(shard.path, GGUFError),) for info in shard.tensors]
    return Plan(
        metadata={key: value for key, value in shards[0].metadata.typed.items() if key not in OF_THE_FILE},
        tensors=tuple(tensors),
        source_type=source_type(shards),
        source_bytes=sum(tensor.info.nbytes for tensor in tensors),
        notes=(Sentence("%1 files were put together.", len(shards)),) if len(shards) > 1 else (),
    )


def source_type(shards: Sequence[GGUFIndex]) -> str:
    """What a model is quantized to; when it does not say, the type that most of its numbers have."""
    named = shards[0].file_type
    if named != "unknown" or not any(shard.tensors for shard in shards):
        return named
    numbers: Counter[TensorType] = Counter()
    for shard in shards:
        for tensor in shard.tensors:
            numbers[tensor.type] += tensor.n_values
    return numbers.most_common(1)[0][0].name
