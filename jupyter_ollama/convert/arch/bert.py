"""BERT as an encoder for embeddings: all-MiniLM, BGE, E5, GTE and their kin. What BERT has for guessing masked words is left out."""

from __future__ import annotations

from ..keys import ENCODER
from ..records import Arch, Fixed, Key, Rule, Tensor
from ..tensors import norm

TOKEN_TYPES = Key("tokenizer.ggml.token_type_count", ("type_vocab_size",), required=True)

BERT = Arch(
    name="bert",
    models=("BertModel", "BertForMaskedLM"),
    keys=(*ENCODER, TOKEN_TYPES),
    tensors=(
        Tensor("token_embd.weight", ("@width", "@vocab")),
        Tensor("token_types.weight", ("@width", "type_vocab_size")),
        Tensor("position_embd.weight", ("@width", "max_position_embeddings")),
        *norm("token_embd_norm"),
        Tensor("blk.{bid}.attn_q.weight", ("@width", "@width")),
        Tensor("blk.{bid}.attn_q.bias", ("@width",)),
        Tensor("blk.{bid}.attn_k.weight", ("@width", "@width")),
        Tensor("blk.{bid}.attn_k.bias", ("@width",)),
        Tensor("blk.{bid}.attn_v.weight", ("@width", "@width")),
        Tensor("blk.{bid}.attn_v.bias", ("@width",)),
        Tensor("blk.{bid}.attn_output.weight", ("@width", "@width")),
        Tensor("blk.{bid}.attn_output.bias", ("@width",)),
        *norm("blk.{bid}.attn_output_norm"),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_up.bias", ("@inner",)),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
        Tensor("blk.{bid}.ffn_down.bias", ("@width",)),
        *norm("blk.{bid}.layer_output_norm"),
    ),
    rules=(
        Rule(r"bert\.(.+)", name=r"\1"),
        Rule(r"(.+)\.gamma", name=r"\1.weight"),
        Rule(r"(.+)\.beta", name=r"\1.bias"),
        Rule(r"embeddings\.position_ids|pooler\.dense\.(weight|bias)|cls\.(predictions|seq_relationship)\..+", "drop"),
    ),
    defaults={"type_vocab_size": 2, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "hidden_act": "gelu"},
    fixed=(Fixed("hidden_act", ("gelu",)), Fixed("position_embedding_type", ("absolute",)), Fixed("is_decoder", (False,))),
)
