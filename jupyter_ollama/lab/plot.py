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


def _config() -> dict[str, Any]:
    words = {"labelColor": _WORDS, "titleColor": _WORDS}
    return {
        "view": {"stroke": None},
        "axis": {**words, "gridColor": _LINES, "domainColor": _LINES, "tickColor": _LINES},
        "legend": words,
        "header": words,
        "title": {"color": _WORDS, "anchor": "start"},
        "text": {"color": _WORDS},
        "range": {"category": list(PALETTE)},
    }
