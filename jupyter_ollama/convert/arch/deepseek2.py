"""DeepSeek-V2, V3 and R1: attention over one small vector a token (MLA), experts after the first blocks.

llama.cpp takes the up-projection of keys to the other side of the product: it is stored transposed, apart from that of values.
"""

from __future__ import annotations

from ...sentences import Sentence
from ..config import ConfigView
from ..keys import COMMON, EXPERTS, VOCAB_SIZE
from ..records import SILU, Arch, Fixed, Key, Remark, Rule, Tensor
from ..tensors import EMBEDDINGS, experts
from .qwen3moe import EXPERT_RULES


def _gating(config: ConfigView) -> int | None:
    """How the router weighs experts, by llama.cpp's numbers."""
    kind = config.get("scoring_func")
    if kind is None:
        return None
    if kind not in ("softmax", "sigmoid"):
        raise config.fail(Sentence("scoring_func is %1, which is not known", repr(kind)))
    return 1 if kind == "softmax" else 2


def _yarn_log(config: ConfigView) -> float | None:
    """mscale_all_dim, in the scale in which llama.cpp's converter has always written it for this architecture."""
    held = config.get("@rope.mscale_all_dim")
    return None if held is None else 0.1 * config.number("@rope.mscale_all_dim")


SHARED = "@shared_inner"
_GROUPS = (
    "The router of the original takes the groups whose best expert is best (group_limited_greedy), llama.cpp those whose two best are best "
    "together, as in later versions of the model: answers can differ from the original's."
)

DEEPSEEK2 = Arch(
    name="deepseek2",
    models=("DeepseekV2ForCausalLM", "DeepseekV3ForCausalLM"),
    keys=(
        *(key for key in COMMON if not key.name.endswith("head_count_kv")), *EXPERTS, VOCAB_SIZE,
        Key("{arch}.attention.head_count_kv", (), default=1),
        Key("{arch}.expert_group_count", ("n_group",)),
        Key("{arch}.expert_group_used_count", ("topk_group",)),
        Key("{arch}.expert_gating_func", ("@gating",)),
        Key("{arch}.leading_dense_block_count", ("first_k_dense_replace",), default=0),
        Key("{arch}.attention.q_lora_rank", ("q_lora_rank",)),
        Key("{arch}.attention.kv_lora_rank", ("kv_lora_rank",), required=True),
        Key("{arch}.attention.key_length", ("@mla_width",), required=True),
        Key("{arch}.attention.value_length", ("kv_lora_rank",), required=True),
        Key("{arch}.attention.key_length_mla", ("@mla_key",), required=True),
        Key("{arch}.attention.value_length_mla", ("v_head_dim",), required=True),
        Key("{arch}.expert_feed_forward_length", ("@expert_inner",), required=True),
        Key("{arch}.expert_shared_count", ("n_shared_experts",), default=0),
        Key("{arch}.expert_weights_scale", ("routed_scaling_factor",), "f32"),
        Key("{arch}.expert_weights_norm", ("@norm_topk",), "bool"),
        Key("{arch}.rope.dimension_count", ("qk_rope_head_dim",), required=True),
        Key("{arch}.rope.scaling.yarn_log_multiplier", ("@yarn_log",), "f32"),
    ),
    tensors=(
        *EMBEDDINGS,
        Tensor("blk.{bid}.attn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.attn_q.weight", ("@width", "@mla_q_width"), required="@whole_queries"),
        Tensor("blk.{bid}.attn_q_a.weight", ("@width", "q_lora_rank"), required="q_lora_rank"),
        Tensor("blk.{bid}.attn_q_a_norm.weight", ("q_lora_rank",), required="q_lora_rank"),
        Tensor("blk.{bid}.attn_q_b.weight", ("q_lora_rank", "@mla_q_width"), required="q_lora_rank"),
        Tensor("blk.{bid}.attn_kv_a_mqa.weight", ("@width", "@mla_width")),
        Tensor("blk.{bid}.attn_kv_a_norm.weight", ("kv_lora_rank",)),
        Tensor("blk.{bid}.attn_k_b.weight", ("qk_nope_head_dim", "kv_lora_rank", "@heads")),
        Tensor("blk.{bid}.attn_v_b.weight", ("kv_lora_rank", "v_head_dim", "@heads")),
        Tensor("blk.{bid}.attn_output.weight", ("@mla_out_width", "@width")),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_gate.weight", ("@width", "@inner"), blocks="@dense_blocks"),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner"), blocks="@dense_blocks"),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width"), blocks="@dense_blocks"),
        *experts(blocks="@expert_blocks"),
        Tensor("blk.{bid}.exp_probs_b.bias", ("@experts",), required=False, blocks="@expert_blocks"),
        Tensor("blk.{bid}.ffn_gate_shexp.weight", ("@width", SHARED), required="n_shared_experts", blocks="@expert_blocks"),
        Tensor("blk.{bid}.ffn_up_shexp.weight", ("@width", SHARED), required="n_shared_experts", blocks="@expert_blocks"),
        Tensor("blk.{bid}.ffn_down_shexp.weight", (SHARED, "@width"), required="n_shared_experts", blocks="@expert_blocks"),
    ),
    rules=(
        *EXPERT_RULES,
        Rule(r"(.*\.self_attn)\.kv_b_proj\.weight", "mla_keys", "", r"\1.k_b_proj.weight"),
        Rule(r"(.*\.self_attn)\.kv_b_proj\.weight", "mla_values", "", r"\1.v_b_proj.weight"),
        Rule(r"(.*\.mlp\.gate)\.e_score_correction_bias", "", "", r"\1.e_score_correction.bias"),
    ),
    views={
        "dense_blocks": lambda config: range(min(config.integer("first_k_dense_replace"), config.integer("@blocks"))),
        "expert_blocks": lambda config: range(config.integer("first_k_dense_replace"), config.integer("@blocks")),
        "shared_inner": lambda config: config.integer("n_shared_experts", 0) * config.integer("@expert_inner"),
        "gating": _gating,
        "groups_by_best": lambda config: config.get("topk_method") == "group_limited_greedy" and config.integer("n_group", 1) > 1,
        "norm_topk": lambda config: True if config.get("norm_topk_prob") is True else None,
        "yarn_log": _yarn_log,
        "mla_width": lambda config: config.integer("kv_lora_rank") + config.integer("qk_rope_head_dim"),
        "mla_key": lambda config: config.integer("qk_nope_head_dim") + config.integer("qk_rope_head_dim"),
        "mla_q_width": lambda config: config.integer("@heads") * config.integer("@mla_key"),
        "mla_out_width": lambda config: config.integer("@heads") * config.integer("v_head_dim"),
        "whole_queries": lambda config: not config.get("q_lora_rank"),
    },
    drops_later_blocks=True,
    fixed=(
        *SILU, Fixed("attention_bias", (False,)), Fixed("moe_layer_freq", (1,)), Fixed("rope_interleave", (True,)),
    ),
    remarks=(Remark("@groups_by_best", _GROUPS),),
    defaults={
        "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False,
        "first_k_dense_replace": 0, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    },
)  # fmt: skip
