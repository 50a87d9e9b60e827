"""Arcee's AFM."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, matrix, vector
from .llama import LLAMA31_ROPE


def shapes(config: Config) -> Shapes:
    """AFM's tensors."""
    width, inner = config["hidden_size"], config["intermediate_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config)
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}mlp.up_proj", inner, width)
        yield from matrix(f"{prefix}mlp.down_proj", width, inner)

    return around(config, block)


FOLDERS = {
    "arcee": Tiny(
        "llama3", "BF16", "ArceeForCausalLM", "arcee", shapes=shapes,
        config={
            "hidden_act": "relu2", "num_key_value_heads": 2, "rope_theta": 10_000.0, "max_position_embeddings": 65_536,
            "rope_scaling": {"rope_type": "yarn", "factor": 20.0, "original_max_position_embeddings": 4096, "beta_fast": 32.0,
                             "beta_slow": 1.0},
        },
    ),
    "arcee-rope": Tiny(
        "llama3", "BF16", "ArceeForCausalLM", "arcee", shapes=shapes,
        config={"hidden_act": "relu2", "rope_theta": 500_000.0, "rope_scaling": LLAMA31_ROPE, "max_position_embeddings": 131_072},
    ),
}  # fmt: skip
