"""StarCoder2: LayerNorm and biases everywhere, a feed-forward part with GELU and without a gate."""

from __future__ import annotations

from ..keys import COMMON, WRITTEN_HEAD_SIZES
from ..records import GELU_TANH, Arch, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, attention_biases

STARCODER2 = Arch(
    name="starcoder2",
    models=("Starcoder2ForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *attention_biases(required=True),
        Tensor("output_norm.bias", ("@width",)),
        Tensor("blk.{bid}.attn_norm.bias", ("@width",)),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_norm.bias", ("@width",)),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_up.bias", ("@inner",)),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
        Tensor("blk.{bid}.ffn_down.bias", ("@width",)),
    ),
    fixed=GELU_TANH,
    defaults={
        "max_position_embeddings": 4096, "norm_epsilon": 1e-5, "rope_theta": 10_000.0, "tie_word_embeddings": True,
        "num_key_value_heads": 2,
    },
)  # fmt: skip
