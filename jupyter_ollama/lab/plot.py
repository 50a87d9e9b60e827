"""Figures that JupyterLab, Notebook and VS Code draw themselves, offline: Vega-Lite version 5, saved in the notebook as data.

Colours are chosen so that axes and words can be read on light and dark pages; the page shines through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MIME = "application/vnd.vegalite.v5+json"
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_WORDS = "#7a7a7a"  # contrast of about 4.3 with white and 4.6 with #111
_LINES = "#9a9a9a55"
PALETTE = ("#3b82c4", "#d9822b", "#3a9d5d", "#c2456b", "#8467c4", "#a38a1f", "#2a9aa6", "#8b6b5c")

_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
BARE = {"domain": False, "ticks": False}
"""An axis of names."""
_SHORT = "datum.value == 'outside' ? 'out' : datum.value"
LAYERS = {"axis": {**BARE, "labelAngle": 0, "labelOverlap": True, "labelExpr": _SHORT}, "scale": {"paddingInner": 0.08}}
KINDS = {"axis": BARE, "scale": {"paddingInner": 0.08}}
"""Fields of a map of tensors: layers across, kinds down."""


@dataclass(frozen=True)
class Plot:
    """A figure.

    Args:
        spec: Vega-Lite without data, schema and configuration.
        rows: its data; values that JSON knows.
        text: what the figure says, for a terminal and for who does not see it.
    """

    spec: Mapping[str, Any]
    rows: Sequence[Mapping[str, Any]]
    text: str

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        """The whole figure, for tools that take Vega-Lite (``altair.Chart.from_dict``)."""
        return {
            "$schema": SCHEMA, "description": self.text, "data": {"values": [dict(row) for row in self.rows]}, **self.spec,
            "background": None, "config": _config(),
        }  # fmt: skip

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MIME: self.to_dict(), "text/plain": self.text}


def headed(title: str, how_to_read: str = "") -> dict[str, str]:
    """The title of a figure: what it shows, and what to look for."""
    return {"text": title, **({"subtitle": how_to_read} if how_to_read else {})}


def _config() -> dict[str, Any]:
    labels, titles = {"labelColor": _WORDS, "labelFontSize": 12}, {"titleColor": _WORDS, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "font": _FONT,
        "view": {"stroke": None},
        "axis": {**labels, **titles, "labelLimit": 240, "gridColor": _LINES, "domainColor": _LINES, "tickColor": _LINES},
        "legend": {**labels, **titles, "symbolOpacity": 1, "labelLimit": 320},
        "header": {**labels, **titles},
        "title": {"color": _WORDS, "subtitleColor": _WORDS, "fontSize": 13, "subtitleFontSize": 12, "anchor": "start", "fontWeight": 600},
        "text": {"color": _WORDS, "fontSize": 12},
        "bar": {"color": PALETTE[0]},
        "point": {"opacity": 1},
        "rule": {"color": PALETTE[0]},
        "range": {"category": list(PALETTE)},
    }
