"""Rotary position embeddings: the dialects of config.json in one form, and the factors of Llama 3.1.

transformers 4 writes ``rope_theta`` and ``rope_scaling`` (``type`` or ``rope_type``); transformers 5 ``rope_parameters``, either one
set or one for ``full_attention`` and one for ``sliding_attention``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..sentences import Sentence
from .config import ConfigView

SCALED = {"linear": "linear", "yarn": "yarn", "longrope": "longrope", "su": "longrope"}
KNOWN = {*SCALED, "default", "llama3", "dynamic", "mrope"}

LONG = {"rope_factors_long.weight", "rope_factors_short.weight"}
FACTORS = {"llama3": {"rope_freqs.weight"}, "longrope": LONG, "su": LONG}
"""Which tensors a rope type needs."""


def rope_of(raw: Mapping[str, Any], *, sliding: bool = False) -> dict[str, Any]:
    """The parameters of full attention, or of sliding attention, with ``rope_theta`` and ``rope_type`` where they are said at all."""
    held = raw.get("rope_parameters") or raw.get("rope_scaling") or {}
    if not isinstance(held, dict):
        return {}
    if "full_attention" in held or "sliding_attention" in held:
        nested = held.get("sliding_attention" if sliding else "full_attention")
        return dict(nested) if isinstance(nested, dict) else {}
    if sliding:
        theta = _first(raw, "rope_local_base_freq", "local_rope_theta", "swa_rope_theta")
        return {"rope_theta": theta} if theta is not None else {}
    rope = dict(held)
    if "rope_type" not in rope and "type" in rope:
        rope["rope_type"] = rope["type"]
    for name, sources in (
        ("rope_theta", ("global_rope_theta", "rope_theta", "rotary_emb_base")),
        ("partial_rotary_factor", ("partial_rotary_factor", "rope_pct", "rotary_pct")),
        ("original_max_position_embeddings", ("original_max_position_embeddings",)),
    ):
        value = _first(raw, *sources)
        if name not in rope and value is not None:
            rope[name] = value
    return rope


def _first(raw: Mapping[str, Any], *names: str) -> Any:
    return next((raw[name] for name in names if raw.get(name) is not None), None)


def llama3_factors(config: ConfigView) -> NDArray[np.float32] | None:
    """By what each frequency is divided so that Llama 3.1 and later reach beyond their first context length.

    Shapes: (head_dim / 2,)
    Source: the "llama3" rope type of transformers' modeling_rope_utils.py; float32 steps as llama.cpp's converter takes them.
    """
    if config.get("@rope.rope_type") != "llama3":
        return None
    base = np.float32(config.number("@rope.rope_theta", 10_000.0))
    dim = config.integer("@head_dim")
    factor = config.positive("@rope.factor", 8.0)
    low, high = config.positive("@rope.low_freq_factor", 1.0), config.positive("@rope.high_freq_factor", 4.0)
    context = config.positive("@rope.original_max_position_embeddings", 8192)
    if high == low:
        raise config.fail("rope high_freq_factor and low_freq_factor are equal")
    with np.errstate(all="ignore"):
        factors = _llama3(base, dim, factor, low, high, context)
    if not np.isfinite(factors).all():
        raise config.fail("its rope parameters give factors that are no numbers")
    return factors


def _llama3(base: np.float32, dim: int, factor: float, low: float, high: float, context: float) -> NDArray[np.float32]:
    frequencies = np.float32(1.0) / base ** (np.arange(0, dim, 2, dtype=np.float32) / np.float32(dim))
    wavelengths = np.float32(2 * math.pi) / frequencies
    smooth = (np.float32(context) / wavelengths - np.float32(low)) / np.float32(high - low)
    between = np.float32(1.0) / ((np.float32(1.0) - smooth) / np.float32(factor) + smooth)
    factors = np.where(wavelengths > context / low, np.float32(factor), between)
    return np.where(wavelengths < context / high, np.float32(1.0), factors).astype(np.float32)


def long_factors(config: ConfigView) -> NDArray[np.float32] | None:
    """By what each frequency is divided in texts longer than the first context length (Phi-3's "longrope").

    Shapes: (rotary_dim / 2,)
    Raises: SourceError when the config's list is of another length, or holds other things than numbers above zero.
    """
    return _listed(config, "long_factor")


def short_factors(config: ConfigView) -> NDArray[np.float32] | None:
    """The same for texts up to the first context length."""
    return _listed(config, "short_factor")


def _listed(config: ConfigView, name: str) -> NDArray[np.float32] | None:
    held = config.get(f"@rope.{name}")
    if not config.get("@rope.long_factor") and held is None:
        return None
    count = config.integer("@half_rotary_dim")
    if not isinstance(held, list) or len(held) != count or not all(type(item) in (int, float) and 0 < item < 1e30 for item in held):
        raise config.fail(Sentence("rope %1 is not a list of %2 numbers", name, count))
    return np.array(held, np.float32)


def long_attention(config: ConfigView) -> float | None:
    """By how much attention grows with the reach of long factors; None without them.

    Source: the "longrope" rope type of transformers' modeling_rope_utils.py.
    """
    if not config.get("@rope.long_factor"):
        return None
    first = config.positive("@rope.original_max_position_embeddings")
    scale = config.positive("max_position_embeddings") / first
    return math.sqrt(1 + math.log(scale) / math.log(first)) if scale > 1 < first else 1.0
