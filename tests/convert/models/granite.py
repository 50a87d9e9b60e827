"""Granite and SmolLM3 with Llama's tensors, and Granite with experts."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, matrix, vector
from . import llama


def experts(config: Config) -> Shapes:
    """The tensors of a Granite with experts."""
    width, inner, count = config["hidden_size"], config["intermediate_size"], config["num_local_experts"]
    shared = config.get("shared_intermediate_size")

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config)
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}block_sparse_moe.router.layer", count, width)
        yield f"{prefix}block_sparse_moe.input_linear.weight", (count, 2 * inner, width)
        yield f"{prefix}block_sparse_moe.output_linear.weight", (count, width, inner)
        if shared:
            yield from matrix(f"{prefix}shared_mlp.input_linear", 2 * shared, width)
            yield from matrix(f"{prefix}shared_mlp.output_linear", width, shared)

    return around(config, block)


EXPERTS = {
    "num_key_value_heads": 2, "intermediate_size": 32, "num_local_experts": 6, "num_experts_per_tok": 2, "attention_multiplier": 0.1,
    "embedding_multiplier": 12.0, "residual_multiplier": 0.22, "logits_scaling": 6.0, "tie_word_embeddings": True,
}  # fmt: skip

FOLDERS = {
    "granite": Tiny(
        "qwen2", "BF16", "GraniteForCausalLM", "granite", shapes=llama.shapes,
        config={
            "num_key_value_heads": 2, "attention_multiplier": 0.1, "embedding_multiplier": 12.0, "residual_multiplier": 0.22,
            "logits_scaling": 8.0, "tie_word_embeddings": True,
        },
    ),
    "smollm3": Tiny(
        "llama3", "BF16", "SmolLM3ForCausalLM", "smollm3", shapes=llama.shapes,
        config={
            "num_hidden_layers": 4, "num_key_value_heads": 2, "tie_word_embeddings": True, "no_rope_layers": [1, 1, 1, 0],
            "rope_theta": 5e6, "pad_token_id": 0,
        },
    ),
    "granitemoe": Tiny("qwen2", "BF16", "GraniteMoeForCausalLM", "granitemoe", shapes=experts, config=EXPERTS),
    "granitemoe-shared": Tiny(
        "qwen2", "BF16", "GraniteMoeSharedForCausalLM", "granitemoeshared", shapes=experts,
        config={**EXPERTS, "shared_intermediate_size": 48},
    ),
}  # fmt: skip
