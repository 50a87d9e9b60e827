"""Mistral Small 3.1 and 3.2, Ministral 3: Mistral with a temperature for distant tokens. Of models with eyes, the text part."""

from __future__ import annotations

from dataclasses import replace

from ..records import Key, Rule
from .llama import LLAMA

MISTRAL3 = replace(
    LLAMA,
    name="mistral3",
    models=("Mistral3ForConditionalGeneration", "Ministral3ForCausalLM"),
    keys=(
        *LLAMA.keys,
        Key("{arch}.rope.scaling.yarn_log_multiplier", ("@rope.mscale_all_dim",), "f32"),
        Key("{arch}.attention.temperature_scale", ("@rope.llama_4_scaling_beta",), "f32"),
    ),
    rules=(
        Rule(r"(?:model\.)?(?:vision_tower|multi_modal_projector)\..+", "drop"),
        Rule(r"(?:model\.)?language_model\.(?:model\.)?((?:layers|embed_tokens|norm)\..+)", name=r"model.\1"),
        Rule(r"(?:model\.)?language_model\.(lm_head\..+)", name=r"\1"),
        *LLAMA.rules,
    ),
    defaults={
        "max_position_embeddings": 131_072, "rms_norm_eps": 1e-5, "rope_theta": 1e6, "tie_word_embeddings": False, "head_dim": 128,
        "num_key_value_heads": 8,
    },
)  # fmt: skip
