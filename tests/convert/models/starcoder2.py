"""StarCoder2."""

from __future__ import annotations

from ..tiny import GELU, Config, Shapes, Tiny, around, attention, matrix, vector


def shapes(config: Config) -> Shapes:
    """StarCoder2's tensors."""
    width, inner = config["hidden_size"], config["intermediate_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width, biased=True)
        yield from attention(prefix, config, "qkvo")
        yield from vector(f"{prefix}post_attention_layernorm", width, biased=True)
        yield from matrix(f"{prefix}mlp.c_fc", inner, width, biased=True)
        yield from matrix(f"{prefix}mlp.c_proj", width, inner, biased=True)

    return around(config, block, biased=True)


FOLDERS = {
    "starcoder2": Tiny(
        "qwen2", "BF16", "Starcoder2ForCausalLM", "starcoder2", shapes=shapes, logits=GELU,
        config={
            "num_key_value_heads": 2, "rms_norm_eps": None, "norm_epsilon": 1e-5, "hidden_act": "gelu_pytorch_tanh", "use_bias": True,
            "tie_word_embeddings": True, "rope_theta": 100_000.0, "sliding_window": None,
        },
    ),
}  # fmt: skip
