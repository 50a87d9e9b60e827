"""What is built is, byte for byte, what llama.cpp's own quantizer makes of the same file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from jupyter_ollama.gguf import TensorType, read_index
from jupyter_ollama.quantization import QUANTIZATIONS, parse_quantization

from . import ggufs

MODELS = {
    "rows of 256": (ggufs.EVEN, "BF16", None),
    "rows of 32": (ggufs.ODD, "BF16", None),
    "rows of 16": (ggufs.SMALL, "BF16", None),
    "experts": (ggufs.EXPERTS, "BF16", ggufs.with_experts),
    "F16": (ggufs.ODD, "F16", None),
    "F32": (ggufs.ODD, "F32", None),
}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", MODELS)
def test_every_type_is_byte_for_byte_what_llama_cpp_makes(kind: str, tmp_path: Path) -> None:
    shape, source_type, edit = MODELS[kind]
    source = ggufs.model(tmp_path / "source.gguf", shape, source_type, edit=edit)
    wanted = [quantization for quantization in QUANTIZATIONS if quantization.name != source_type]
    ggufs.built_by_us(source, {tmp_path / f"ours-{target}": target.name for target in wanted})
    ggufs.quantized_by_llama_cpp(source, {tmp_path / f"theirs-{target}": target.file_type for target in wanted})

    assert {str(t): digest(tmp_path / f"ours-{t}") for t in wanted} == {str(t): digest(tmp_path / f"theirs-{t}") for t in wanted}


def test_the_two_step_route_makes_the_same_file(tmp_path: Path) -> None:
    source = ggufs.model(tmp_path / "source.gguf", ggufs.ODD)
    for route in ("direct", "two_step"):
        ggufs.built_by_us(source, {tmp_path / f"{route}-{name}": name for name in ("q4_K_M", "q8_0", "f16")}, route)

    for name in ("q4_K_M", "q8_0", "f16"):
        assert digest(tmp_path / f"direct-{name}") == digest(tmp_path / f"two_step-{name}")


_TYPES_OF = """
import json, sys
from pathlib import Path
from jupyter_ollama.engine.worker.builder.targets import mixture
from jupyter_ollama.gguf import plan_gguf
from jupyter_ollama.quantization import parse_quantize
path = Path(sys.argv[1])
print(json.dumps({target.name: target.type.name for target in mixture(plan_gguf(path), parse_quantize(sys.argv[2]), path).tensors}))
"""


@pytest.mark.parametrize(("name", "expected"), [("q4_K_M", "F16"), ("q4_K_S", "F16"), ("q5_K_M", "Q6_K")])
def test_tensors_that_ollama_keeps_larger_are_kept_larger(name: str, expected: str, tmp_path: Path) -> None:
    """Ollama has exceptions for two mixtures; glm4's embeddings are one."""
    source = ggufs.model(tmp_path / "source.gguf", architecture="glm4")

    types = json.loads(ggufs.in_child(_TYPES_OF, str(source), name))

    assert types["output.weight"] == expected
    assert types["blk.0.attn_q.weight"] == name.upper()[:4]


def test_a_mixture_has_the_types_of_the_mixture(tmp_path: Path) -> None:
    """Q4_K_M of a Llama: Q4_K, some tensors Q6_K, norms F32."""
    source = ggufs.model(tmp_path / "source.gguf")
    ggufs.built_by_us(source, {tmp_path / "out": "q4_K_M"})
    index = read_index(tmp_path / "out")

    types = {tensor.name: tensor.type for tensor in index.tensors}
    assert types["output.weight"] is TensorType.Q6_K
    assert types["blk.3.attn_q.weight"] is TensorType.Q4_K
    assert types["blk.0.attn_v.weight"] is TensorType.Q6_K
    assert types["output_norm.weight"] is TensorType.F32
    assert index.metadata["general.file_type"] == parse_quantization("q4_K_M").file_type
    assert index.metadata["general.quantization_version"] == 2
