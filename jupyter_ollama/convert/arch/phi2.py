"""Phi 1, 1.5 and 2: LayerNorm, rotary embedding on a part of each head, biases everywhere, also on the output."""

from __future__ import annotations

from ..keys import ROTARY_SIZE
from ..records import GELU_TANH, Arch, Fixed, Key, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, attention_biases
from .gpt2 import EARLY_KEYS, WIDE

PHI2 = Arch(
    name="phi2",
    models=("PhiForCausalLM",),
    keys=(
        *EARLY_KEYS, ROTARY_SIZE,
        Key("{arch}.attention.head_count_kv", ("@kv_heads",)),
        Key("tokenizer.ggml.add_bos_token", (), "bool", default=False),
    ),
    tensors=(
        *EMBEDDINGS, *ATTENTION, *attention_biases(True),
        Tensor("output.bias", ("@vocab",)),
        Tensor("output_norm.bias", ("@width",)),
        Tensor("blk.{bid}.attn_norm.bias", ("@width",)),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@wide")),
        Tensor("blk.{bid}.ffn_up.bias", ("@wide",)),
        Tensor("blk.{bid}.ffn_down.weight", ("@wide", "@width")),
        Tensor("blk.{bid}.ffn_down.bias", ("@width",)),
    ),
    fixed=(*GELU_TANH, Fixed("qk_layernorm", (False,)), Fixed("@rope.rope_theta", (10_000.0,))),
    views=WIDE,
    defaults={
        "layer_norm_eps": 1e-5, "max_position_embeddings": 2048, "partial_rotary_factor": 0.5, "rope_theta": 10_000.0,
        "tie_word_embeddings": False,
    },
)  # fmt: skip
