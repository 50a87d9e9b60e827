"""Qwen 2 and 3, without and with experts."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, gated, matrix, vector


def qwen2(config: Config) -> Shapes:
    """Qwen 2's tensors."""

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", config["hidden_size"])
        yield from attention(prefix, config, "qkv")
        yield from vector(f"{prefix}post_attention_layernorm", config["hidden_size"])
        yield from gated(f"{prefix}mlp.", config["hidden_size"], config["intermediate_size"])

    return around(config, block)


def qwen3(config: Config) -> Shapes:
    """Qwen 3's tensors; with experts where there are any."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config)
        for name in "qk":
            yield from vector(f"{prefix}self_attn.{name}_norm", config["head_dim"])
        yield from vector(f"{prefix}post_attention_layernorm", width)
        if "num_experts" not in config:
            yield from gated(f"{prefix}mlp.", width, config["intermediate_size"])
            return
        yield from matrix(f"{prefix}mlp.gate", config["num_experts"], width)
        for expert in range(config["num_experts"]):
            yield from gated(f"{prefix}mlp.experts.{expert}.", width, config["moe_intermediate_size"])

    return around(config, block)


def qwen2moe(config: Config) -> Shapes:
    """Qwen 2's tensors with experts."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config, "qkv")
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}mlp.gate", config["num_experts"], width)
        for expert in range(config["num_experts"]):
            yield from gated(f"{prefix}mlp.experts.{expert}.", width, config["moe_intermediate_size"])
        yield from gated(f"{prefix}mlp.shared_expert.", width, config["shared_expert_intermediate_size"])
        yield from matrix(f"{prefix}mlp.shared_expert_gate", 1, width)

    return around(config, block)


FOLDERS = {
    "qwen2": Tiny(
        "qwen2", "BF16", "Qwen2ForCausalLM", "qwen2", shapes=qwen2,
        config={"num_key_value_heads": 2, "rope_theta": 1e6, "tie_word_embeddings": True, "sliding_window": 4096, "max_window_layers": 21,
                "use_sliding_window": False},
    ),
    "qwen3": Tiny(
        "qwen2", "BF16", "Qwen3ForCausalLM", "qwen3", shapes=qwen3,
        config={"num_key_value_heads": 2, "head_dim": 32, "rope_parameters": {"rope_type": "default", "rope_theta": 1e6}},
    ),
    "qwen3moe": Tiny(
        "qwen2", "BF16", "Qwen3MoeForCausalLM", "qwen3_moe", shapes=qwen3,
        config={
            "num_key_value_heads": 2, "head_dim": 32, "rope_theta": 1e6, "num_experts": 8, "num_experts_per_tok": 2,
            "moe_intermediate_size": 32, "norm_topk_prob": True, "mlp_only_layers": [], "decoder_sparse_step": 1,
        },
    ),
    "qwen2moe": Tiny(
        "qwen2", "BF16", "Qwen2MoeForCausalLM", "qwen2_moe", shapes=qwen2moe,
        config={
            "rope_theta": 1e6, "num_experts": 6, "num_experts_per_tok": 2, "moe_intermediate_size": 32,
            "shared_expert_intermediate_size": 48, "norm_topk_prob": False, "decoder_sparse_step": 1, "sliding_window": 4096,
        },
    ),
}  # fmt: skip
