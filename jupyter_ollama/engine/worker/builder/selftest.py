"""Does the installed llama.cpp work the way the direct route takes it to? Tried on a model of a few kilobytes, in milliseconds.

The direct route relies on ggml's row functions and on the wording of a dry run's log. Its file must be, byte for byte, the one that
llama.cpp's own routine makes of the same model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....errors import QuantizationError
from ....gguf import Plan, TensorType
from ....gguf.values import f32, text, u32
from ....pread import FileRange
from ....quantization import Quantization, Quantize, parse_quantization
from .library_quantize import LibraryQuantizer, NoDirectRoute
from .rows import Converter, blocks, converted
from .scratch import scratch_file
from .targets import Targets, lossless, mixture

_NAME = Path("the model of the self-test")
_ROWS = 4
# Name and row length. 256 fills the blocks of K types, 96 only small blocks, 40 none: three ways to choose a type.
_TENSORS = {"token_embd.weight": 256, "blk.0.attn_v.weight": 256, "blk.0.attn_output.weight": 96, "blk.0.ffn_down.weight": 40}


@dataclass(frozen=True, slots=True)
class _Weights:
    """Rows in memory."""

    name: str
    shape: tuple[int, ...]
    data: NDArray[np.uint8]
    type: TensorType = TensorType.F16
    keep: bool = False

    def read(self, first_row: int, n_rows: int) -> NDArray[np.uint8]:
        size = self.shape[0] * 2
        return self.data[first_row * size : (first_row + n_rows) * size]

    def ranges(self, first_row: int, n_rows: int) -> Iterator[FileRange]:
        yield from ()


def selftest() -> None:
    """Make a tiny Q4_K_M both ways.

    Raises: NoDirectRoute when the results differ; EngineError when the direct route is not there at all.
    """
    plan, target = _plan(), parse_quantization("q4_K_M")
    try:
        same = _file(mixture(plan, Quantize(target), _NAME)) == _by_the_library(plan, target)
    except QuantizationError as error:
        raise NoDirectRoute(error.message) from error
    if not same:
        raise NoDirectRoute("llama.cpp quantizes the self-test's model in another way than this version of the package.")


def _by_the_library(plan: Plan, target: Quantization) -> bytes:
    with scratch_file() as (source, source_path), scratch_file() as (result, result_path):
        source.write(_file(lossless(plan)))
        source.flush()
        LibraryQuantizer(source_path, _NAME, target).write(result_path, lambda name: None)
        return result.read()


def _file(targets: Targets) -> bytes:
    parts = converted(Converter(_NAME), blocks(targets.tensors))
    return targets.header + b"".join(rows.tobytes() + block.padding for block, rows in parts)


def _plan() -> Plan:
    random = np.random.default_rng(1)
    tensors = tuple(
        _Weights(name, (length, _ROWS), random.standard_normal((_ROWS, length)).astype(np.float16).view(np.uint8).ravel())
        for name, length in _TENSORS.items()
    )
    metadata = {
        "general.architecture": text("llama"),
        "llama.block_count": u32(1),
        "llama.context_length": u32(64),
        "llama.embedding_length": u32(256),
        "llama.feed_forward_length": u32(256),
        "llama.attention.head_count": u32(4),
        "llama.attention.layer_norm_rms_epsilon": f32(1e-5),
    }
    return Plan(metadata, tensors, "F16", sum(tensor.data.nbytes for tensor in tensors))
