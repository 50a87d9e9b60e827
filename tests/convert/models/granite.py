"""Granite and SmolLM3: Llama's tensors."""

from __future__ import annotations

from ..tiny import Tiny
from . import llama

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
}  # fmt: skip
