"""Models at the left, layers at the right, and a line from each model to every layer that it is made of: as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from ..render import human_bytes
from .plot import Plot

STEP = 24
Edge = Mapping[str, Any]


def ties(edges: Sequence[Edge], text: str) -> Plot:
    """The figure.

    Args:
        edges: of each model and each layer of it: ``model``, ``kind``, ``digest``, ``size_bytes``, ``held_by``. Small layers of one
            model alone are left out.
    """
    shown = [edge for edge in edges if edge["held_by"] > 1 or edge["kind"] in ("model", "adapter", "projector", "draft")]
    weights = {edge["model"]: edge["digest"] for edge in reversed(edges) if edge["kind"] == "model"}
    models = sorted(dict.fromkeys(edge["model"] for edge in edges), key=lambda name: (weights.get(name, ""), name))
    height = STEP * max(len(models), len({edge["digest"] for edge in shown}), 1)
    y = _spread(models, height)
    holders: dict[str, list[float]] = {}
    for edge in shown:
        holders.setdefault(edge["digest"], []).append(y[edge["model"]])
    layers = _spread(sorted(holders, key=lambda digest: fmean(holders[digest])), height)
    rows = [{**edge, "size": human_bytes(edge["size_bytes"]), "from": y[edge["model"]], "to": layers[edge["digest"]]} for edge in shown]
    by_digest = {row["digest"]: {**row, "words": f"{row['kind']}  {row['digest'][7:19]}  {row['size']}"} for row in rows}
    return Plot(_spec(height, [{"model": name, "y": place} for name, place in y.items()], list(by_digest.values())), rows, text)


def _spread(names: Sequence[str], height: int) -> dict[str, float]:
    """Names from top to bottom."""
    return {name: height * (number + 0.5) / len(names) for number, name in enumerate(names)}


def _spec(height: int, models: list[dict[str, Any]], layers: list[dict[str, Any]]) -> dict[str, Any]:
    scale = {"scale": {"domain": [0, height], "reverse": True, "nice": False, "zero": False}, "axis": None, "type": "quantitative"}
    x = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "nice": False}}
    left, right = {**x, "datum": 0}, {**x, "datum": 1}
    colour = {"field": "kind", "type": "nominal", "legend": None}  # each layer says its kind
    tips = [{"field": "kind"}, {"field": "digest"}, {"field": "size"}, {"field": "held_by", "title": "held by"}]
    lines = {"mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.6}, "encoding": {
        "x": left, "x2": {"datum": 1}, "y": {"field": "from", **scale}, "y2": {"field": "to"}, "color": colour,
        "tooltip": [{"field": "model"}, *tips],
    }}  # fmt: skip
    names = {"data": {"values": models}, "mark": {"type": "text", "align": "right", "dx": -8}, "encoding": {
        "x": left, "y": {"field": "y", **scale}, "text": {"field": "model"},
    }}  # fmt: skip
    right_y = {"x": right, "y": {"field": "to", **scale}}
    points = {"data": {"values": layers}, "mark": {"type": "circle", "size": 90, "opacity": 1}, "encoding": {
        **right_y, "color": colour, "tooltip": tips,
    }}  # fmt: skip
    words = {"data": {"values": layers}, "mark": {"type": "text", "align": "left", "dx": 10}, "encoding": {
        **right_y, "text": {"field": "words"},
    }}  # fmt: skip
    return {"layer": [lines, points, names, words], "width": 280, "height": height}
