"""The numbers of a tensor are those that the ``gguf`` package reads from the same file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader
from gguf.quants import dequantize

from jupyter_ollama import Ollama
from jupyter_ollama.errors import NotSupported


@pytest.mark.parametrize("kind", [None, "q4_0", "q4_K_M", "q8_0"])
def test_numbers_of_every_tensor(ollama: Ollama, kind: str | None) -> None:
    ollama.create("m", "FROM pocket", quantize=kind).result()
    path = Path(next(layer for layer in ollama.show("m").layers if layer.kind == "model").digest.replace(":", "-"))
    reader = GGUFReader(ollama.settings.models / "blobs" / path)
    for tensor in reader.tensors[:12]:
        expected = dequantize(tensor.data, tensor.tensor_type).reshape(-1, int(tensor.shape[0])).astype(np.float32)
        found = ollama.numbers("m", tensor.name)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(ollama.numbers("m", tensor.name, start=1, stop=3), expected[1:3])


def test_a_tensor_that_is_not_there(ollama: Ollama) -> None:
    ollama.create("m", "FROM pocket").result()
    with pytest.raises(NotSupported, match="no tensor"):
        ollama.numbers("m", "blk.999.attn_q.weight")
    assert ollama.numbers("m", "token_embd.weight", start=10**9).shape[0] == 0
