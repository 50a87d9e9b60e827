"""Llama, in the dialects of several years."""

from __future__ import annotations

from ..tiny import UNKNOWN, Config, Shapes, Tiny, around, attention, gated, vector


def shapes(config: Config) -> Shapes:
    """Llama's tensors."""
    width = config["hidden_size"]

    def block(prefix: str, number: int) -> Shapes:
        yield from vector(f"{prefix}input_layernorm", width)
        yield from attention(prefix, config, "qkvo" if config.get("attention_bias") else "")
        yield from vector(f"{prefix}post_attention_layernorm", width)
        yield from gated(f"{prefix}mlp.", width, config["intermediate_size"], bool(config.get("mlp_bias")))

    return around(config, block)


CHATML = (
    "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA31_ROPE = {
    "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
}  # fmt: skip

SEVERAL_EOS = "llama.cpp's converter forgets the second EOS of generation_config.json"

FOLDERS: dict[str, Tiny] = {
    # The one for everything that is not about conversion: rows of 256, so that every quantization applies.
    "tiny-llama": Tiny(
        "qwen2", shapes=shapes, config={
            "hidden_size": 256, "intermediate_size": 512, "num_attention_heads": 4, "num_key_value_heads": 2,
            "tie_word_embeddings": True, "max_position_embeddings": 512,
        },
        tokenizer_config={"chat_template": CHATML},
    ),
    "llama2-spm-f16": Tiny("spm", "F16", shapes=shapes, tokenizer_config={"add_bos_token": True, "add_eos_token": False}, differs=UNKNOWN),
    "llama2-fallback": Tiny(
        "fallback", shapes=shapes, tokenizer_config={"add_bos_token": True, "add_eos_token": False, "legacy": False},
        differs={
            "tokenizer.ggml.scores": "llama.cpp's converter gives every token the same score, which splits text wrongly",
            "tokenizer.ggml.token_type": "it marks <unk> as a control token; in SentencePiece's own file it is the unknown token",
        },
    ),
    "llama31-rope": Tiny(
        "llama3", shapes=shapes,
        config={"num_key_value_heads": 2, "rope_theta": 500_000.0, "rope_scaling": LLAMA31_ROPE, "max_position_embeddings": 131_072},
        generation={"temperature": 0.6, "top_p": 0.9, "eos_token_id": [377, 379]}, shards=2,
        differs={"tokenizer.ggml.eos_token_ids": SEVERAL_EOS, "tokenizer.ggml.eot_token_id": SEVERAL_EOS},
    ),
    "llama32-tied": Tiny(
        "llama3", shapes=shapes, config={
            "num_key_value_heads": 1, "tie_word_embeddings": True, "rope_parameters": {**LLAMA31_ROPE, "factor": 32.0, "rope_theta": 500_000.0},
        },
        tokenizer_config={"chat_template": [{"name": "default", "template": CHATML}, {"name": "tool_use", "template": "tools" + CHATML}]},
    ),
    "llama-biases-f32": Tiny(
        "qwen2", "F32", shapes=shapes, config={
            "attention_bias": True, "mlp_bias": True, "num_key_value_heads": 2, "head_dim": 24, "rms_norm_eps": 1e-6, "vocab_size": 400,
        },
    ),
    "llama-yarn": Tiny(
        "qwen2", "F16", shapes=shapes, config={
            "rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 2048, "beta_fast": 32.0, "beta_slow": 1.0},
            "max_position_embeddings": 8192,
        },
    ),
    "llama-linear": Tiny(
        "spm", "BF16", shapes=shapes, config={"rope_scaling": {"type": "linear", "factor": 2.0}, "num_hidden_layers": 3, "vocab_size": 432},
        tokenizer_config={"added_tokens_decoder": {
            "0": {"content": "<unk>", "special": True}, "1": {"content": "<s>", "special": True}, "2": {"content": "</s>", "special": True},
            "428": {"content": "<tool>", "special": False}, "429": {"content": "\u2581\u2581", "special": False},
        }},
        differs=UNKNOWN,
    ),
}  # fmt: skip
