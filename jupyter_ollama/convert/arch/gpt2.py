"""GPT-2: learned positions, LayerNorm, matrices stored the other way round."""

from __future__ import annotations

from ..records import GELU_TANH, Arch, Fixed, Key, Rule, Tensor
from ..tensors import norm

FUSED = (
    *norm("output_norm"),
    *norm("blk.{bid}.attn_norm"),
    Tensor("blk.{bid}.attn_qkv.weight", ("@width", "@qkv_width")),
    Tensor("blk.{bid}.attn_output.weight", ("@width", "@width")),
    Tensor("blk.{bid}.ffn_up.weight", ("@width", "@wide")),
    Tensor("blk.{bid}.ffn_down.weight", ("@wide", "@width")),
    Tensor("token_embd.weight", ("@width", "@vocab")),
    Tensor("output.weight", ("@width", "@vocab"), required="@untied"),
)
"""What models of that time share: queries, keys and values in one matrix."""

FUSED_BIASES = (
    Tensor("blk.{bid}.attn_qkv.bias", ("@qkv_width",)),
    Tensor("blk.{bid}.attn_output.bias", ("@width",)),
    Tensor("blk.{bid}.ffn_up.bias", ("@wide",)),
    Tensor("blk.{bid}.ffn_down.bias", ("@width",)),
)
EARLY_KEYS = (
    Key("{arch}.block_count", ("@blocks",), required=True),
    Key("{arch}.context_length", ("n_ctx", "n_positions", "max_position_embeddings"), required=True),
    Key("{arch}.embedding_length", ("@width",), required=True),
    Key("{arch}.feed_forward_length", ("@wide",), required=True),
    Key("{arch}.attention.head_count", ("@heads",), required=True),
    Key("{arch}.attention.layer_norm_epsilon", ("layer_norm_epsilon", "layer_norm_eps"), "f32", required=True),
)
WIDE = {"wide": lambda config: config.integer("@inner", 4 * config.integer("@width"))}
"""The width of the feed-forward part: four times that of the model, where it is not said."""

GPT2 = Arch(
    name="gpt2",
    models=("GPT2LMHeadModel",),
    keys=EARLY_KEYS,
    tensors=(*FUSED, *FUSED_BIASES, *norm("blk.{bid}.ffn_norm"), Tensor("position_embd.weight", ("@width", "@places"))),
    rules=(
        Rule(r".*\.attn\.(masked_)?bias", "drop"),
        Rule(r"((?:h|wte|wpe|ln_f)\..+)", name=r"transformer.\1"),
        Rule(r"transformer\.h\.\d+\.(?:attn\.c_attn|attn\.c_proj|mlp\.c_fc|mlp\.c_proj)\.weight", "transpose"),
    ),
    fixed=(
        Fixed("activation_function", GELU_TANH[0].allowed), Fixed("scale_attn_by_inverse_layer_idx", (False,)),
        Fixed("scale_attn_weights", (True,)), Fixed("add_cross_attention", (False,)),
    ),
    views={**WIDE, "places": lambda config: config.first(("n_ctx", "n_positions"))},
    defaults={"layer_norm_epsilon": 1e-5, "n_positions": 1024, "tie_word_embeddings": True},
)  # fmt: skip
