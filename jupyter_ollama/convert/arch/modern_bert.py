"""ModernBERT: rotary positions, gated feed-forward parts, and two of three blocks see a window only."""

from __future__ import annotations

from ..keys import ENCODER, ROPE_BASE, VOCAB_SIZE
from ..records import Arch, Fixed, Key, Rule, Tensor

MODERN_BERT = Arch(
    name="modern-bert",
    models=("ModernBertModel", "ModernBertForMaskedLM"),
    keys=(
        *ENCODER, ROPE_BASE, VOCAB_SIZE,
        Key("{arch}.rope.freq_base_swa", ("@rope_swa.rope_theta",), "f32"),
        Key("{arch}.rope.scaling.type", (), "text", default="none"),
        Key("{arch}.attention.layer_norm_rms_epsilon", ("norm_eps",), "f32"),
        Key("{arch}.attention.sliding_window", ("local_attention",), required=True),
        Key("{arch}.attention.sliding_window_pattern", ("global_attn_every_n_layers",)),
        Key("{arch}.hidden_activation", ("hidden_activation",), "text"),
    ),
    tensors=(
        Tensor("token_embd.weight", ("@width", "@vocab")),
        Tensor("token_embd_norm.weight", ("@width",)),
        Tensor("blk.{bid}.attn_norm.weight", ("@width",), blocks="@but_first"),
        Tensor("blk.{bid}.attn_qkv.weight", ("@width", "@qkv_width")),
        Tensor("blk.{bid}.attn_output.weight", ("@width", "@width")),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@both_inner")),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
        Tensor("output_norm.weight", ("@width",)),
    ),
    rules=(
        Rule(r"head\..+|decoder\..+", "drop"),
        Rule(r"model\.(.+)", name=r"\1"),
    ),
    views={
        "but_first": lambda config: range(1, config.integer("@blocks")),
        "both_inner": lambda config: 2 * config.integer("@inner"),
    },
    fixed=(
        Fixed("hidden_activation", ("gelu", "silu")), *(Fixed(name, (False,)) for name in ("attention_bias", "mlp_bias", "norm_bias")),
    ),
    defaults={
        "global_rope_theta": 160_000.0, "local_rope_theta": 10_000.0, "norm_eps": 1e-5, "local_attention": 128,
        "global_attn_every_n_layers": 3, "hidden_activation": "gelu", "max_position_embeddings": 8192,
    },
)  # fmt: skip
