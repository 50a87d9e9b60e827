"""Mistral and Mixtral."""

from __future__ import annotations

from ..tiny import UNKNOWN, Config, Shapes, Tiny, around, attention, matrix, vector
from . import llama


def mixtral(config: Config) -> Shapes:
    """Mixtral's tensors."""
    width, inner = config["hidden_size"], config["intermediate_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config)
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}block_sparse_moe.gate", config["num_local_experts"], width)
        for expert in range(config["num_local_experts"]):
            for name, rows, columns in (("w1", inner, width), ("w2", width, inner), ("w3", inner, width)):
                yield from matrix(f"{prefix}block_sparse_moe.experts.{expert}.{name}", rows, columns)

    return around(config, block)


FOLDERS = {
    "mistral": Tiny(
        "spm", "BF16", "MistralForCausalLM", "mistral", shapes=llama.shapes,
        config={"num_key_value_heads": 2, "head_dim": 32, "rms_norm_eps": None, "sliding_window": None},
        tokenizer_config={"add_bos_token": True, "add_prefix_space": True}, differs=UNKNOWN,
    ),
    "mixtral": Tiny(
        "spm", "F16", "MixtralForCausalLM", "mixtral", shapes=mixtral,
        config={"num_key_value_heads": 2, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": None}, shards=3,
        differs=UNKNOWN,
    ),
}  # fmt: skip
