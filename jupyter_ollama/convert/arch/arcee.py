"""Arcee's AFM: Llama whose feed-forward part is a squared ReLU without a gate."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES, ROTARY_SIZE, VOCAB_SIZE
from ..records import Arch, Fixed, Tensor
from ..tensors import ATTENTION, EMBEDDINGS
from .llama import HEAD_RULES, ROPE_FACTORS, ROPE_FREQS

ARCEE = Arch(
    name="arcee",
    models=("ArceeForCausalLM",),
    keys=(*COMMON, *HEAD_SIZES, VOCAB_SIZE, ROTARY_SIZE),
    tensors=(
        *EMBEDDINGS, *ATTENTION, ROPE_FREQS,
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
    ),
    rules=HEAD_RULES,
    made=(ROPE_FACTORS,),
    fixed=(Fixed("hidden_act", ("relu2",)), Fixed("attention_bias", (False,)), Fixed("mlp_bias", (False,))),
    defaults={"max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10_000.0, "tie_word_embeddings": False},
    add_space_prefix=True,
)  # fmt: skip
