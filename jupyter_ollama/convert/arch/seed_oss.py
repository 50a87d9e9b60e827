"""ByteDance's Seed-OSS: Qwen 2's shape with a head size of its own."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES
from ..records import SILU, Arch, Fixed, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU, qkv_biases

SEED_OSS = Arch(
    name="seed_oss",
    models=("SeedOssForCausalLM",),
    keys=(*COMMON, *HEAD_SIZES),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *qkv_biases("attention_bias"),
        *(tensor for tensor in SWIGLU if tensor.name != "blk.{bid}.ffn_norm.weight"),
        Tensor("blk.{bid}.post_attention_norm.weight", ("@width",)),
    ),
    fixed=(*SILU, Fixed("attention_out_bias", (False,)), Fixed("mlp_bias", (False,))),
    defaults={
        "max_position_embeddings": 524_288, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False, "head_dim": 128,
        "num_key_value_heads": 8, "attention_bias": True,
    },
)  # fmt: skip
