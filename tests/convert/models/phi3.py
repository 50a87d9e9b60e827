"""Phi-3, with and without factors for long contexts, and Phi-4-mini, which rotates only a part of each head."""

from __future__ import annotations

from ..tiny import UNKNOWN, Config, Shapes, Tiny, around, head_dim, matrix, vector


def shapes(config: Config) -> Shapes:
    """Phi-3's tensors."""
    width, inner, q = config["hidden_size"], config["intermediate_size"], config["num_attention_heads"] * head_dim(config)
    kv = config["num_key_value_heads"] * head_dim(config)

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from matrix(f"{prefix}self_attn.qkv_proj", q + 2 * kv, width)
        yield from matrix(f"{prefix}self_attn.o_proj", width, q)
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}mlp.gate_up_proj", 2 * inner, width)
        yield from matrix(f"{prefix}mlp.down_proj", width, inner)

    return around(config, block)


def longrope(count: int) -> dict[str, object]:
    """Factors that grow with the wavelength."""
    return {
        "type": "longrope",
        "short_factor": [1.0 + 0.03 * place for place in range(count)], "long_factor": [1.0 + 0.9 * place for place in range(count)],
    }  # fmt: skip


UNNAMED = {**UNKNOWN, "general.name": "llama.cpp wants <|endoftext|> of models that are called phi3"}

FOLDERS = {
    "phi3": Tiny(
        "spm", "BF16", "Phi3ForCausalLM", "phi3", shapes=shapes, config={"sliding_window": 2047, "pad_token_id": 0}, differs=UNNAMED,
    ),
    "phi3-longrope": Tiny(
        "spm", "BF16", "Phi3ForCausalLM", "phi3", shapes=shapes,
        config={
            "original_max_position_embeddings": 4096, "max_position_embeddings": 131_072, "rope_scaling": longrope(8),
            "sliding_window": 262_144, "pad_token_id": 0,
        },
        differs=UNNAMED,
    ),
    "phi4-mini": Tiny(
        "llama3", "BF16", "Phi3ForCausalLM", "phi3", shapes=shapes,
        config={
            "original_max_position_embeddings": 4096, "max_position_embeddings": 131_072, "rope_scaling": longrope(6),
            "partial_rotary_factor": 0.75, "num_key_value_heads": 2, "tie_word_embeddings": True, "sliding_window": None, "pad_token_id": 0,
        },
        tokenizer_config={"tokenizer_class": "GPT2Tokenizer"},
    ),
}  # fmt: skip
