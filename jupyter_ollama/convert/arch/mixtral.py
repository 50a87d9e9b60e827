"""Mixtral: Mistral with eight experts in place of each feed-forward part. llama.cpp runs it as Llama."""

from __future__ import annotations

from ..keys import COMMON, EXPERTS, ROTARY_SIZE, VOCAB_SIZE, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Rule, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, experts
from .llama import HEAD_RULES

MIXTRAL = Arch(
    name="llama",
    models=("MixtralForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES, *EXPERTS, VOCAB_SIZE, ROTARY_SIZE),
    tensors=(*EMBEDDINGS, *ATTENTION, Tensor("blk.{bid}.ffn_norm.weight", ("@width",)), *experts(inner="@inner")),
    rules=(
        *HEAD_RULES,
        Rule(
            r"model\.(layers\.\d+)\.block_sparse_moe\.experts\.(?P<part>\d+)\.(w[123])\.weight", "stack", "@experts",
            r"\1.feed_forward.experts.\3.weight",
        ),
        # MLX's names for experts that are one tensor already
        Rule(r"model\.(layers\.\d+)\.block_sparse_moe\.switch_mlp\.gate_proj\.weight", name=r"\1.feed_forward.experts.w1.weight"),
        Rule(r"model\.(layers\.\d+)\.block_sparse_moe\.switch_mlp\.down_proj\.weight", name=r"\1.feed_forward.experts.w2.weight"),
        Rule(r"model\.(layers\.\d+)\.block_sparse_moe\.switch_mlp\.up_proj\.weight", name=r"\1.feed_forward.experts.w3.weight"),
    ),
    fixed=SILU,
    defaults={
        "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 1e6, "tie_word_embeddings": False,
        "num_key_value_heads": 8, "num_local_experts": 8, "num_experts_per_tok": 2,
    },
    add_space_prefix=True,
)  # fmt: skip
