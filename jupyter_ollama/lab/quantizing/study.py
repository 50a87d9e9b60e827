"""The variants of a model with all that was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ..plot import KINDS, LAYERS, Plot, headed
from ..rows import Rows
from .errors import TensorError

COLUMNS = (
    "type", "size_bytes", "bits_per_weight", "perplexity", "kl_divergence", "same_top", "rmse", "prompt_rate", "answer_rate",
)  # fmt: skip
_LEAST = 1e-6
"""Nats; nothing smaller can be seen on a logarithmic scale."""


@dataclass(frozen=True)
class Variant:
    """A model in one type.

    ``kl_divergence`` (nats) and ``same_top`` (share) compare with the original; ``rmse`` is the mean over its tensors of the error relative
    to the size of the numbers.

    Units: ``prompt_rate`` and ``answer_rate`` tokens per second.
    """

    type: str
    size_bytes: int
    bits_per_weight: float
    perplexity: float
    kl_divergence: float
    same_top: float
    rmse: float
    prompt_rate: float
    answer_rate: float
    digest: str = ""


class QuantizationStudy(Rows[Variant]):
    """A table of variants, the original first. ``errors`` has every tensor of every variant."""

    def __init__(self, variants: Sequence[Variant], errors: Sequence[TensorError], source: str, n_tokens: int) -> None:
        super().__init__(variants, f"{source}, measured on {n_tokens:,} tokens", COLUMNS)
        self.errors = Rows(errors, "errors by tensor", ("variant", "name", "type", "rmse", "relative"))
        self.source = source

    def plot(self) -> Plot:
        """Size against divergence from the original: what lies below and to the left of nothing is worth having."""
        best = _pareto(self[1:])
        words = {True: "best for its size", False: "another is better"}
        rows = [
            {**asdict(row), "worth": words[row.type in best], "megabytes": row.size_bytes / 1e6, "lost": max(row.kl_divergence, _LEAST)}
            for row in self[1:]
        ]
        x = {"field": "megabytes", "type": "quantitative", "title": "size in MB", "scale": {"zero": False, "padding": 30}}
        y = {
            "field": "lost", "type": "quantitative", "title": "KL divergence from the original (nats)",
            "scale": {"type": "log", "nice": True, "padding": 14},
            "axis": {"format": "~g", "values": _powers([row["lost"] for row in rows])},
        }  # fmt: skip
        tips = [{"field": name} for name in ("type", "bits_per_weight", "perplexity", "kl_divergence", "same_top", "answer_rate")]
        points = {"mark": {"type": "point", "filled": True, "size": 110}, "encoding": {
            "x": x, "y": y, "tooltip": tips, "color": {"field": "worth", "type": "nominal", "title": None},
        }}  # fmt: skip
        names = {"mark": {"type": "text", "dx": 8, "align": "left"}, "encoding": {"x": x, "y": y, "text": {"field": "type"}}}
        named = ", ".join(row.type for row in self[1:] if row.type in best)
        title = headed("Size against what was lost", "further left is smaller, further down more faithful")
        return Plot(
            {"title": title, "layer": [points, names], "width": 420, "height": 280}, rows, f"Best for their size: {named}.\n{self}"
        )

    def heat_map(self, variant: str | None = None) -> Plot:
        """Where a variant (by default the smallest) lost most: layers across, kinds of tensors down."""
        smallest = min(self[1:], key=lambda row: row.size_bytes, default=None)
        shown = variant or (smallest.type if smallest else "")
        rows = [{**asdict(one), "layer": "outside" if one.layer is None else one.layer} for one in self.errors if one.variant == shown]
        encoding = {
            "x": {"field": "layer", "type": "ordinal", **LAYERS}, "y": {"field": "kind", "type": "nominal", "title": None, **KINDS},
            "color": {
                "field": "relative", "type": "quantitative", "title": "relative RMSE", "legend": {"format": ".2f"},
                "scale": {"scheme": "viridis"},
            },
            "tooltip": [{"field": name} for name in ("name", "type", "rmse", "relative")],
        }  # fmt: skip
        worst = max((one for one in self.errors if one.variant == shown), key=lambda one: one.relative, default=None)
        words = f"{shown}: the largest error is {worst.relative:.3g} in {worst.name}." if worst else f"{shown}: no tensor changed its type."
        about = "relative to the size of its numbers; bright: large; out: outside of the layers"
        title = headed(f"{shown}: the error of each tensor", about)
        return Plot(
            {"title": title, "mark": "rect", "encoding": encoding, "width": {"step": 22}, "height": {"step": 18}}, rows, words
        )


def _powers(values: Sequence[float]) -> list[float]:
    """The powers of ten around some numbers, for an axis."""
    if not values:
        return []
    return [10.0**power for power in range(math.floor(math.log10(min(values))), math.ceil(math.log10(max(values))) + 1)]


def _pareto(variants: Sequence[Variant]) -> set[str]:
    """Those than which no other is both smaller and closer to the original."""
    return {
        one.type for one in variants
        if not any(
            other.size_bytes <= one.size_bytes and other.kl_divergence <= one.kl_divergence
            and (other.size_bytes, other.kl_divergence) != (one.size_bytes, one.kl_divergence) for other in variants
        )
    }  # fmt: skip
