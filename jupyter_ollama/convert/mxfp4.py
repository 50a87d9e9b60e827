"""Weights in MXFP4, as gpt-oss is published: 32 numbers of four bits share a scale, which is a power of two. llama.cpp has the same.

    safetensors   name_blocks (experts, rows, blocks, 16), number 2i in the low half of byte i, 2i + 1 in the high half
                  name_scales (experts, rows, blocks)
    ggml          each block its scale, then 16 bytes, number i in the low half of byte i, i + 16 in the high half
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import SafetensorsError
from ..gguf.types import TensorType
from ..pread import FileRange
from ..safetensors import SafeTensor
from ..sentences import Sentence
from .rows import Bytes

BLOCKS, SCALES = "_blocks", "_scales"
MXFP4 = ".mxfp4"
NUMBERS, BYTES = 32, 16


@dataclass(frozen=True, slots=True)
class Mxfp4:
    """Rows of blocks as ggml has them."""

    blocks: SafeTensor
    scales: SafeTensor

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.scales.shape[:-1], self.scales.shape[-1] * NUMBERS)

    @property
    def type(self) -> TensorType:
        return TensorType.MXFP4

    def read(self, first: int, count: int) -> Bytes:
        across = self.scales.shape[-1]
        halves = np.frombuffer(self.blocks.read(first * across * BYTES, count * across * BYTES), np.uint8).reshape(-1, BYTES)
        scales = np.frombuffer(self.scales.read(first * across, count * across), np.uint8)
        numbers = np.stack((halves & 15, halves >> 4), axis=2).reshape(-1, NUMBERS)
        packed = numbers[:, :BYTES] | numbers[:, BYTES:] << 4
        return np.concatenate((scales[:, None], packed), axis=1).reshape(count, -1)

    def ranges(self, first: int, count: int) -> Iterator[FileRange]:
        across = self.scales.shape[-1]
        yield self.blocks.range(first * across * BYTES, count * across * BYTES)
        yield self.scales.range(first * across, count * across)


def packed_rows(source: Mapping[str, SafeTensor]) -> tuple[dict[str, Mxfp4], set[str]]:
    """The tensors in MXFP4, under their names with ``.mxfp4`` behind, and the names of what they are made of.

    Raises: SafetensorsError for blocks without their scales, or of another shape.
    """
    found: dict[str, Mxfp4] = {}
    parts: set[str] = set()
    for name, blocks in source.items():
        if name.endswith(BLOCKS) and blocks.dtype == "U8":
            stem = name.removesuffix(BLOCKS)
            scales = source.get(f"{stem}{SCALES}")
            if scales is None or scales.dtype != "U8" or len(scales.shape) != 3 or blocks.shape != (*scales.shape, BYTES):
                raise SafetensorsError(
                    Sentence("%1 holds %2 in MXFP4 without scales that fit.", blocks.path, repr(name)), hint="Download the model again.",
                    path=blocks.path, tensor=name,
                )  # fmt: skip
            found[f"{stem}{MXFP4}"] = Mxfp4(blocks, scales)
            parts |= {name, f"{stem}{SCALES}"}
    return found, parts
