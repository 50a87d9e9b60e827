"""Falcon 7B, 40B and 180B: few key heads, no biases. What has no rotary embedding (Falcon-RW) is refused."""

from __future__ import annotations

from ..config import ConfigView
from ..records import Arch, Fixed, Key, Rule
from ..tensors import norm
from .gpt2 import EARLY_KEYS, FUSED, WIDE


def kv_heads(config: ConfigView) -> int:
    """One for all queries, unless the newer shape with several is said."""
    if config.get("multi_query") is not False and not config.get("new_decoder_architecture"):
        return 1
    return config.integer("num_kv_heads", config.integer("n_head_kv", config.integer("@heads")))


FALCON = Arch(
    name="falcon",
    models=("FalconForCausalLM", "RWForCausalLM"),
    keys=(
        *(key for key in EARLY_KEYS if "context" not in key.name),
        Key("{arch}.context_length", ("max_position_embeddings",), required=True),
        Key("{arch}.attention.head_count_kv", ("@kv_heads",)),
        Key("{arch}.tensor_data_layout", (), "text", default="jploski"),
    ),
    tensors=(*FUSED, *norm("blk.{bid}.attn_norm_2", "@two_norms")),
    rules=(Rule(r".*\.query_key_value\.weight", "ungroup"),),
    fixed=(
        Fixed("alibi", (False,)), Fixed("bias", (False,)), Fixed("parallel_attn", (True,)), Fixed("@rope.rope_theta", (10_000.0,)),
    ),
    views={**WIDE, "kv_heads": kv_heads, "two_norms": lambda config: config.get("new_decoder_architecture") is True},
    defaults={"layer_norm_epsilon": 1e-5, "max_position_embeddings": 2048, "tie_word_embeddings": True, "rope_theta": 10_000.0},
)  # fmt: skip
