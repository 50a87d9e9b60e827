"""LFM2, without and with experts."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, attention, head_dim, matrix, vector


def inner(config: Config) -> int:
    """The width of the feed-forward part, which is adjusted to a multiple of something."""
    wanted, step = 2 * config["intermediate_size"] // 3, config.get("block_multiple_of", 1)
    return step * -(-wanted // step) if config.get("block_auto_adjust_ff_dim") else int(config["intermediate_size"])


def gated(prefix: str, width: int, size: int) -> Shapes:
    """A gated feed-forward part."""
    for name, rows, columns in (("w1", size, width), ("w2", width, size), ("w3", size, width)):
        yield from matrix(f"{prefix}{name}", rows, columns)


def shapes(config: Config) -> Shapes:
    """LFM2's tensors."""
    width = config["hidden_size"]
    yield "model.embed_tokens.weight", (config["vocab_size"], width)
    for number, kind in enumerate(config["layer_types"]):
        prefix = f"model.layers.{number}."
        yield from vector(f"{prefix}operator_norm", width)
        if kind == "full_attention":
            yield from attention(prefix, config, last="out_proj")
            for name in "qk":
                yield from vector(f"{prefix}self_attn.{name}_layernorm", head_dim(config))
        else:
            yield f"{prefix}conv.conv.weight", (width, 1, config["conv_L_cache"])
            yield from matrix(f"{prefix}conv.in_proj", 3 * width, width)
            yield from matrix(f"{prefix}conv.out_proj", width, width)
        yield from vector(f"{prefix}ffn_norm", width)
        if number < config.get("num_dense_layers", config["num_hidden_layers"]):
            yield from gated(f"{prefix}feed_forward.", width, inner(config))
            continue
        yield from matrix(f"{prefix}feed_forward.gate", config["num_experts"], width)
        yield f"{prefix}feed_forward.expert_bias", (config["num_experts"],)
        for expert in range(config["num_experts"]):
            yield from gated(f"{prefix}feed_forward.experts.{expert}.", width, config["moe_intermediate_size"])
    yield from vector("model.embedding_norm", width)


FOLDERS = {
    "lfm2": Tiny(
        "llama3", "BF16", "Lfm2ForCausalLM", "lfm2", shapes=shapes,
        config={
            "num_hidden_layers": 3, "layer_types": ["conv", "full_attention", "conv"], "num_key_value_heads": 2, "rms_norm_eps": None,
            "norm_eps": 1e-5, "conv_L_cache": 3, "conv_bias": False, "tie_word_embeddings": True, "intermediate_size": 150,
            "block_auto_adjust_ff_dim": True, "block_ffn_dim_multiplier": 1.0, "block_multiple_of": 32, "rope_theta": 1e6,
            "pad_token_id": 0,
        },
    ),
    "lfm2moe": Tiny(
        "llama3", "BF16", "Lfm2MoeForCausalLM", "lfm2_moe", shapes=shapes,
        config={
            "num_hidden_layers": 3, "layer_types": ["conv", "full_attention", "conv"], "num_key_value_heads": 2, "rms_norm_eps": None,
            "norm_eps": 1e-5, "conv_L_cache": 3, "conv_bias": False, "tie_word_embeddings": True, "num_dense_layers": 1, "num_experts": 6,
            "num_experts_per_tok": 2, "moe_intermediate_size": 32, "norm_topk_prob": True, "use_expert_bias": True,
            "routed_scaling_factor": 1.0, "rope_theta": 1e6, "pad_token_id": 0,
        },
    ),
}  # fmt: skip
