"""Llama 1, 2, 3, 3.1, 3.2 and everything that took over their shape (Yi, Vicuna, TinyLlama, SmolLM, DeepSeek-R1-Distill-Llama ...)."""

from __future__ import annotations

from ..keys import COMMON
from ..records import Arch, Key, Made, Rule, Tensor
from ..rope import llama3_factors

LLAMA = Arch(
    name="llama",
    models=("LlamaForCausalLM", "LLaMAForCausalLM"),
    keys=(
        *COMMON,
        Key("{arch}.vocab_size", ("@vocab",), required=True),
        Key("{arch}.rope.dimension_count", ("@head_dim",), required=True),
    ),
    tensors=(
        Tensor("token_embd.weight", ("@width", "@vocab")),
        Tensor("output.weight", ("@width", "@vocab"), required="@untied"),
        Tensor("output_norm.weight", ("@width",)),
        Tensor("rope_freqs.weight", ("@half_head_dim",), required=False),
        Tensor("blk.{bid}.attn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.attn_q.weight", ("@width", "@q_width")),
        Tensor("blk.{bid}.attn_q.bias", ("@q_width",), required="attention_bias"),
        Tensor("blk.{bid}.attn_k.weight", ("@width", "@kv_width")),
        Tensor("blk.{bid}.attn_k.bias", ("@kv_width",), required="attention_bias"),
        Tensor("blk.{bid}.attn_v.weight", ("@width", "@kv_width")),
        Tensor("blk.{bid}.attn_v.bias", ("@kv_width",), required="attention_bias"),
        Tensor("blk.{bid}.attn_output.weight", ("@q_width", "@width")),
        Tensor("blk.{bid}.attn_output.bias", ("@width",), required="attention_bias"),
        Tensor("blk.{bid}.ffn_norm.weight", ("@width",)),
        Tensor("blk.{bid}.ffn_gate.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_gate.bias", ("@inner",), required="mlp_bias"),
        Tensor("blk.{bid}.ffn_up.weight", ("@width", "@inner")),
        Tensor("blk.{bid}.ffn_up.bias", ("@inner",), required="mlp_bias"),
        Tensor("blk.{bid}.ffn_down.weight", ("@inner", "@width")),
        Tensor("blk.{bid}.ffn_down.bias", ("@width",), required="mlp_bias"),
    ),
    rules=(
        Rule(r".*\.rotary_emb\.inv_freq", "drop"),
        Rule(r".*\.q_proj\.(weight|bias)", "permute", "@heads"),
        Rule(r".*\.k_proj\.(weight|bias)", "permute", "@kv_heads"),
    ),
    made=(Made("rope_freqs.weight", llama3_factors),),
    defaults={"max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False},
    add_space_prefix=True,
)
