"""Gemma 1, 2 and 3."""

from __future__ import annotations

from ..tiny import GELU, UNKNOWN, Config, Shapes, Tiny, around, attention, gated, vector

BASE: Config = {
    "hidden_act": None, "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": True, "head_dim": 32, "num_key_value_heads": 1,
    "bos_token_id": 1, "eos_token_id": 2, "rms_norm_eps": 1e-6,
}  # fmt: skip
GEMMA2: Config = {
    **BASE, "query_pre_attn_scalar": 32, "sliding_window": 16, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0,
    "num_hidden_layers": 3, "num_key_value_heads": 2,
}  # fmt: skip
GEMMA3: Config = {
    **BASE, "query_pre_attn_scalar": 32, "sliding_window": 16, "num_hidden_layers": 7, "rope_theta": 1_000_000.0,
    "rope_local_base_freq": 10_000.0, "max_position_embeddings": 131_072,
}  # fmt: skip
COMMON = {"add_bos_token": True, "add_eos_token": False}


def shapes(config: Config, *, norms: bool = False, head_norms: bool = False) -> Shapes:
    """Gemma's tensors. ``norms``: those of Gemma 2 behind each part; ``head_norms``: those of Gemma 3 on queries and keys."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config)
        if head_norms:
            yield from vector(f"{prefix}self_attn.q_norm", config["head_dim"])
            yield from vector(f"{prefix}self_attn.k_norm", config["head_dim"])
        yield from vector(f"{prefix}post_attention_layernorm", width)
        if norms:
            yield from vector(f"{prefix}pre_feedforward_layernorm", width)
            yield from vector(f"{prefix}post_feedforward_layernorm", width)
        yield from gated(f"{prefix}mlp.", width, config["intermediate_size"])

    return around(config, block)


def gemma2(config: Config) -> Shapes:
    """Gemma 2's tensors."""
    return shapes(config, norms=True)


def gemma3(config: Config) -> Shapes:
    """Gemma 3's tensors."""
    return shapes(config, norms=True, head_norms=True)


FOLDERS: dict[str, Tiny] = {
    "gemma": Tiny(
        "gemma-spm", "BF16", "GemmaForCausalLM", "gemma", shapes=shapes, config=BASE, tokenizer_config=COMMON, logits=GELU, norms=0.0,
        differs={**UNKNOWN, "tokenizer.ggml.eot_token_id": "llama.cpp's converter takes token 107 for the end of a turn, whatever it is"},
    ),
    "gemma2": Tiny(
        "gemma-spm", "BF16", "Gemma2ForCausalLM", "gemma2", shapes=gemma2, config=GEMMA2, tokenizer_config=COMMON, logits=GELU, norms=0.0,
        differs=UNKNOWN,
    ),
    "gemma3": Tiny(
        "gemma-spm", "BF16", "Gemma3ForCausalLM", "gemma3_text", shapes=gemma3, config=GEMMA3, tokenizer_config=COMMON, logits=GELU, norms=0.0,
        differs=UNKNOWN,
    ),
    "gemma3-fallback-linear": Tiny(
        "gemma-fallback", "F32", "Gemma3ForCausalLM", "gemma3_text", shapes=gemma3, tokenizer_config=COMMON, logits=GELU, norms=0.0,
        config={**GEMMA3, "rope_scaling": {"rope_type": "linear", "factor": 8.0}, "sliding_window_pattern": 6},
        differs=dict.fromkeys(
            ("tokenizer.ggml.model", "tokenizer.ggml.pre", "tokenizer.ggml.scores", "tokenizer.ggml.token_type", "tokenizer.ggml.merges",
             "tokenizer.ggml.add_space_prefix"),
            "llama.cpp's converter takes it for a byte-level tokenizer, which it is not",
        ),
    ),
}  # fmt: skip
