"""Models that draft for one another: pocket, larger and smaller ones that say what it says, and others that do not.

    python -m tests.engine.drafts FILE.gguf LAYERS WIDTH          pocket with so many layers, with feed-forward parts of that width
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_ollama import pocket as shipped
from jupyter_ollama.convert import plan_folder
from jupyter_ollama.gguf import Plan, TensorType, header_bytes, padded
from jupyter_ollama.gguf.values import Typed, texts, u32

Numbers = NDArray[np.float16]
Edit = Callable[[dict[str, Typed]], None]


def pocket(
    path: Path, n_layers: int = 0, n_ff: int = 0, *, edit: Edit | None = None, change: Callable[[str, Numbers], Numbers] | None = None
) -> Path:  # fmt: skip
    """pocket in F16.

    Args:
        n_layers: so many, if that is more than it has: the others are copies that are computed and add nothing; ``n_ff``: so wide are the
            feed-forward parts, of which the same is true.
        edit: changes the metadata; ``change``: the matrices.
    """
    plan = plan_folder(shipped.folder())
    metadata = {**plan.metadata, "general.file_type": u32(1)}
    tensors = {name: values if change is None or values.ndim == 1 else change(name, values) for name, values in _tensors(plan)}
    own = int(metadata["llama.block_count"].value)
    for layer in range(own, n_layers):
        for name in [name for name in tensors if name.startswith(f"blk.{layer % own}.")]:
            copy = tensors[name]
            silent = np.zeros_like(copy) if name.endswith(("attn_output.weight", "ffn_down.weight")) else copy
            tensors[re.sub(r"\d+", str(layer), name, count=1)] = silent
    metadata["llama.block_count"] = u32(max(own, n_layers))
    if n_ff:
        metadata["llama.feed_forward_length"] = u32(n_ff)
        tensors = {name: _wider(name, values, n_ff) for name, values in tensors.items()}
    if edit is not None:
        edit(metadata)
    return _write(path, metadata, tensors)


def _wider(name: str, values: Any, n_ff: int) -> Any:
    """A matrix of a feed-forward part with more of the same rows, or with as many columns of zeros."""
    if name.endswith(("ffn_gate.weight", "ffn_up.weight")):
        return np.resize(values, (n_ff, values.shape[1]))
    return np.pad(values, ((0, 0), (0, n_ff - values.shape[1]))) if name.endswith("ffn_down.weight") else values


def noise(path: Path, seed: int = 1) -> Path:
    """Random weights with pocket's vocabulary."""
    rng = np.random.default_rng(seed)
    return pocket(path, change=lambda _, values: rng.normal(0, 0.05, values.shape).astype(np.float16))


def other_tokens(number: int, text: str) -> Edit:
    """One token has another text."""

    def edit(metadata: dict[str, Typed]) -> None:
        held = list(metadata["tokenizer.ggml.tokens"].value)
        held[number] = text
        metadata["tokenizer.ggml.tokens"] = texts(held)

    return edit


def _tensors(plan: Plan) -> list[tuple[str, Any]]:
    """Names and numbers, rows first; vectors in F32, matrices in F16."""
    found = []
    for tensor in plan.tensors:
        raw = tensor.read(0, int(np.prod(tensor.shape[1:])))
        values = (raw.view(np.uint16).astype(np.uint32) << 16).view(np.float32) if tensor.type is TensorType.BF16 else raw.view(np.float32)
        shape = tuple(reversed(tensor.shape))
        found.append((tensor.name, values.reshape(shape).astype(np.float16 if len(shape) > 1 else np.float32)))
    return found


def _write(path: Path, metadata: dict[str, Typed], tensors: dict[str, Any]) -> Path:
    infos = [(name, tuple(reversed(values.shape)), TensorType.F16 if values.ndim > 1 else TensorType.F32) for name, values in tensors.items()]
    with path.open("wb") as file:
        file.write(header_bytes(metadata, infos)[0])
        for values in tensors.values():
            data = values.tobytes()
            file.write(data.ljust(padded(len(data)), b"\0"))
    return path


if __name__ == "__main__":
    pocket(Path(sys.argv[1]), *map(int, sys.argv[2:]))
