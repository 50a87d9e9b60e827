"""DeepSeek-V2, V2-Lite and V3 with a block for later tokens."""

from __future__ import annotations

from ..tiny import NULL, Config, Shapes, Tiny, around, gated, matrix, vector


def shapes(config: Config) -> Shapes:
    """The tensors of all of them."""
    width, heads = config["hidden_size"], config["num_attention_heads"]
    nope, rope, value, rank = (config[name] for name in ("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim", "kv_lora_rank"))

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        if config["q_lora_rank"] is not None:
            yield from matrix(f"{prefix}self_attn.q_a_proj", config["q_lora_rank"], width)
            yield from vector(f"{prefix}self_attn.q_a_layernorm", config["q_lora_rank"])
            yield from matrix(f"{prefix}self_attn.q_b_proj", heads * (nope + rope), config["q_lora_rank"])
        else:
            yield from matrix(f"{prefix}self_attn.q_proj", heads * (nope + rope), width)
        yield from matrix(f"{prefix}self_attn.kv_a_proj_with_mqa", rank + rope, width)
        yield from vector(f"{prefix}self_attn.kv_a_layernorm", rank)
        yield from matrix(f"{prefix}self_attn.kv_b_proj", heads * (nope + value), rank)
        yield from matrix(f"{prefix}self_attn.o_proj", width, heads * value)
        yield from vector(f"{prefix}post_attention_layernorm", width)
        if number < config["first_k_dense_replace"]:
            yield from gated(f"{prefix}mlp.", width, config["intermediate_size"])
            return
        yield from matrix(f"{prefix}mlp.gate", config["n_routed_experts"], width)
        if config.get("topk_method") == "noaux_tc":
            yield f"{prefix}mlp.gate.e_score_correction_bias", (config["n_routed_experts"],)
        for expert in range(config["n_routed_experts"]):
            yield from gated(f"{prefix}mlp.experts.{expert}.", width, config["moe_intermediate_size"])
        yield from gated(f"{prefix}mlp.shared_experts.", width, config["n_shared_experts"] * config["moe_intermediate_size"])

    yield from around(config, block)
    for number in range(config["num_hidden_layers"], config["num_hidden_layers"] + config.get("num_nextn_predict_layers", 0)):
        yield from vector(f"model.layers.{number}.enorm", width)
        yield from matrix(f"model.layers.{number}.eh_proj", width, 2 * width)
        yield from block(f"model.layers.{number}.", number)


COMMON = {
    "kv_lora_rank": 16, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 16, "n_routed_experts": 8, "num_experts_per_tok": 2,
    "moe_intermediate_size": 32, "first_k_dense_replace": 1, "moe_layer_freq": 1, "rms_norm_eps": 1e-6,
}  # fmt: skip
YARN = {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096, "beta_fast": 32, "beta_slow": 1}

FOLDERS = {
    "deepseek2": Tiny(
        "qwen2", "BF16", "DeepseekV2ForCausalLM", "deepseek_v2", shapes=shapes,
        config={
            **COMMON, "num_hidden_layers": 3, "q_lora_rank": 32, "n_shared_experts": 2, "topk_method": "greedy", "scoring_func": "softmax",
            "norm_topk_prob": False, "routed_scaling_factor": 4.0, "max_position_embeddings": 163_840,
            "rope_scaling": {**YARN, "mscale": 0.707, "mscale_all_dim": 0.707},
        },
    ),
    # llama.cpp weighs groups of experts otherwise, so there are no logits to compare.
    "deepseek2-groups": Tiny(
        "qwen2", "BF16", "DeepseekV2ForCausalLM", "deepseek_v2", shapes=shapes, logits=None,
        config={
            **COMMON, "num_hidden_layers": 2, "q_lora_rank": 32, "n_shared_experts": 2, "topk_method": "group_limited_greedy",
            "scoring_func": "softmax", "norm_topk_prob": False, "routed_scaling_factor": 16.0, "n_group": 4, "topk_group": 2,
        },
    ),
    # llama.cpp tells the lite ones by their 26 or 27 blocks.
    "deepseek2-lite": Tiny(
        "qwen2", "F16", "DeepseekV2ForCausalLM", "deepseek_v2", shapes=shapes,
        config={
            **COMMON, "num_hidden_layers": 26, "q_lora_rank": NULL, "n_shared_experts": 1, "n_routed_experts": 4, "topk_method": "greedy",
            "scoring_func": "softmax", "norm_topk_prob": False, "routed_scaling_factor": 1.0,
        },
    ),
    "deepseek3": Tiny(
        "qwen2", "BF16", "DeepseekV3ForCausalLM", "deepseek_v3", shapes=shapes,
        config={
            **COMMON, "num_hidden_layers": 3, "q_lora_rank": 32, "n_shared_experts": 1, "topk_method": "noaux_tc", "scoring_func": "sigmoid",
            "norm_topk_prob": True, "routed_scaling_factor": 2.5, "n_group": 4, "topk_group": 2, "num_nextn_predict_layers": 1,
            "max_position_embeddings": 163_840, "rope_scaling": {**YARN, "mscale": 1.0, "mscale_all_dim": 1.0},
        },
    ),
}  # fmt: skip
