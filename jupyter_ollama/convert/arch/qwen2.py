"""Qwen 1.5, 2 and 2.5 (DeepSeek-R1-Distill-Qwen, QwQ ...): Llama's shape with biases on queries, keys and values."""

from __future__ import annotations

from ..keys import COMMON, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU, qkv_biases

DEFAULTS = {"max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False}

QWEN2 = Arch(
    name="qwen2",
    models=("Qwen2ForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES),
    tensors=(*EMBEDDINGS, *ATTENTION, *qkv_biases(required=True), *SWIGLU),
    fixed=SILU,
    defaults=DEFAULTS,
)
