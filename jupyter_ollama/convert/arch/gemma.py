"""Gemma (1), CodeGemma. Norms are stored as what is added to 1, and the output layer is the embeddings."""

from __future__ import annotations

from ...sentences import Sentence
from ..config import ConfigView
from ..keys import HEAD_SIZES
from ..records import Arch, Fixed, Key, Rule, Tensor
from ..tensors import ATTENTION, SWIGLU

KEYS = (
    Key("{arch}.context_length", ("max_position_embeddings",), required=True),
    Key("{arch}.embedding_length", ("@width",), required=True),
    Key("{arch}.block_count", ("@blocks",), required=True),
    Key("{arch}.feed_forward_length", ("@inner",), required=True),
    Key("{arch}.attention.head_count", ("@heads",), required=True),
    Key("{arch}.attention.head_count_kv", ("@kv_heads",)),
    Key("{arch}.attention.layer_norm_rms_epsilon", ("rms_norm_eps",), "f32"),
    *HEAD_SIZES,
)
RULES = (
    Rule(r"lm_head\.weight", "drop"),
    Rule(r".*norm\.weight", "add", "1"),
)
TIED = (Tensor("token_embd.weight", ("@width", "@vocab")), Tensor("output_norm.weight", ("@width",)))
NO_BIAS = (Fixed("attention_bias", (False,)),)
DEFAULTS = {"head_dim": 256, "rms_norm_eps": 1e-6, "max_position_embeddings": 8192, "tie_word_embeddings": True}


def usual_query_scale(config: ConfigView) -> bool:
    """Gemma's queries are scaled as llama.cpp does it: by the size of a head, or of what a head would have in the largest models.

    Raises: SourceError when the config says something else.
    """
    largest = config.get("@blocks") in (46, 62)
    usual = config.integer("@width") // config.integer("@heads") if largest else config.integer("@head_dim")
    scale = config.number("query_pre_attn_scalar", usual)
    if scale != usual:
        raise config.fail(
            Sentence("query_pre_attn_scalar is %1, but llama.cpp takes %2", scale, usual), "Use a GGUF of this model, if there is one."
        )
    return True


GEMMA = Arch(
    name="gemma",
    models=("GemmaForCausalLM",),
    keys=KEYS,
    tensors=(*TIED, *ATTENTION, *SWIGLU),
    rules=RULES,
    defaults={**DEFAULTS, "rope_theta": 10_000.0},
    fixed=(*NO_BIAS, Fixed("@rope.rope_theta", (10_000.0,))),
)
