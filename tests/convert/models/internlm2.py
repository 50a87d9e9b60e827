"""InternLM2 and 3. Logits are what transformers computes with the same weights rewritten as Llama: it has no InternLM2, and InternLM3 not with biases for some."""

from __future__ import annotations

from ..tiny import UNKNOWN, Config, Shapes, Tiny, around, attention, gated, head_dim, matrix, vector


def shapes(config: Config) -> Shapes:
    """InternLM2's tensors."""
    width, inner, dim = config["hidden_size"], config["intermediate_size"], head_dim(config)
    heads = config["num_attention_heads"] + 2 * config["num_key_value_heads"]
    yield "model.tok_embeddings.weight", (config["vocab_size"], width)
    for number in range(config["num_hidden_layers"]):
        prefix = f"model.layers.{number}."
        yield from vector(f"{prefix}attention_norm", width)
        yield from matrix(f"{prefix}attention.wqkv", heads * dim, width)
        yield from matrix(f"{prefix}attention.wo", width, width)
        yield from vector(f"{prefix}ffn_norm", width)
        for name, rows, columns in (("w1", inner, width), ("w2", width, inner), ("w3", inner, width)):
            yield from matrix(f"{prefix}feed_forward.{name}", rows, columns)
    yield from vector("model.norm", width)
    yield "output.weight", (config["vocab_size"], width)


def internlm3(config: Config) -> Shapes:
    """InternLM3's tensors."""

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", config["hidden_size"])
        yield from attention(prefix, config, "qkv")
        yield from vector(f"{prefix}post_attention_layernorm", config["hidden_size"])
        yield from gated(f"{prefix}mlp.", config["hidden_size"], config["intermediate_size"])

    return around(config, block)


FOLDERS = {
    "internlm2": Tiny(
        "spm", "BF16", "InternLM2ForCausalLM", "internlm2", shapes=shapes, differs={**UNKNOWN, "tokenizer.ggml.add_space_prefix": "true is what llama.cpp takes anyway"},
        config={"num_key_value_heads": 2, "bias": False, "rope_theta": 1e6, "rope_scaling": {"type": "dynamic", "factor": 2.0}},
    ),
    "internlm3": Tiny(
        "spm", "BF16", "InternLM3ForCausalLM", "internlm3", shapes=internlm3, differs=UNKNOWN,
        config={"num_key_value_heads": 2, "head_dim": 32, "bias": False, "qkv_bias": True, "rope_theta": 5e7},
        tokenizer_config={"add_prefix_space": True},
    ),
}  # fmt: skip
