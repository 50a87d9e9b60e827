"""GGUF models to build from, in any float type, and what llama.cpp's own routine makes of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from jupyter_ollama.gguf import TensorType, header_bytes, padded, plan_gguf
from jupyter_ollama.gguf.values import text, u32

from . import tiny

Edit = Callable[[dict[str, Any], dict[str, Any]], None]
EVEN = tiny.Shape(n_vocab=288, n_embd=256, n_layer=8, n_head=4, n_head_kv=1, n_ff=256)
ODD = tiny.Shape(n_vocab=288, n_embd=320, n_layer=3, n_head=5, n_head_kv=5, n_ff=352)
SMALL = tiny.Shape(n_vocab=288, n_embd=48, n_layer=2, n_head=2, n_head_kv=2, n_ff=72)
EXPERTS = tiny.Shape(n_vocab=288, n_embd=256, n_layer=4, n_head=4, n_head_kv=2, n_ff=64)
SLOW = tiny.Shape(n_vocab=288, n_embd=1024, n_layer=2, n_head=8, n_head_kv=8, n_ff=2816)


def model(path: Path, shape: tiny.Shape = EVEN, kind: str = "BF16", *, edit: Edit | None = None, architecture: str = "llama") -> Path:
    """A model with random weights; matrices are of the given float type, ``general.file_type`` is not set."""
    rng = np.random.default_rng(7)
    tiny.write(path, shape, tiny.weights_of(shape, lambda size: rng.normal(0, 0.05, size).astype(np.float32)), edit=edit)
    return _rewritten(path, TensorType[kind], architecture)


def _rewritten(path: Path, kind: TensorType, architecture: str) -> Path:
    """The same file with its F32 matrices in another type and with the keys of another architecture."""
    plan = plan_gguf(path)
    metadata = {re.sub(r"^llama\.", f"{architecture}.", key): value for key, value in plan.metadata.items()}
    metadata["general.architecture"] = text(architecture)
    types = [kind if tensor.type is TensorType.F32 and len(tensor.shape) > 1 else tensor.type for tensor in plan.tensors]
    infos = [(tensor.name, tensor.shape, type_) for tensor, type_ in zip(plan.tensors, types, strict=True)]
    parts = [header_bytes(metadata, infos)[0]]
    for tensor, type_ in zip(plan.tensors, types, strict=True):
        rows = tensor.read(0, int(np.prod(tensor.shape[1:])))
        data = rows.tobytes() if type_ is tensor.type else _ENCODE[type_](rows.view(np.float32)).tobytes()
        parts.append(data.ljust(padded(len(data)), b"\0"))
    path.write_bytes(b"".join(parts))
    return path


_ENCODE: dict[TensorType, Callable[[NDArray[np.float32]], NDArray[Any]]] = {
    TensorType.F16: lambda values: values.astype(np.float16),
    TensorType.BF16: lambda values: (values.view(np.uint32) >> 16).astype(np.uint16),
}


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
    in_child(_REFERENCE, arguments)


_OURS = """
import json, sys
from pathlib import Path
from jupyter_ollama.engine.worker.builder.job import Job, make
from jupyter_ollama.engine.worker.builder.progress import Reporter
from jupyter_ollama.quantization import parse_quantize
source, route, targets = json.loads(sys.argv[1])
for path, name in targets:
    make(Job(Path(source), "gguf", Path(path), parse_quantize(name), route), Reporter(lambda frame: None))
"""


def built_by_us(source: Path, targets: dict[Path, str], route: str = "direct") -> None:
    """Write each target with the builder's own code, all of them in one child, which is faster than a child each."""
    arguments = json.dumps([str(source), route, [[str(path), name] for path, name in targets.items()]])
    in_child(_OURS, arguments)


def in_child(program: str, *arguments: str) -> str:
    """Run a program that loads native code; gives what it prints."""
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


def values(path: Path, name: str) -> NDArray[np.float32]:
    """The numbers of one tensor, decoded by the `gguf` package."""
    [tensor] = [tensor for tensor in gguf.GGUFReader(path).tensors if tensor.name == name]
    return gguf.dequantize(tensor.data, tensor.tensor_type)


def relabelled(path: Path, file_type: int | None) -> None:
    """Say another ``general.file_type`` in the header, or none."""
    plan = plan_gguf(path)
    metadata = dict(plan.metadata) if file_type is None else {**plan.metadata, "general.file_type": u32(file_type)}
    infos = [(tensor.name, tensor.shape, tensor.type) for tensor in plan.tensors]
    data = [tensor.read(0, int(np.prod(tensor.shape[1:]))).tobytes() for tensor in plan.tensors]
    path.write_bytes(header_bytes(metadata, infos)[0] + b"".join(one.ljust(padded(len(one)), b"\0") for one in data))
