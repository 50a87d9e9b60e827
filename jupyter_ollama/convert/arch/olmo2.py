"""OLMo 2 and 3: norms behind attention and feed-forward, and on queries and keys as a whole. OLMo 3 has windows in three of four blocks."""

from __future__ import annotations

from dataclasses import replace

from ..config import ConfigView
from ..keys import COMMON, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed, Key, Tensor
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU

FRONT_NORMS = ("blk.{bid}.attn_norm.weight", "blk.{bid}.ffn_norm.weight")


def _three_of_four(config: ConfigView) -> list[bool]:
    """For each block whether it has a window: as the config says, else all but each fourth."""
    named: list[bool] | None = config.get("@sliding")
    return named or [number % 4 != 0 for number in range(1, config.integer("@blocks") + 1)]


OLMO2 = Arch(
    name="olmo2",
    models=("Olmo2ForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES),
    tensors=(
        *(tensor for tensor in (*EMBEDDINGS, *ATTENTION, *SWIGLU) if tensor.name not in FRONT_NORMS),
        Tensor("blk.{bid}.attn_q_norm.weight", ("@q_width",)),
        Tensor("blk.{bid}.attn_k_norm.weight", ("@kv_width",)),
        Tensor("blk.{bid}.post_attention_norm.weight", ("@width",)),
        Tensor("blk.{bid}.post_ffw_norm.weight", ("@width",)),
    ),
    fixed=(*SILU, Fixed("attention_bias", (False,))),
    defaults={"max_position_embeddings": 2048, "rms_norm_eps": 1e-5, "rope_theta": 10_000.0, "tie_word_embeddings": False},
)
OLMO3 = replace(
    OLMO2,
    models=("Olmo3ForCausalLM",),
    keys=(
        *(key for key in OLMO2.keys if not key.name.endswith("freq_base_swa")),
        Key("{arch}.rope.freq_base_swa", ("@rope_swa.rope_theta", "@rope.rope_theta"), "f32"),
        Key("{arch}.attention.sliding_window", ("sliding_window",)),
        Key("{arch}.attention.sliding_window_pattern", ("@three_of_four",), "bools"),
    ),
    views={"three_of_four": _three_of_four},
    defaults={**OLMO2.defaults, "sliding_window": 4096},
)
