"""gpt-oss, in MXFP4 as it is published, and in BF16."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, matrix, vector


def shapes(config: Config) -> Shapes:
    """gpt-oss's tensors; experts in MXFP4 where the config says so."""
    width, inner, count = config["hidden_size"], config["intermediate_size"], config["num_local_experts"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config, "qkvo")
        yield f"{prefix}self_attn.sinks", (config["num_attention_heads"],)
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from matrix(f"{prefix}mlp.router", count, width, biased=True)
        for name, rows, columns in (("gate_up_proj", 2 * inner, width), ("down_proj", width, inner)):
            if "quantization_config" in config:
                yield f"{prefix}mlp.experts.{name}_blocks", (count, rows, columns // 32, 16)
                yield f"{prefix}mlp.experts.{name}_scales", (count, rows, columns // 32)
            else:
                yield f"{prefix}mlp.experts.{name}", (count, columns, rows)
            yield f"{prefix}mlp.experts.{name}_bias", (count, rows)

    return around(config, block)


# truncate: the published ones say false, but llama.cpp rounds the borders between the frequencies that are stretched and those that are not.
COMMON = {
    "intermediate_size": 32, "num_key_value_heads": 2, "head_dim": 16, "num_local_experts": 4, "num_experts_per_tok": 2,
    "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"], "attention_bias": True, "swiglu_limit": 7.0,
    "rope_theta": 150_000, "max_position_embeddings": 131_072,
    "rope_scaling": {
        "rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0, "original_max_position_embeddings": 4096, "truncate": True,
    },
}  # fmt: skip

FOLDERS = {
    # With weights in MXFP4, llama.cpp computes with activations of eight bits, which cannot be compared.
    "gpt-oss": Tiny(
        "qwen2", "BF16", "GptOssForCausalLM", "gpt_oss", shapes=shapes, logits=None,
        config={**COMMON, "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}},
    ),
    "gpt-oss-bf16": Tiny("qwen2", "BF16", "GptOssForCausalLM", "gpt_oss", shapes=shapes, config=COMMON),
}  # fmt: skip
