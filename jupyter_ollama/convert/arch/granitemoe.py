"""IBM's Granite 3 with experts, and with a part that every token sees: gate and up lie behind one another in one tensor."""

from __future__ import annotations

from ..keys import EXPERTS
from ..records import SILU, Arch, Fixed, Key, Rule, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, experts
from .granite import GRANITE

SHARED = "shared_intermediate_size"

GRANITEMOE = Arch(
    name="granitemoe",
    models=("GraniteMoeForCausalLM", "GraniteMoeSharedForCausalLM"),
    keys=(*GRANITE.keys, *EXPERTS, Key("{arch}.expert_shared_feed_forward_length", ("@some_shared",))),
    tensors=(
        *EMBEDDINGS, *ATTENTION, Tensor("blk.{bid}.ffn_norm.weight", ("@width",)), *experts(inner="@inner"),
        Tensor("blk.{bid}.ffn_gate_shexp.weight", ("@width", SHARED), required=SHARED),
        Tensor("blk.{bid}.ffn_up_shexp.weight", ("@width", SHARED), required=SHARED),
        Tensor("blk.{bid}.ffn_down_shexp.weight", (SHARED, "@width"), required=SHARED),
    ),
    rules=(
        *GRANITE.rules,
        Rule(r"model\.layers\.(\d+)\.block_sparse_moe\.input_linear\.weight", "half", "0", r"blk.\1.ffn_gate_exps.weight"),
        Rule(r"model\.layers\.(\d+)\.block_sparse_moe\.input_linear\.weight", "half", "1", r"blk.\1.ffn_up_exps.weight"),
        Rule(r"model\.layers\.(\d+)\.shared_mlp\.input_linear\.weight", "half", "0", r"blk.\1.ffn_gate_shexp.weight"),
        Rule(r"model\.layers\.(\d+)\.shared_mlp\.input_linear\.weight", "half", "1", r"blk.\1.ffn_up_shexp.weight"),
    ),
    views={"some_shared": lambda config: config.get(SHARED) or None},
    fixed=(*SILU, Fixed("attention_bias", (False,))),
    defaults={**GRANITE.defaults, "num_local_experts": 8, "num_experts_per_tok": 2},
    add_space_prefix=True,
)  # fmt: skip
