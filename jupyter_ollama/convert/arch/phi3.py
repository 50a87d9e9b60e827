"""Phi-3, Phi-3.5, Phi-4 and Phi-4-mini: one matrix for queries, keys and values, one for gate and up; two lists of factors for contexts."""

from __future__ import annotations

from ..keys import COMMON, ROTARY_SIZE
from ..records import SILU, Arch, Fixed, Key, Made, Tensor
from ..rope import long_attention, long_factors, short_factors
from ..tensors import EMBEDDINGS

PHI3 = Arch(
    name="phi3",
    models=("Phi3ForCausalLM",),
    keys=(
        *(key for key in COMMON if ".rope.scaling." not in key.name),
        Key("{arch}.rope.scaling.original_context_length", ("@rope.original_max_position_embeddings",), required=True),
        Key("{arch}.rope.scaling.attn_factor", ("@long_attention",), "f32"),
        Key("{arch}.attention.sliding_window", ("sliding_window",), default=0),  # 0: none, which tells Phi-4 from the others
        ROTARY_SIZE,
    ),
    tensors=(
        *EMBEDDINGS,
        Tensor("rope_factors_long.weight", ("@half_rotary_dim",), required=False),
        Tensor("rope_factors_short.weight", ("@half_rotary_dim",), required=False),
        Tensor("blk.{bid}.attn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.attn_qkv.weight", ("@width", "@qkv_width")),
        Tensor("blk.{bid}.attn_output.weight", ("@q_width", "@width")),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@twice_inner")),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
    ),
    made=(Made("rope_factors_long.weight", long_factors), Made("rope_factors_short.weight", short_factors)),
    views={
        "twice_inner": lambda config: 2 * config.integer("@inner"),
        "long_attention": long_attention,
    },
    fixed=(*SILU, Fixed("@rope.rope_type", ("default", "longrope", "su"))),
    defaults={
        "max_position_embeddings": 4096, "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10_000.0,
        "tie_word_embeddings": False,
    },
)  # fmt: skip
