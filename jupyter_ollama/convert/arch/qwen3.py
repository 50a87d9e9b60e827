"""Qwen 3: norms on the heads of queries and keys instead of biases."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES
from ..records import SILU, Arch
from ..tensors import ATTENTION, EMBEDDINGS, HEAD_NORMS, SWIGLU
from .qwen2 import DEFAULTS

QWEN3 = Arch(
    name="qwen3",
    models=("Qwen3ForCausalLM",),
    keys=(*COMMON, *HEAD_SIZES),
    tensors=(*EMBEDDINGS, *ATTENTION, *HEAD_NORMS, *SWIGLU),
    fixed=SILU,
    defaults={**DEFAULTS, "head_dim": 128},
)
