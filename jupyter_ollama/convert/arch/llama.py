"""Llama 1, 2, 3, 3.1, 3.2 and everything that took over their shape (Yi, Vicuna, TinyLlama, SmolLM, DeepSeek-R1-Distill-Llama ...)."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES, ROTARY_SIZE, VOCAB_SIZE
from ..records import SILU, Arch, Fixed, Made, Rule, Tensor
from ..rope import llama3_factors
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU, attention_biases, swiglu_biases

HEAD_RULES = (
    Rule(r".*\.q_proj\.(weight|bias)", "permute", "@heads"),
    Rule(r".*\.k_proj\.(weight|bias)", "permute", "@kv_heads"),
)
TENSORS = (
    *EMBEDDINGS, *ATTENTION, *SWIGLU, *attention_biases("attention_bias"), *swiglu_biases("mlp_bias"),
)  # fmt: skip
ROPE_FREQS = Tensor("rope_freqs.weight", ("@half_head_dim",), required=False)
ROPE_FACTORS = Made("rope_freqs.weight", llama3_factors)

LLAMA = Arch(
    name="llama",
    models=("LlamaForCausalLM", "LLaMAForCausalLM"),
    keys=(*COMMON, *HEAD_SIZES, VOCAB_SIZE, ROTARY_SIZE),
    tensors=(*TENSORS, ROPE_FREQS),
    rules=HEAD_RULES,
    made=(ROPE_FACTORS,),
    fixed=(*SILU, Fixed("@rope.partial_rotary_factor", (1,))),
    defaults={"max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False},
    add_space_prefix=True,
)
