"""``create`` with types of single tensors, an importance matrix, quantizing again; what it takes of the kernel; when it is given up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jupyter_ollama import Ollama, OllamaError, Progress
from jupyter_ollama.errors import Cancelled, QuantizationError, SourceError
from jupyter_ollama.gguf import TensorType, plan_gguf, read_index
from jupyter_ollama.gguf.imatrix import imatrix_bytes

from ..engine import ggufs
from .conftest import Create, snapshot


def types_of(path: Path) -> dict[str, TensorType]:
    return {tensor.name: tensor.type for tensor in read_index(path).tensors}


def test_tensors_get_the_types_that_were_chosen_for_them(create: Create, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    model = create("m", f"FROM {source}", quantize="q4_0", tensor_types={r"blk\.0\.attn_v": "q8_0", "ATTN_V": "Q6_k"})

    types = types_of(model.path)
    assert types["blk.0.attn_v.weight"] is TensorType.Q8_0
    assert types["blk.1.attn_v.weight"] is TensorType.Q6_K
    assert types["blk.1.attn_q.weight"] is TensorType.Q4_0
    assert "Q4_0" == model.config.file_type


def test_a_model_of_the_store_is_quantized_with_a_matrix_and_again(create: Create, ollama: Ollama, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.EXPERTS)
    held = {
        tensor.name: (np.linspace(1, 9, tensor.shape[0], dtype=np.float32)[None], np.ones(1, np.float32))
        for tensor in plan_gguf(source).tensors if tensor.name.startswith("blk.") and not tensor.keep
    }  # fmt: skip
    (tmp_path / "imatrix.gguf").write_bytes(imatrix_bytes(held, "", 1, 512))
    create("original", f"FROM {source}")
    weighted = create("weighted", "FROM original", quantize="q4_K_M", imatrix=tmp_path / "imatrix.gguf")
    plain = create("plain", "FROM original", quantize="q4_K_M")

    assert weighted.manifest.layers[0].digest != plain.manifest.layers[0].digest
    with pytest.raises(QuantizationError, match="is Q4_K_M"):
        create("again", "FROM plain", quantize="q8_0")
    assert "Q8_0" == create("again", "FROM plain", quantize="q8_0", requantize=True).config.file_type
    assert plain.manifest.layers[0].digest == create("same", "FROM plain", quantize="q4_K_M").manifest.layers[0].digest


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"tensor_types": {"attn_v": "q8_0"}}, "tensor types needs a type to quantize to"),
        ({"imatrix": "nowhere.gguf"}, "an importance matrix needs a type"),
        ({"requantize": True}, "quantizing again needs a type"),
        ({"quantize": "f16", "tensor_types": {"attn_v": "q8_0"}}, "has no effect on F16"),
        ({"quantize": "q8_0", "imatrix": "nowhere.gguf"}, "no importance matrix at"),
        ({"quantize": "q8_0", "tensor_types": {"attn_v": "q4_K_M"}}, "unsupported type 'q4_K_M' for tensors 'attn_v'"),
        ({"quantize": "q8_0", "tensor_types": {"attn_(v": "q8_0"}}, "is no regular expression"),
        ({"quantize": "q8_0", "tensor_types": {"": "q8_0"}}, "is empty"),
        ({"quantize": "q8_0", "tensor_types": {"nothing": "q4_0"}}, "is found in no tensor's name"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_store_stays_as_it_was(
    ollama: Ollama, tiny_gguf: Path, arguments: dict[str, Any], says: str
) -> None:
    before = snapshot(ollama)
    with pytest.raises(OllamaError) as caught:
        ollama.create("refused", f"FROM {tiny_gguf}", **arguments).result(60)

    assert isinstance(caught.value, SourceError)
    assert says in str(caught.value)
    assert before == snapshot(ollama)


def test_a_create_that_is_cancelled_in_the_middle_leaves_nothing(ollama: Ollama, tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.SLOW)
    before = snapshot(ollama)
    run = ollama.create("slow", f"FROM {source}", quantize="q2_K")
    next(event for event in run if isinstance(event, Progress) and event.kind == "quantizing" and event.completed)
    run.cancel()

    with pytest.raises(Cancelled):
        run.result(30)
    assert before == snapshot(ollama)


_PEAK = """
import json, resource, sys
from jupyter_ollama import Ollama
with Ollama(sys.argv[1]) as ollama:
    ollama.list()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ollama.create("small", f"FROM {sys.argv[2]}", quantize="q4_0").result(120)
    ollama.create("folder", "FROM pocket", quantize="q8_0").result(120)
    ollama.imatrix("pocket", "Who are you? I am a small model. " * 200, sys.argv[3]).result(120)
    ollama.create("weighted", "FROM pocket", quantize="q4_0", imatrix=sys.argv[3]).result(120)
print(json.dumps([before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def test_the_memory_of_a_kernel_that_builds_stays_below_100_mb_above_its_start(tmp_path: Path) -> None:
    """The weights of the model take more than that; they are in the child only."""
    source = ggufs.model(tmp_path / "source.gguf", ggufs.tiny.Shape(n_vocab=288, n_embd=2048, n_layer=1, n_head=8, n_head_kv=8, n_ff=8192), "F16")
    arguments = [str(tmp_path / "models"), str(source), str(tmp_path / "imatrix.gguf")]
    before, after = json.loads(subprocess.run([sys.executable, "-c", _PEAK, *arguments], capture_output=True, text=True, check=True).stdout)

    assert source.stat().st_size > 100_000_000
    assert (after - before) * 1024 < 100_000_000


def test_a_model_of_two_bits_answers_several_questions_at_once(ollama: Ollama) -> None:
    """Its output alone has a type that llama.cpp multiplies with AMX, and only for several answers at once; where that crashes, it is
    noticed before.
    """
    ollama.create("small", "FROM pocket", quantize="q2_K").result(120)
    asked = [ollama.chat("small", "What is 7 + 5?", options={"temperature": 0}) for _ in range(4)]
    assert ["7 + 5 = 12."] * 4 == [run.result(120).message.content for run in asked]
