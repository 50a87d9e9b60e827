"""InternLM2 and 2.5: Llama with queries, keys and values of each group of heads beside one another in one matrix."""

from __future__ import annotations

from ..keys import COMMON, WRITTEN_HEAD_SIZES
from ..records import SILU, Arch, Fixed, Rule
from ..tensors import ATTENTION, EMBEDDINGS, SWIGLU
from .llama import HEAD_RULES

INTERNLM2 = Arch(
    name="internlm2",
    models=("InternLM2ForCausalLM",),
    keys=(*COMMON, *WRITTEN_HEAD_SIZES),
    tensors=(*EMBEDDINGS, *ATTENTION, *SWIGLU),
    rules=(
        Rule(r"(model\.layers\.\d+)\.attention\.wqkv\.weight", "group", "q", r"\1.self_attn.q_proj.weight"),
        Rule(r"(model\.layers\.\d+)\.attention\.wqkv\.weight", "group", "k", r"\1.self_attn.k_proj.weight"),
        Rule(r"(model\.layers\.\d+)\.attention\.wqkv\.weight", "group", "v", r"\1.self_attn.v_proj.weight"),
        *HEAD_RULES,
    ),
    fixed=(*SILU, Fixed("bias", (False,))),
    defaults={"max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "tie_word_embeddings": False, "bias": False},
)
