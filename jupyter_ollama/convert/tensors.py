"""The tensors that many architectures share, in groups that an architecture puts together."""

from __future__ import annotations

from .records import Tensor

EMBEDDINGS = (
    Tensor("token_embd.weight", ("@width", "@vocab")),
    Tensor("output.weight", ("@width", "@vocab"), required="@untied"),
    Tensor("output_norm.weight", ("@width",)),
)
ATTENTION = (
    Tensor("blk.{bid}.attn_norm.weight", ("@width",)),
    Tensor("blk.{bid}.attn_q.weight", ("@width", "@q_width")),
    Tensor("blk.{bid}.attn_k.weight", ("@width", "@kv_width")),
    Tensor("blk.{bid}.attn_v.weight", ("@width", "@kv_width")),
    Tensor("blk.{bid}.attn_output.weight", ("@q_width", "@width")),
)
HEAD_NORMS = (
    Tensor("blk.{bid}.attn_q_norm.weight", ("@head_dim",)),
    Tensor("blk.{bid}.attn_k_norm.weight", ("@head_dim",)),
)
POST_NORMS = (
    Tensor("blk.{bid}.post_attention_norm.weight", ("@width",)),
    Tensor("blk.{bid}.post_ffw_norm.weight", ("@width",)),
)
SWIGLU = (
    Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
    Tensor("blk.{bid}.ffn_gate.weight", ("@width", "@inner")),
    Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner")),
    Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
)


def norm(name: str, required: bool | str = True) -> tuple[Tensor, ...]:
    """A norm with a bias over the width of the model."""
    return (Tensor(f"{name}.weight", ("@width",), required), Tensor(f"{name}.bias", ("@width",), required))


def qkv_biases(required: bool | str) -> tuple[Tensor, ...]:
    """The biases of queries, keys and values."""
    return (
        Tensor("blk.{bid}.attn_q.bias", ("@q_width",), required),
        Tensor("blk.{bid}.attn_k.bias", ("@kv_width",), required),
        Tensor("blk.{bid}.attn_v.bias", ("@kv_width",), required),
    )


def attention_biases(required: bool | str) -> tuple[Tensor, ...]:
    """The biases of all four matrices of attention."""
    return (*qkv_biases(required), Tensor("blk.{bid}.attn_output.bias", ("@width",), required))


def swiglu_biases(required: bool | str) -> tuple[Tensor, ...]:
    """The biases of a gated feed-forward part."""
    return (
        Tensor("blk.{bid}.ffn_gate.bias", ("@inner",), required),
        Tensor("blk.{bid}.ffn_up.bias", ("@inner",), required),
        Tensor("blk.{bid}.ffn_down.bias", ("@width",), required),
    )


def experts(inner: str = "@expert_inner", required: bool | str = True, blocks: str = "") -> tuple[Tensor, ...]:
    """A router and experts. ``inner`` is their width."""
    return (
        Tensor("blk.{bid}.ffn_gate_inp.weight", ("@width", "@experts"), required, blocks),
        Tensor("blk.{bid}.ffn_gate_exps.weight", ("@width", inner, "@experts"), required, blocks),
        Tensor("blk.{bid}.ffn_up_exps.weight", ("@width", inner, "@experts"), required, blocks),
        Tensor("blk.{bid}.ffn_down_exps.weight", (inner, "@width", "@experts"), required, blocks),
    )
