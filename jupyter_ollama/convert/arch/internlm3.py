"""InternLM3: Llama with biases where its config wants them. llama.cpp runs it as Llama."""

from __future__ import annotations

from dataclasses import replace

from ..records import Tensor
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU, qkv_biases
from .llama import LLAMA, ROPE_FREQS

INTERNLM3 = replace(
    LLAMA,
    models=("InternLM3ForCausalLM",),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *SWIGLU, *qkv_biases("qkv_bias"),
        Tensor("blk.{bid}.attn_output.bias", ("@width",), required="bias"), ROPE_FREQS,
    ),
    defaults={
        "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False, "qkv_bias": False,
        "bias": False,
    },
)  # fmt: skip
