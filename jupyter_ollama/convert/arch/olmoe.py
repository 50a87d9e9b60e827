"""OLMoE: experts in every block, norms on queries and keys as a whole."""

from __future__ import annotations

from ..keys import COMMON, EXPERTS, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, experts
from .qwen3moe import EXPERT_RULES

OLMOE = Arch(
    name="olmoe",
    models=("OlmoeForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES, *EXPERTS),
    tensors=(
        *EMBEDDINGS, *ATTENTION,
        Tensor("blk.{bid}.attn_q_norm.weight", ("@q_width",)),
        Tensor("blk.{bid}.attn_k_norm.weight", ("@q_width",)),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        *experts(inner="@inner"),
    ),
    rules=EXPERT_RULES,
    views={"key_heads_are_heads": lambda config: config.get("@kv_heads") == config.get("@heads")},
    fixed=(
        Fixed("@key_heads_are_heads", (True,), "it has fewer key heads than heads"), *SILU,
        Fixed("norm_topk_prob", (False,)), Fixed("attention_bias", (False,)), Fixed("clip_qkv", ()),
    ),
    defaults={
        "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10_000.0, "tie_word_embeddings": False, "num_experts": 64,
        "num_experts_per_tok": 8,
    },
)  # fmt: skip
