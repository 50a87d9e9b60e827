"""Qwen 3 with experts (Qwen3-30B-A3B, Qwen3-235B-A22B, Qwen3-Coder)."""

from __future__ import annotations

from ..keys import COMMON, EXPERTS, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed, Key, Rule, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, HEAD_NORMS, experts
from .qwen2 import DEFAULTS

EXPERT_RULES = (
    Rule(
        r"(model\.layers\.\d+\.mlp\.experts)\.(?P<part>\d+)\.(gate_proj|up_proj|down_proj)\.weight", "stack", "@experts",
        r"\1.\3.weight",
    ),
    Rule(r"(model\.layers\.\d+\.mlp\.experts)\.gate_up_proj(\.weight)?", "half", "0", r"\1.gate_proj.weight"),
    Rule(r"(model\.layers\.\d+\.mlp\.experts)\.gate_up_proj(\.weight)?", "half", "1", r"\1.up_proj.weight"),
    Rule(r"(model\.layers\.\d+\.mlp\.experts\.down_proj)", "", "", r"\1.weight"),
)  # fmt: skip
"""Experts one by one, or all of a block in two tensors, as transformers keeps them in memory."""

QWEN3MOE = Arch(
    name="qwen3moe",
    models=("Qwen3MoeForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES, *EXPERTS, Key("{arch}.expert_feed_forward_length", ("@expert_inner",), required=True)),
    tensors=(*EMBEDDINGS, *ATTENTION, *HEAD_NORMS, Tensor("blk.{bid}.ffn_norm.weight", ("@width",)), *experts()),
    rules=EXPERT_RULES,
    fixed=(*SILU, Fixed("norm_topk_prob", (True,)), Fixed("decoder_sparse_step", (1,)), Fixed("mlp_only_layers", ([],))),
    defaults={
        **DEFAULTS, "num_key_value_heads": 4, "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
        "norm_topk_prob": False,
    },
)  # fmt: skip
