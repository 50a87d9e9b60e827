"""Llamas of ordinary sizes with random weights, as GGUF files: what a token costs depends on the shape, not on what the model has learned.

    python -m tests.benchmarks.shapes SIZE FILE.gguf         SIZE: 20m, 100m or 1b
"""

from __future__ import annotations

import sys
from pathlib import Path

import gguf
import numpy as np

from ..engine import tiny

SHAPES = {
    "20m": tiny.Shape(n_vocab=8192, n_embd=384, n_layer=8, n_head=6, n_head_kv=2, n_ff=1024, n_ctx=32768),
    "100m": tiny.Shape(n_vocab=8192, n_embd=768, n_layer=12, n_head=12, n_head_kv=4, n_ff=2304, n_ctx=32768),
    "1b": tiny.Shape(n_vocab=32000, n_embd=2048, n_layer=16, n_head=32, n_head_kv=8, n_ff=8192, n_ctx=32768),
}
_BLOCK = np.dtype([("scale", "<f2"), ("quants", "i1", 32)])  # block_q8_0 of ggml


def write(path: Path, size: str, cycle: range | None = None) -> Path:
    """Write a model of that size in Q8_0: about 20 MB, 100 MB or 1.2 GB.

    Args:
        cycle: tokens that the model says one after the other, for ever: its layers are computed, but add nothing to what it knows.
    """
    shape, rng = SHAPES[size], np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, "llama")
    for key, value in tiny.metadata(shape).items():
        tiny.put(writer, key, value)
    for name, rows, columns in tiny.matrices(shape):
        blocks = np.zeros((rows, columns // 32), _BLOCK)
        blocks["quants"] = rng.integers(-127, 128, (rows, columns // 32, 32), np.int8)
        blocks["scale"] = 1.5 / 73 / np.sqrt(columns)  # 73: the standard deviation of the quants
        if cycle and name == "token_embd.weight":
            embeddings = blocks
        elif cycle and name == "output.weight":  # what comes after a token is the next one
            blocks = np.roll(embeddings, 1, axis=0)
            blocks[cycle.start], blocks["scale"][cycle.stop] = embeddings[cycle.stop - 1], 0
        elif cycle and name.endswith(("attn_output.weight", "ffn_down.weight")):
            blocks["scale"] = 0
        if name == "output.weight":
            blocks["scale"][tiny.EOS] = 0  # an answer is as long as it is asked for
        writer.add_tensor(name, blocks.view(np.uint8).reshape(rows, -1), raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    for name in tiny.norms(shape):
        writer.add_tensor(name, np.ones(shape.n_embd, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


if __name__ == "__main__":
    write(Path(sys.argv[2]), sys.argv[1])
