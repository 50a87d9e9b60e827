"""Experiments: look inside a model, compare models, ask many questions. Everything here stands on the public API.

    from jupyter_ollama import lab

    plot       a figure that notebooks draw themselves (Vega-Lite), with words for those who do not see it
    rows       a table of values: in a notebook, as text, as a pandas DataFrame
    journal    results on the disk as they come, so that a long experiment goes on after a crash
    intervals  how sure a rate or a mean is
    opened     the Ollama that an experiment asks
    asking     many questions at once
    stopped    what is left of an experiment that ends early
    bar        how far an experiment is
    sheet      rows that a prompt is filled from
    columns    the fields of answers as columns
    places     where a tensor stands in a model
    inside     a model from the inside
    kinship    how models are related
    ties       lines from models to their layers
    differing  what changed from one text to another
    reading    what a model really reads
    answering  an answer token by token
    branching  the same with tokens to click
    sampling   what the sampling options do to a prediction
    samplers   the steps from logits to what is drawn from
    sliders    the same with sliders
    live       views that answer to clicks
    adapters   what an adapter changes, measured
    adapted    the same as a table, with the words that changed, and as a figure
    replaying  the questions of a saved notebook, asked again
    mapping    one prompt over many rows
    quantizing/ what quantization costs
    comparing/ the same prompts to several models, many times each

Arguments that mean the same everywhere: ``ollama`` is whose models these are, by default those of a new ``Ollama``; ``progress`` whether a
bar is shown; ``options`` PARAMETERs over those of the model; ``system``, ``think`` and ``format`` are those of ``Ollama.chat``.

pandas and pyarrow come with the extra ``lab``; what works without them does not import them.
"""

from __future__ import annotations

import importlib
from typing import Any

# Public name -> the file that has it, and its name there. A new instrument needs its line here.
_PLACES: dict[str, tuple[str, str]] = {
    "Comparison": ("comparing", "Comparison"),
    "Journal": ("journal", "Journal"),
    "Machine": ("comparing", "Machine"),
    "Plot": ("plot", "Plot"),
    "Rows": ("rows", "Rows"),
    "Stopped": ("stopped", "Stopped"),
    "anatomy": ("inside", "anatomy"),
    "compare": ("comparing", "compare"),
    "contains": ("comparing", "contains"),
    "diff": ("kinship", "diff"),
    "exact": ("comparing", "exact"),
    "json_valid": ("comparing", "json_valid"),
    "judge": ("comparing", "judge"),
    "lineage": ("kinship", "lineage"),
    "map": ("mapping", "map_rows"),
    "matches": ("comparing", "matches"),
    "playground": ("sampling", "playground"),
    "quantizations": ("quantizing", "quantizations"),
    "replay": ("replaying", "replay"),
    "strengths": ("adapters", "strengths"),
    "tokens": ("answering", "tokens"),
    "xray": ("reading", "xray"),
}

__all__ = sorted(_PLACES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    place, held = _PLACES[name]
    value = getattr(importlib.import_module(f".{place}", __name__), held)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
