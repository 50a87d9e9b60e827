"""Command R and R7B."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, gated, vector


def shapes(config: Config) -> Shapes:
    """Command R's tensors."""

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", config["hidden_size"])
        yield from attention(prefix, config)
        yield from gated(f"{prefix}mlp.", config["hidden_size"], config["intermediate_size"])

    return around(config, block)


FOLDERS = {
    "cohere": Tiny(
        "qwen2", "F16", "CohereForCausalLM", "cohere", shapes=shapes,
        config={
            "num_key_value_heads": 2, "layer_norm_eps": 1e-5, "rms_norm_eps": None, "logit_scale": 0.0625, "tie_word_embeddings": True,
            "model_max_length": 8192, "rope_theta": 10_000.0, "pad_token_id": 0,
        },
    ),
    "cohere2": Tiny(
        "qwen2", "BF16", "Cohere2ForCausalLM", "cohere2", shapes=shapes,
        config={
            "num_hidden_layers": 4, "num_key_value_heads": 2, "layer_norm_eps": 1e-5, "rms_norm_eps": None, "logit_scale": 0.25,
            "tie_word_embeddings": True, "rope_theta": 50_000.0, "rotary_pct": 1.0, "sliding_window": 16, "sliding_window_pattern": 4,
            "pad_token_id": 0,
        },
    ),
}  # fmt: skip
