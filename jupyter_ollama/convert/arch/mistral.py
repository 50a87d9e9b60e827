"""Mistral 7B and its kin, up to Mistral Nemo: Llama with its own defaults. llama.cpp runs them as Llama, without their sliding window."""

from __future__ import annotations

from dataclasses import replace

from .llama import LLAMA

MISTRAL = replace(
    LLAMA,
    models=("MistralForCausalLM",),
    defaults={
        "max_position_embeddings": 131_072, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False,
        "num_key_value_heads": 8,
    },
)  # fmt: skip
