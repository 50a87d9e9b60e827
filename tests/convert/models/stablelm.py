"""StableLM in its two forms."""

from __future__ import annotations

from ..tiny import Config, Shapes, Tiny, around, attention, gated, head_dim, vector


def shapes(config: Config) -> Shapes:
    """StableLM's tensors."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width, biased=True)
        yield from attention(prefix, config, "qkv" if config.get("use_qkv_bias") else "")
        if config.get("qk_layernorm"):
            for name, count in (("q", config["num_attention_heads"]), ("k", config["num_key_value_heads"])):
                for head in range(count):
                    yield from vector(f"{prefix}self_attn.{name}_layernorm.norms.{head}", head_dim(config))
        if not config.get("use_parallel_residual"):
            yield from vector(f"{prefix}post_attention_layernorm", width, biased=True)
        yield from gated(f"{prefix}mlp.", width, config["intermediate_size"])

    return around(config, block, biased=True)


COMMON = {"rms_norm_eps": None, "layer_norm_eps": 1e-5, "rope_theta": 20_000.0}
DIFFERS = {"stablelm.rope.freq_base": "llama.cpp's converter leaves it out, so that a model with another base would run wrongly"}

FOLDERS = {
    "stablelm": Tiny(
        "qwen2", "F16", "StableLmForCausalLM", "stablelm", shapes=shapes, differs=DIFFERS,
        config={**COMMON, "use_qkv_bias": True, "partial_rotary_factor": 0.25},
    ),
    "stablelm-12b": Tiny(
        "qwen2", "BF16", "StableLmForCausalLM", "stablelm", shapes=shapes, converted=False,  # it loses the norms of the heads
        config={**COMMON, "num_key_value_heads": 2, "qk_layernorm": True, "use_parallel_residual": True, "partial_rotary_factor": 0.5},
    ),
}  # fmt: skip
