"""OLMo 1 and 1.7: Llama with norms that have no weights."""

from __future__ import annotations

from ..keys import COMMON, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed, Key
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU
from .llama import HEAD_RULES

OLMO = Arch(
    name="olmo",
    models=("OlmoForCausalLM", "OLMoForCausalLM"),
    keys=(
        *(key for key in COMMON if not key.name.endswith("layer_norm_epsilon")),
        *WRITTEN_HEAD_SIZES,
        Key("{arch}.attention.layer_norm_epsilon", (), "f32", default=1e-5),
        Key("{arch}.attention.clamp_kqv", ("clip_qkv",), "f32"),
    ),
    tensors=tuple(tensor for tensor in (*EMBEDDINGS, *ATTENTION, *SWIGLU) if "_norm." not in tensor.name),
    rules=HEAD_RULES,
    fixed=(*SILU, Fixed("attention_bias", (False,))),
    defaults={"max_position_embeddings": 2048, "rope_theta": 10_000.0, "tie_word_embeddings": False},
)
