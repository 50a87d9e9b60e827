"""Gemma 2: norms in front of and behind each part, caps on logits, and every other block sees a window only."""

from __future__ import annotations

from ..records import OTHER_WINDOWS, Arch, Fixed, Key
from ..tensors import ATTENTION, POST_NORMS, SWIGLU
from ..views import window_every
from .gemma import DEFAULTS, KEYS, NO_BIAS, RULES, TIED, usual_query_scale

GEMMA2 = Arch(
    name="gemma2",
    models=("Gemma2ForCausalLM",),
    keys=(
        *KEYS,
        Key("{arch}.attn_logit_softcapping", ("attn_logit_softcapping",), "f32", required=True),
        Key("{arch}.final_logit_softcapping", ("final_logit_softcapping",), "f32", required=True),
        Key("{arch}.attention.sliding_window", ("sliding_window",), required=True),
    ),
    tensors=(*TIED, *ATTENTION, *SWIGLU, *POST_NORMS),
    rules=RULES,
    defaults={
        **DEFAULTS, "rope_theta": 10_000.0, "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0, "sliding_window": 4096,
        "query_pre_attn_scalar": 256,
    },
    fixed=(
        *NO_BIAS, Fixed("@rope.rope_theta", (10_000.0,)), Fixed("@usual_query_scale", (True,)),
        Fixed("@window_every_2", (True,), OTHER_WINDOWS),
    ),
    views={"usual_query_scale": usual_query_scale, "window_every_2": lambda config: window_every(config, 2)},
)  # fmt: skip
