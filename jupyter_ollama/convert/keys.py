"""From a config to GGUF keys: the ones that most architectures share, and how a value gets its type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..gguf.values import Array, Typed, ValueType, f32, flag, text, u32
from ..sentences import Sentence
from .config import ConfigView
from .records import Fixed, Key

MOST_ITEMS = 1 << 16

COMMON = (
    Key("{arch}.block_count", ("@blocks",), required=True),
    Key("{arch}.context_length", ("max_position_embeddings", "n_ctx", "n_positions", "max_sequence_length"), required=True),
    Key("{arch}.embedding_length", ("@width",), required=True),
    Key("{arch}.feed_forward_length", ("@inner",), required=True),
    Key("{arch}.attention.head_count", ("@heads",), required=True),
    Key("{arch}.attention.head_count_kv", ("@kv_heads",)),
    Key("{arch}.rope.scaling.type", ("@scaling.type",), "text"),
    Key("{arch}.rope.scaling.factor", ("@scaling.factor",), "f32"),
    Key("{arch}.rope.scaling.original_context_length", ("@scaling.original_max_position_embeddings",)),
    Key("{arch}.rope.scaling.yarn_ext_factor", ("@scaling.extrapolation_factor",), "f32"),
    Key("{arch}.rope.scaling.yarn_attn_factor", ("@scaling.attention_factor", "@scaling.attn_factor"), "f32"),
    Key("{arch}.rope.scaling.yarn_beta_fast", ("@scaling.beta_fast",), "f32"),
    Key("{arch}.rope.scaling.yarn_beta_slow", ("@scaling.beta_slow",), "f32"),
    Key("{arch}.rope.freq_base", ("@rope.rope_theta",), "f32"),
    Key("{arch}.rope.freq_base_swa", ("@rope_swa.rope_theta",), "f32"),
    Key("{arch}.attention.layer_norm_rms_epsilon", ("rms_norm_eps", "norm_eps"), "f32"),
    Key("{arch}.attention.layer_norm_epsilon", ("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"), "f32"),
)
ROPE_BASE = Key("{arch}.rope.freq_base", ("@rope.rope_theta",), "f32")
ENCODER = (
    Key("{arch}.block_count", ("@blocks",), required=True),
    Key("{arch}.context_length", ("@positions",), required=True),
    Key("{arch}.embedding_length", ("@width",), required=True),
    Key("{arch}.feed_forward_length", ("@inner",), required=True),
    Key("{arch}.attention.head_count", ("@heads",), required=True),
    Key("{arch}.attention.layer_norm_epsilon", ("layer_norm_eps", "layer_norm_epsilon", "norm_eps"), "f32", required=True),
    Key("{arch}.attention.causal", (), "bool", default=False),
    Key("{arch}.pooling_type", ("@pooling",)),
)
"""What encoders share: every token sees every other."""
HEAD_SIZES = (
    Key("{arch}.attention.key_length", ("@head_dim",)),
    Key("{arch}.attention.value_length", ("@head_dim",)),
)
WRITTEN_HEAD_SIZES = (  # only where config.json says it
    Key("{arch}.attention.key_length", ("head_dim",)),
    Key("{arch}.attention.value_length", ("head_dim",)),
)
EXPERTS = (
    Key("{arch}.expert_count", ("@experts",), required=True),
    Key("{arch}.expert_used_count", ("num_experts_per_tok", "num_experts_per_token", "top_k_experts"), required=True),
)


ROTARY_SIZE = Key("{arch}.rope.dimension_count", ("@rotary_dim",), required=True)
VOCAB_SIZE = Key("{arch}.vocab_size", ("@vocab",), required=True)

_ITEMS = {
    "u32s": (ValueType.UINT32, int), "i32s": (ValueType.INT32, int), "f32s": (ValueType.FLOAT32, float), "bools": (ValueType.BOOL, bool),
}  # fmt: skip


def evaluate(keys: Iterable[Key], config: ConfigView, arch: str) -> dict[str, Typed]:
    """The keys that have a value, in order.

    Raises: SourceError when a required one has none, or a value is of the wrong kind.
    """
    found: dict[str, Typed] = {}
    for key in keys:
        source = next((name for name in key.sources if config.get(name) is not None), None)
        if source is None and key.default is None:
            if key.required:
                raise config.missing(_spoken(config, key.sources[0]))
            continue
        found[key.name.format(arch=arch)] = _typed(key, source, config)
    return found


def refuse_other(fixed: Iterable[Fixed], config: ConfigView) -> None:
    """Raises: SourceError for a config value that llama.cpp cannot follow."""
    for one in fixed:
        value = config.get(one.source)
        if value is not None and value not in one.allowed:
            known = " or ".join(repr(choice) for choice in one.allowed)
            what = one.otherwise or Sentence("%1 is %2", one.source.lstrip("@"), repr(value))
            hint = Sentence("It can only be %1.", known) if known and not one.otherwise else "Such a model cannot run."
            raise config.fail(Sentence("%1, for which llama.cpp has no equal", Sentence.of(what)), hint)


def _typed(key: Key, source: str | None, config: ConfigView) -> Typed:
    name = source or next(iter(key.sources), key.name)
    if key.kind == "u32":
        return u32(config.integer(name, key.default))
    if key.kind == "f32":
        return f32(config.number(name, key.default))
    value: Any = config.get(name) if source else key.default
    if key.kind == "bool" and isinstance(value, bool):
        return flag(value)
    if key.kind == "text" and isinstance(value, str):
        return text(value)
    element, item = _ITEMS.get(key.kind, (None, None))
    if element and item and isinstance(value, list) and len(value) <= MOST_ITEMS and all(type(held) is item for held in value):
        return Typed(ValueType.ARRAY, Array.of(element, value))
    raise config.fail(Sentence("%1 is %2, which is not a %3", name.lstrip("@"), repr(value), key.kind))


def _spoken(config: ConfigView, name: str) -> str:
    """The name in config.json of what a view is mostly made of."""
    return {"@blocks": "num_hidden_layers", "@width": "hidden_size", "@inner": "intermediate_size", "@vocab": "vocab_size"}.get(name, name)
