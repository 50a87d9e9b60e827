"""Llama 1, 2, 3, 3.1, 3.2 and everything that took over their shape (Yi, Vicuna, TinyLlama, SmolLM, DeepSeek-R1-Distill-Llama ...)."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES
from ..records import Arch, Key, Made, Rule, Tensor
from ..rope import llama3_factors
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU, attention_biases, swiglu_biases

ROPE_KEYS = (
    Key("{arch}.vocab_size", ("@vocab",), required=True),
    Key("{arch}.rope.dimension_count", ("@head_dim",), required=True),
)
HEAD_RULES = (
    Rule(r".*\.q_proj\.(weight|bias)", "permute", "@heads"),
    Rule(r".*\.k_proj\.(weight|bias)", "permute", "@kv_heads"),
)
TENSORS = (
    *EMBEDDINGS, *ATTENTION, *SWIGLU, *attention_biases("attention_bias"), *swiglu_biases("mlp_bias"),
    Tensor("rope_freqs.weight", ("@half_head_dim",), required=False),
)  # fmt: skip
ROPE_FACTORS = (Made("rope_freqs.weight", llama3_factors),)

LLAMA = Arch(
    name="llama",
    models=("LlamaForCausalLM", "LLaMAForCausalLM"),
    keys=(*COMMON, *HEAD_SIZES, *ROPE_KEYS),
    tensors=TENSORS,
    rules=HEAD_RULES,
    made=ROPE_FACTORS,
    defaults={"max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False},
    add_space_prefix=True,
)
