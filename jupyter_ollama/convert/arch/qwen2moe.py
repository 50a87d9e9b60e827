"""Qwen 1.5 and 2 with experts (Qwen1.5-MoE-A2.7B, Qwen2-57B-A14B), one of which sees every token."""

from __future__ import annotations

from ..keys import COMMON, EXPERTS, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed, Key, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, experts, qkv_biases
from .qwen2 import DEFAULTS
from .qwen3moe import EXPERT_RULES

QWEN2MOE = Arch(
    name="qwen2moe",
    models=("Qwen2MoeForCausalLM",),
    keys=(
        *COMMON, *WRITTEN_HEAD_SIZES, *EXPERTS,
        Key("{arch}.expert_feed_forward_length", ("@expert_inner",), required=True),
        Key("{arch}.expert_shared_feed_forward_length", ("shared_expert_intermediate_size",), required=True),
    ),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *qkv_biases("qkv_bias"), Tensor("blk.{bid}.ffn_norm.weight", ("@width",)), *experts(),
        Tensor("blk.{bid}.ffn_gate_inp_shexp.weight", ("@width", "1")),
        Tensor("blk.{bid}.ffn_gate_shexp.weight", ("@width", "shared_expert_intermediate_size")),
        Tensor("blk.{bid}.ffn_up_shexp.weight", ("@width", "shared_expert_intermediate_size")),
        Tensor("blk.{bid}.ffn_down_shexp.weight", ("shared_expert_intermediate_size", "@width")),
    ),
    rules=EXPERT_RULES,
    fixed=(*SILU, Fixed("norm_topk_prob", (False,)), Fixed("decoder_sparse_step", (1,)), Fixed("mlp_only_layers", ([],))),
    defaults={
        **DEFAULTS, "num_key_value_heads": 16, "num_experts": 60, "num_experts_per_tok": 4, "moe_intermediate_size": 1408,
        "shared_expert_intermediate_size": 5632, "qkv_bias": True,
    },
)  # fmt: skip
