"""Nomic's BERT (nomic-embed-text 1 and 1.5): rotary positions, gated feed-forward parts, no biases. Version 2, with experts, is another."""

from __future__ import annotations

from ..keys import ENCODER, ROPE_BASE
from ..records import Arch, Fixed, Rule, Tensor
from ..tensors import norm
from .bert import TOKEN_TYPES

NOMIC_BERT = Arch(
    name="nomic-bert",
    models=("NomicBertModel",),
    keys=(*ENCODER, ROPE_BASE, TOKEN_TYPES),
    tensors=(
        Tensor("token_embd.weight", ("@width", "@vocab")),
        Tensor("token_types.weight", ("@width", "type_vocab_size")),
        *norm("token_embd_norm"),
        Tensor("blk.{bid}.attn_qkv.weight", ("@width", "@qkv_width")),
        Tensor("blk.{bid}.attn_output.weight", ("@width", "@width")),
        *norm("blk.{bid}.attn_output_norm"),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_gate.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
        *norm("blk.{bid}.layer_output_norm"),
    ),
    rules=(Rule(r"pooler\.dense\.(weight|bias)|cls\.(predictions|seq_relationship)\..+", "drop"),),
    defaults={"type_vocab_size": 2, "layer_norm_epsilon": 1e-12, "rotary_emb_base": 1000.0, "max_trained_positions": 2048},
    fixed=(
        Fixed("activation_function", ("swiglu",)), Fixed("moe_every_n_layers", (0,)), Fixed("rotary_emb_fraction", (1.0,)),
        *(Fixed(name, (False,)) for name in (
            "causal", "prenorm", "qkv_proj_bias", "mlp_fc1_bias", "mlp_fc2_bias", "rotary_emb_interleaved", "rotary_emb_scale_base",
        )),
    ),
)  # fmt: skip
