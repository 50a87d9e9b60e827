"""Views that answer to clicks and keys: boxes of ipywidgets' own widgets.

Where they cannot live, as in a saved notebook that is only read, what they were made of is shown instead: it is an output of its
own that the living view hides.
"""

from __future__ import annotations

import importlib
import secrets
from collections.abc import Mapping
from typing import Any

from ..errors import NotSupported


def toolkit() -> Any:
    """The package ipywidgets. Raises: NotSupported where it is not installed."""
    try:
        return importlib.import_module("ipywidgets")
    except ImportError as error:
        raise NotSupported("ipywidgets is not installed.", hint="pip install ipywidgets.", capabilities=()) from error


def live(still: Mapping[str, Any], *parts: Any, **layout: str) -> Any:
    """The parts below one another, ``still`` (text/plain and text/html) where there is no kernel."""
    widgets, name = toolkit(), f"still-{secrets.token_hex(6)}"
    hides = widgets.HTML(f"<style>.{name} {{ display: none; }}</style>", layout=widgets.Layout(display="none"))
    shown = {**still, "text/html": f'<div class="{name}">{still["text/html"]}</div>'}

    class Live(widgets.VBox):  # type: ignore[misc, name-defined]  # known when it is imported
        def _ipython_display_(self) -> None:
            display = importlib.import_module("IPython.display").display
            display(shown, raw=True)
            display(self._repr_mimebundle_(), raw=True)

        def _repr_mimebundle_(self, **how: Any) -> dict[str, Any]:
            return {**still, **(super()._repr_mimebundle_(**how) or {}), "text/plain": still["text/plain"]}

    return Live([*parts, hides], layout=widgets.Layout(**layout))
