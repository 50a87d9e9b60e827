"""OLMo 1, 2 and 3, and OLMoE."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, gated, head_dim, matrix, vector


def olmo(config: Config) -> Shapes:
    """OLMo 1's tensors: norms have none."""

    def block(prefix: str, number: int) -> Shapes:
        yield from attention(prefix, config)
        yield from gated(f"{prefix}mlp.", config["hidden_size"], config["intermediate_size"])

    return ((name, shape) for name, shape in around(config, block) if name != "model.norm.weight")


def olmo2(config: Config) -> Shapes:
    """OLMo 2's and 3's tensors."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from attention(prefix, config)
        yield from vector(f"{prefix}self_attn.q_norm", config["num_attention_heads"] * head_dim(config))
        yield from vector(f"{prefix}self_attn.k_norm", config["num_key_value_heads"] * head_dim(config))
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from gated(f"{prefix}mlp.", width, config["intermediate_size"])
        yield from vector(f"{prefix}post_feedforward_layernorm", width)

    return around(config, block)


def olmoe(config: Config) -> Shapes:
    """OLMoE's tensors."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config)
        yield from vector(f"{prefix}self_attn.q_norm", config["num_attention_heads"] * head_dim(config))
        yield from vector(f"{prefix}self_attn.k_norm", config["num_key_value_heads"] * head_dim(config))
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}mlp.gate", config["num_experts"], width)
        for expert in range(config["num_experts"]):
            yield from gated(f"{prefix}mlp.experts.{expert}.", width, config["intermediate_size"])

    return around(config, block)


FOLDERS = {
    "olmo": Tiny(
        "qwen2", "BF16", "OlmoForCausalLM", "olmo", shapes=olmo,
        config={"num_key_value_heads": 2, "rms_norm_eps": None, "clip_qkv": 0.5, "pad_token_id": 1},
    ),
    "olmo2": Tiny(
        "qwen2", "BF16", "Olmo2ForCausalLM", "olmo2", shapes=olmo2,
        config={"num_key_value_heads": 2, "rope_theta": 500_000.0, "pad_token_id": 1},
    ),
    "olmo3": Tiny(
        "qwen2", "BF16", "Olmo3ForCausalLM", "olmo3", shapes=olmo2,
        config={
            "num_hidden_layers": 4, "num_key_value_heads": 2, "rope_theta": 500_000.0, "sliding_window": 16, "pad_token_id": 1,
            "layer_types": ["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"],
        },
    ),
    "olmoe": Tiny(
        "qwen2", "BF16", "OlmoeForCausalLM", "olmoe", shapes=olmoe,
        config={"intermediate_size": 32, "num_experts": 8, "num_experts_per_tok": 2, "pad_token_id": 1},
    ),
}  # fmt: skip
