"""SmolLM3: Llama in which each fourth block has no rotary embedding."""

from __future__ import annotations

from ..config import ConfigView
from ..keys import COMMON, ROTARY_SIZE, VOCAB_SIZE, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed
from .llama import HEAD_RULES, ROPE_FACTORS, ROPE_FREQS, TENSORS


def _every_fourth_unrotated(config: ConfigView) -> bool:
    """Whether the blocks without rotary embedding, if any are named, are each fourth one."""
    held = config.get("no_rope_layers")
    usual = [int((number + 1) % 4 != 0) for number in range(config.integer("@blocks"))]
    return (held is None or held == usual) and config.get("no_rope_layer_interval") in (None, 4)


SMOLLM3 = Arch(
    name="smollm3",
    models=("SmolLM3ForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES, VOCAB_SIZE, ROTARY_SIZE),
    tensors=(*TENSORS, ROPE_FREQS),
    rules=HEAD_RULES,
    made=(ROPE_FACTORS,),
    views={"every_fourth_unrotated": _every_fourth_unrotated},
    fixed=(*SILU, Fixed("@every_fourth_unrotated", (True,), "other blocks than each fourth are without rotary embedding")),
    defaults={
        "max_position_embeddings": 32_768, "rms_norm_eps": 1e-6, "rope_theta": 2e6, "tie_word_embeddings": True,
        "num_key_value_heads": 4,
    },
    add_space_prefix=True,
)  # fmt: skip
