"""Mistral, Mixtral, Mistral 3 with its eyes left out, Ministral 3."""

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


def with_eyes(config: Config) -> Shapes:
    """Mistral 3's tensors, and two of its eyes."""
    for name, shape in llama.shapes(config["text_config"]):
        yield f"language_model.{name}", shape
    yield from matrix("multi_modal_projector.linear_1", 64, 32)
    yield "vision_tower.patch_conv.weight", (32, 3, 2, 2)


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
    # Its text part is Mistral's, so there are no logits of its own.
    "mistral3": Tiny(
        "llama3", "BF16", "Mistral3ForConditionalGeneration", "mistral3", shapes=with_eyes, logits=None,
        config={
            "text_config": {
                "model_type": "mistral", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
                "num_key_value_heads": 2, "head_dim": 32, "vocab_size": 380, "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5,
                "rope_theta": 1e9, "hidden_act": "silu", "sliding_window": None, "tie_word_embeddings": False,
            },
            "vision_config": {"model_type": "pixtral", "hidden_size": 32, "num_hidden_layers": 1}, "image_token_index": 10,
        },
    ),
    "ministral3": Tiny(
        "llama3", "BF16", "Ministral3ForCausalLM", "ministral3", shapes=llama.shapes,
        config={
            "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 1024, "pad_token_id": 0,
            "rope_parameters": {
                "rope_type": "yarn", "type": "yarn", "rope_theta": 1e6, "factor": 16.0, "original_max_position_embeddings": 16,
                "beta_fast": 32.0, "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1,
            },
        },
    ),
}  # fmt: skip
