"""The computed values of a config (``@name``) that architectures share: one small function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..sentences import Sentence
from .config import ConfigView
from .pooling import pooling
from .rope import KNOWN, SCALED, rope_of

MOST_HEAD_DIM = 1 << 16


def _heads(config: ConfigView) -> int:
    names = ("num_attention_heads", "n_head", "n_heads")
    heads = config.integer(next((name for name in names if config.get(name) is not None), names[0]))
    if not heads:
        raise config.fail("num_attention_heads is 0")
    return heads


def _kv_heads(config: ConfigView) -> int:
    kv_heads = config.integer("num_key_value_heads", config.integer("@heads"))
    if not kv_heads or config.integer("@heads") % kv_heads:
        raise config.fail(Sentence("num_key_value_heads is %1, but there are %2 heads", kv_heads, config.get("@heads")))
    return kv_heads


def _head_dim(config: ConfigView) -> int:
    explicit = config.get("head_dim")
    if explicit is not None:
        head_dim = config.integer("head_dim")
        if not 2 <= head_dim <= MOST_HEAD_DIM:
            raise config.fail(Sentence("head_dim is %1", f"{head_dim:,}"))
        return head_dim
    width, heads = config.integer("@width"), config.integer("@heads")
    if width % heads:
        raise config.fail(Sentence("hidden_size %1 is not a multiple of %2 heads", width, heads))
    if not 2 <= width // heads <= MOST_HEAD_DIM:
        raise config.fail(Sentence("hidden_size is %1 with %2 heads", f"{width:,}", f"{heads:,}"))
    return width // heads


def _rotary_dim(config: ConfigView) -> int:
    """How many numbers of each head are rotated."""
    share = config.positive("@rope.partial_rotary_factor", 1.0)
    dim = int(share * config.integer("@head_dim"))
    if share > 1 or dim < 2 or dim % 2:
        raise config.fail(Sentence("partial_rotary_factor is %1", share))
    return dim


def _sliding(config: ConfigView) -> list[bool] | None:
    """For each block whether its attention sees only a window."""
    kinds = config.get("layer_types")
    if kinds is None:
        return None
    if not isinstance(kinds, list) or len(kinds) != config.integer("@blocks"):
        raise config.fail("layer_types is no list with an entry for each layer")
    return [kind == "sliding_attention" for kind in kinds]


def _scaling(config: ConfigView) -> dict[str, Any]:
    """What the ``rope.scaling`` keys say. Types that change no key are fine, unknown ones are not."""
    rope = config.get("@rope")
    kind = rope.get("rope_type")
    if kind is None:
        return {}
    if not isinstance(kind, str) or kind not in KNOWN:
        raise config.fail(Sentence("the rope type %1 is not known", repr(kind)), Sentence("Known are %1.", ", ".join(sorted(KNOWN))))
    if kind not in SCALED:
        return {}
    return {"type": SCALED[kind], **({} if SCALED[kind] == "longrope" else rope)}


def _positions(config: ConfigView) -> int | None:
    """How many positions an encoder was trained for."""
    names = ("max_position_embeddings", "n_positions", "max_trained_positions")
    said = [config.integer(name) for name in names if config.get(name) is not None]
    return min(said) if said else None


def window_every(config: ConfigView, count: int) -> bool:
    """Whether all blocks but each last one of ``count`` see a window only, as far as the config says it."""
    kinds, every = config.get("layer_types"), config.first(("sliding_window_pattern", "_sliding_window_pattern"))
    if isinstance(kinds, list):
        return all(kind == ("sliding_attention" if number % count else "full_attention") for number, kind in enumerate(kinds, 1))
    return every in (None, count)


VIEWS: Mapping[str, Callable[[ConfigView], Any]] = {
    "width": lambda config: config.first(("hidden_size", "n_embd", "dim", "d_model")),
    "blocks": lambda config: config.first(("num_hidden_layers", "n_layer", "n_layers", "num_layers")),
    "inner": lambda config: config.first(("intermediate_size", "n_inner", "hidden_dim", "ffn_dim")),
    "vocab": lambda config: config.first(("vocab_size",)),
    "heads": _heads,
    "kv_heads": _kv_heads,
    "head_dim": _head_dim,
    "half_head_dim": lambda config: config.integer("@head_dim") // 2,
    "q_width": lambda config: config.integer("@heads") * config.integer("@head_dim"),
    "kv_width": lambda config: config.integer("@kv_heads") * config.integer("@head_dim"),
    "qkv_width": lambda config: config.integer("@q_width") + 2 * config.integer("@kv_width"),
    "rotary_dim": _rotary_dim,
    "half_rotary_dim": lambda config: config.integer("@rotary_dim") // 2,
    "sliding": _sliding,
    "untied": lambda config: not config.get("tie_word_embeddings"),
    "experts": lambda config: config.first(("num_local_experts", "num_experts", "n_routed_experts")),
    "expert_inner": lambda config: config.first(("moe_intermediate_size",)),
    "rope": lambda config: rope_of(config.full),
    "rope_swa": lambda config: rope_of(config.full, sliding=True),
    "scaling": _scaling,
    "pooling": pooling,
    "positions": _positions,
}
