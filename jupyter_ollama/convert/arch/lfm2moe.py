"""Liquid's LFM2 with experts after its first blocks (LFM2-8B-A1B)."""

from __future__ import annotations

from ..keys import EXPERTS
from ..records import Arch, Fixed, Key, Rule, Tensor
from ..tensors import experts
from .lfm2 import LFM2

LFM2MOE = Arch(
    name="lfm2moe",
    models=("Lfm2MoeForCausalLM",),
    keys=(
        *(key for key in LFM2.keys if not key.name.endswith(".feed_forward_length")), *EXPERTS,
        Key("{arch}.feed_forward_length", ("@inner",), required=True),
        Key("{arch}.expert_feed_forward_length", ("@expert_inner",), required=True),
        Key("{arch}.leading_dense_block_count", ("num_dense_layers",), required=True),
        Key("{arch}.expert_gating_func", (), default=2),  # sigmoid
    ),
    tensors=(
        *(tensor for tensor in LFM2.tensors if ".ffn_" not in tensor.name and tensor.name != "output.weight"),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_gate.weight", ("@width", "@inner"), blocks="@dense_blocks"),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner"), blocks="@dense_blocks"),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width"), blocks="@dense_blocks"),
        *experts(blocks="@expert_blocks"),
        Tensor("blk.{bid}.exp_probs_b.bias", ("@experts",), blocks="@expert_blocks"),
    ),
    rules=(
        *LFM2.rules,
        Rule(
            r"model\.(layers\.\d+\.feed_forward\.experts)\.(?P<part>\d+)\.(w[123])\.weight", "stack", "@experts", r"\1.\3.weight",
        ),
        Rule(r"(.*\.feed_forward\.expert_bias)", name=r"\1.bias"),
    ),
    views={
        **LFM2.views,
        "dense_blocks": lambda config: range(min(config.integer("num_dense_layers"), config.integer("@blocks"))),
        "expert_blocks": lambda config: range(config.integer("num_dense_layers"), config.integer("@blocks")),
    },
    fixed=(*LFM2.fixed, Fixed("norm_topk_prob", (True,)), Fixed("use_expert_bias", (True,)), Fixed("routed_scaling_factor", (1,))),
    defaults={**LFM2.defaults, "num_dense_layers": 2, "num_experts": 32, "num_experts_per_tok": 4, "moe_intermediate_size": 1792},
)  # fmt: skip
