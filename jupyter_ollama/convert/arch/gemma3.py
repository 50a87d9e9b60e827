"""Gemma 3, text: norms of queries and keys, five blocks with a window and then one without. Of the models with eyes, the text part."""

from __future__ import annotations

from ..keys import COMMON, HEAD_SIZES
from ..records import OTHER_WINDOWS, Arch, Fixed, Key, Rule
from ..tensors import ATTENTION, HEAD_NORMS, POST_NORMS, SWIGLU
from ..views import window_every
from .gemma import NO_BIAS, RULES, TIED, usual_query_scale

KEYS = (*COMMON, *HEAD_SIZES, Key("{arch}.attention.sliding_window", ("sliding_window",)))
TENSORS = (*TIED, *ATTENTION, *HEAD_NORMS, *SWIGLU, *POST_NORMS)
TEXT_ONLY = (
    Rule(r"(?:model\.)?(?:vision_tower|multi_modal_projector)\..+", "drop"),
    Rule(r"(?:model\.)?language_model\.(?:model\.)?((?!lm_head\.).+)", name=r"model.\1"),
    Rule(r"language_model\.lm_head\.weight", "drop"),
)
DEFAULTS = {
    "vocab_size": 262_208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8,
    "num_key_value_heads": 4, "head_dim": 256, "max_position_embeddings": 131_072, "rms_norm_eps": 1e-6, "query_pre_attn_scalar": 256,
    "sliding_window": 4096, "rope_theta": 1_000_000.0, "rope_local_base_freq": 10_000.0, "tie_word_embeddings": True,
}  # fmt: skip
FIXED = (
    *NO_BIAS, Fixed("attn_logit_softcapping", ()), Fixed("@usual_query_scale", (True,)), Fixed("@window_every_6", (True,), OTHER_WINDOWS),
)  # fmt: skip
VIEWS = {"usual_query_scale": usual_query_scale, "window_every_6": lambda config: window_every(config, 6)}

GEMMA3 = Arch(
    name="gemma3",
    models=("Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"),
    keys=(*KEYS, Key("{arch}.final_logit_softcapping", ("final_logit_softcapping",), "f32")),
    tensors=TENSORS,
    rules=(*TEXT_ONLY, *RULES),
    defaults=DEFAULTS,
    fixed=FIXED,
    views=VIEWS,
)
