"""IBM's Granite 3: Llama with four factors, for embeddings, attention, residuals and logits."""

from __future__ import annotations

from ..keys import COMMON, ROTARY_SIZE, VOCAB_SIZE
from ..records import SILU, Arch, Key
from .llama import HEAD_RULES, TENSORS

GRANITE = Arch(
    name="granite",
    models=("GraniteForCausalLM",),
    keys=(
        *COMMON, VOCAB_SIZE, ROTARY_SIZE,
        Key("{arch}.attention.scale", ("attention_multiplier",), "f32", default=1.0),
        Key("{arch}.embedding_scale", ("embedding_multiplier",), "f32", default=1.0),
        Key("{arch}.residual_scale", ("residual_multiplier",), "f32", default=1.0),
        Key("{arch}.logit_scale", ("logits_scaling",), "f32", default=1.0),
    ),
    tensors=TENSORS,
    rules=HEAD_RULES,
    fixed=SILU,
    defaults={"max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False},
    add_space_prefix=True,
)  # fmt: skip
