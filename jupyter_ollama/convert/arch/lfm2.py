"""Liquid's LFM2: short convolutions in most blocks, attention in some."""

from __future__ import annotations

from ..config import ConfigView
from ..keys import COMMON, VOCAB_SIZE, WRITTEN_HEAD_SIZES
from ..records import Arch, Fixed, Key, Rule, Tensor


def _attention_blocks(config: ConfigView) -> list[int]:
    """The blocks that have attention, where others have something else instead."""
    kinds = config.get("layer_types")
    if kinds is None:
        kinds = ["full_attention" if number in (config.get("full_attn_idxs") or ()) else "" for number in range(config.integer("@blocks"))]
    if not isinstance(kinds, list) or len(kinds) != config.integer("@blocks"):
        raise config.fail("layer_types is no list with an entry for each layer")
    return [number for number, kind in enumerate(kinds) if kind == "full_attention"]


def _other_blocks(config: ConfigView) -> list[int]:
    attention = set(config.get("@attention_blocks"))
    return [number for number in range(config.integer("@blocks")) if number not in attention]


def _kv_heads_of_blocks(config: ConfigView) -> list[int]:
    attention, kv_heads = set(config.get("@attention_blocks")), config.integer("@kv_heads")
    return [kv_heads if number in attention else 0 for number in range(config.integer("@blocks"))]


def _inner(config: ConfigView) -> int:
    """The width of LFM2's feed-forward part, which its config describes as a share of another one."""
    inner = config.integer("block_ff_dim" if config.get("block_ff_dim") is not None else "intermediate_size")
    if not config.get("block_auto_adjust_ff_dim"):
        return inner
    step = config.integer("block_multiple_of")
    if not step:
        raise config.fail("block_multiple_of is 0")
    inner = int(config.number("block_ffn_dim_multiplier") * int(2 * inner / 3))
    return step * ((inner + step - 1) // step)


OWN = ("{arch}.feed_forward_length", "{arch}.attention.head_count_kv")

LFM2 = Arch(
    name="lfm2",
    models=("Lfm2ForCausalLM", "LFM2ForCausalLM"),
    keys=(
        *(key for key in COMMON if key.name not in OWN), *WRITTEN_HEAD_SIZES, VOCAB_SIZE,
        Key("{arch}.feed_forward_length", ("@conv_inner",), required=True),
        Key("{arch}.attention.head_count_kv", ("@kv_heads_of_blocks",), "i32s", required=True),
        Key("{arch}.shortconv.l_cache", ("conv_L_cache",), required=True),
    ),
    tensors=(
        Tensor("token_embd.weight", ("@width", "@vocab")),
        Tensor("token_embd_norm.weight", ("@width",)),
        Tensor("output.weight", ("@width", "@vocab"), required=False),
        Tensor("blk.{bid}.attn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.attn_q.weight", ("@width", "@q_width"), blocks="@attention_blocks"),
        Tensor("blk.{bid}.attn_k.weight", ("@width", "@kv_width"), blocks="@attention_blocks"),
        Tensor("blk.{bid}.attn_v.weight", ("@width", "@kv_width"), blocks="@attention_blocks"),
        Tensor("blk.{bid}.attn_output.weight", ("@q_width", "@width"), blocks="@attention_blocks"),
        Tensor("blk.{bid}.attn_q_norm.weight", ("@head_dim",), blocks="@attention_blocks"),
        Tensor("blk.{bid}.attn_k_norm.weight", ("@head_dim",), blocks="@attention_blocks"),
        Tensor("blk.{bid}.shortconv.conv.weight", ("conv_L_cache", "@width"), blocks="@other_blocks"),
        Tensor("blk.{bid}.shortconv.in_proj.weight", ("@width", "@thrice_width"), blocks="@other_blocks"),
        Tensor("blk.{bid}.shortconv.out_proj.weight", ("@width", "@width"), blocks="@other_blocks"),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_gate.weight", ("@width", "@conv_inner")),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@conv_inner")),
        Tensor("blk.{bid}.ffn_down.weight", ("@conv_inner", "@width")),
    ),
    rules=(Rule(r".*\.conv\.conv\.weight", "squeeze"),),
    views={
        "attention_blocks": _attention_blocks,
        "other_blocks": _other_blocks,
        "kv_heads_of_blocks": _kv_heads_of_blocks,
        "conv_inner": _inner,
        "thrice_width": lambda config: 3 * config.integer("@width"),
    },
    fixed=(Fixed("conv_bias", (False,)),),
    defaults={
        "max_position_embeddings": 128_000, "norm_eps": 1e-5, "rope_theta": 1e6, "conv_L_cache": 3, "num_key_value_heads": 8,
        "block_auto_adjust_ff_dim": True, "block_ffn_dim_multiplier": 1.0, "block_multiple_of": 256,
    },
)  # fmt: skip
