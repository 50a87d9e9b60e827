"""Cohere's Command R and Aya 23: attention and feed-forward beside one another, LayerNorm without biases, tied embeddings."""

from __future__ import annotations

from ..keys import COMMON, WRITTEN_HEAD_SIZES
from ..records import SILU, UNSCALED, Arch, Fixed, Key, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU

TENSORS = (
    *(tensor for tensor in EMBEDDINGS if tensor.name != "output.weight"), *ATTENTION,
    *(tensor for tensor in SWIGLU if tensor.name != "blk.{bid}.ffn_norm.weight"),
)  # fmt: skip

COHERE = Arch(
    name="command-r",
    models=("CohereForCausalLM",),
    keys=(
        *(key for key in COMMON if ".rope.scaling." not in key.name and key.name != "{arch}.context_length"),
        # Some say 8,192 positions although they were trained on more, which model_max_length then tells.
        Key("{arch}.context_length", ("model_max_length", "max_position_embeddings"), required=True),
        *WRITTEN_HEAD_SIZES,
        Key("{arch}.logit_scale", ("logit_scale",), "f32", default=0.0625),
        Key("{arch}.rope.scaling.type", (), "text", default="none"),
    ),
    tensors=(
        *TENSORS,
        Tensor("blk.{bid}.attn_q_norm.weight", ("@head_dim", "@heads"), required="use_qk_norm"),
        Tensor("blk.{bid}.attn_k_norm.weight", ("@head_dim", "@kv_heads"), required="use_qk_norm"),
    ),
    fixed=(*SILU, *UNSCALED, Fixed("attention_bias", (False,))),
    defaults={"max_position_embeddings": 8192, "layer_norm_eps": 1e-5, "rope_theta": 500_000.0, "tie_word_embeddings": True},
)
