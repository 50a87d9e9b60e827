"""GGUF models to build from, in any float type, and what llama.cpp's own routine makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_ollama.gguf import TensorType, header_bytes, padded, plan_gguf

from . import tiny

EVEN = tiny.Shape(n_vocab=288, n_embd=256, n_layer=8, n_head=4, n_head_kv=1, n_ff=256)
ODD = tiny.Shape(n_vocab=288, n_embd=320, n_layer=3, n_head=5, n_head_kv=5, n_ff=352)
SMALL = tiny.Shape(n_vocab=288, n_embd=48, n_layer=2, n_head=2, n_head_kv=2, n_ff=72)
EXPERTS = tiny.Shape(n_vocab=288, n_embd=256, n_layer=4, n_head=4, n_head_kv=2, n_ff=64)


def model(
    path: Path, shape: tiny.Shape = EVEN, kind: str = "BF16", *, edit: Callable[[dict[str, Any], dict[str, Any]], None] | None = None
) -> Path:
    """A Llama with random weights; matrices are of the given float type, ``general.file_type`` is not set."""
    rng = np.random.default_rng(7)
    weights = tiny.weights_of(shape, lambda size: rng.normal(0, 0.05, size).astype(np.float32))
    if kind == "F16":
        weights = {name: values.astype(np.float16) if values.ndim > 1 else values for name, values in weights.items()}
    tiny.write(path, shape, weights, edit=edit)
    return _as_bf16(path) if kind == "BF16" else path


def _as_bf16(path: Path) -> Path:
    """The same file with its F32 matrices cut to BF16."""
    plan = plan_gguf(path)
    parts = []
    infos = [(tensor.name, tensor.shape, TensorType.F32 if len(tensor.shape) == 1 else TensorType.BF16) for tensor in plan.tensors]
    parts.append(header_bytes(plan.metadata, infos)[0])
    for tensor, (_, _, kind) in zip(plan.tensors, infos, strict=True):
        rows: NDArray[Any] = tensor.read(0, int(np.prod(tensor.shape[1:])))
        if kind is TensorType.BF16:
            rows = (rows.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
        parts.append(rows.tobytes().ljust(padded(rows.nbytes), b"\0"))
    path.write_bytes(b"".join(parts))
    return path


def with_experts(metadata: dict[str, Any], weights: dict[str, Any]) -> None:
    """An edit of ``model``: eight experts in place of each feed-forward part."""
    metadata |= {"llama.expert_count": 8, "llama.expert_used_count": 2}
    for name in [name for name in weights if ".ffn_" in name and "norm" not in name]:
        matrix = weights.pop(name)
        weights[name.replace(".weight", "_exps.weight")] = np.stack([matrix * (1 + expert / 8) for expert in range(8)])
        weights[name.split(".ffn_")[0] + ".ffn_gate_inp.weight"] = np.ones((8, metadata["llama.embedding_length"]), np.float32)


_REFERENCE = """
import ctypes, json, sys, llama_cpp
source, targets = json.loads(sys.argv[1])
for path, file_type in targets:
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = file_type
    refused = llama_cpp.llama_model_quantize(source.encode(), path.encode(), ctypes.byref(parameters))
    assert not refused, path
"""


def quantized_by_llama_cpp(source: Path, targets: dict[Path, int]) -> None:
    """Write each target with ``llama_model_quantize``, in a child."""
    arguments = json.dumps([str(source), [[str(path), file_type] for path, file_type in targets.items()]])
    _in_child(_REFERENCE, arguments)


_OURS = """
import json, sys
from pathlib import Path
from jupyter_ollama.engine.worker.builder import Job, make
from jupyter_ollama.engine.worker.progress import Reporter
from jupyter_ollama.quantization import parse_quantization
source, route, targets = json.loads(sys.argv[1])
for path, name in targets:
    make(Job(Path(source), "gguf", Path(path), parse_quantization(name), route), Reporter(lambda frame: None))
"""


def built_by_us(source: Path, targets: dict[Path, str], route: str = "direct") -> None:
    """Write each target with the builder's own code, all of them in one child, which is faster than a child each."""
    arguments = json.dumps([str(source), route, [[str(path), name] for path, name in targets.items()]])
    _in_child(_OURS, arguments)


def _in_child(program: str, arguments: str) -> None:
    done = subprocess.run([sys.executable, "-c", program, arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
