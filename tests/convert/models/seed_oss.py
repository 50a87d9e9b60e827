"""Seed-OSS: Qwen 2's tensors."""

from __future__ import annotations

from ..tiny import Tiny
from . import qwen

FOLDERS = {
    "seed-oss": Tiny(
        "qwen2", "BF16", "SeedOssForCausalLM", "seed_oss", shapes=qwen.qwen2,
        config={
            "num_key_value_heads": 2, "head_dim": 32, "rope_theta": 1e7, "attention_bias": True, "attention_out_bias": False,
            "mlp_bias": False, "pad_token_id": 0,
        },
    ),
}  # fmt: skip
