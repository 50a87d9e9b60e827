"""Experiments: look inside a model, compare models, ask many questions. Everything here stands on the public API.

    from jupyter_ollama import lab

    plot       a figure that notebooks draw themselves (Vega-Lite), with words for those who do not see it
    rows       a table of values: in a notebook, as text, as a pandas DataFrame
    journal    results on the disk as they come, so that a long experiment goes on after a crash
    intervals  how sure a rate or a mean is

pandas and pyarrow come with the extra ``lab``; what works without them does not import them.
"""

from __future__ import annotations

import importlib
from typing import Any

# Public name -> the file that has it. A new instrument needs its line here.
_PLACES: dict[str, str] = {"Plot": "plot", "Rows": "rows", "Journal": "journal"}

__all__ = sorted(_PLACES)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
