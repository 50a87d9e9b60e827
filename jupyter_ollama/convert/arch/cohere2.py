"""Cohere's Command R7B and Command A: Command R with windows in three of four blocks; the fourth has no rotary embedding."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES, VOCAB_SIZE
from ..records import OTHER_WINDOWS, SILU, UNSCALED, Arch, Fixed, Key
from ..views import window_every
from .cohere import TENSORS

COHERE2 = Arch(
    name="cohere2",
    models=("Cohere2ForCausalLM",),
    keys=(
        *(key for key in COMMON if ".rope.scaling." not in key.name), *HEAD_SIZES, VOCAB_SIZE,
        Key("{arch}.logit_scale", ("logit_scale",), "f32", default=0.0625),
        Key("{arch}.attention.sliding_window", ("sliding_window",), required=True),
        Key("{arch}.rope.dimension_count", ("@head_dim",), required=True),
        Key("{arch}.rope.scaling.type", (), "text", default="none"),
    ),
    tensors=TENSORS,
    views={"window_every_4": lambda config: window_every(config, 4)},
    fixed=(
        *SILU, *UNSCALED, Fixed("attention_bias", (False,)), Fixed("rotary_pct", (1,)), Fixed("use_qk_norm", (False,)),
        Fixed("@window_every_4", (True,), OTHER_WINDOWS),
    ),
    defaults={
        "max_position_embeddings": 8192, "layer_norm_eps": 1e-5, "rope_theta": 10_000.0, "tie_word_embeddings": True,
        "sliding_window": 4096,
    },
)  # fmt: skip
