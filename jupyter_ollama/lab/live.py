"""Views that answer to clicks and keys: boxes of ipywidgets' own widgets.

Where they cannot live, as in a saved notebook that is only read, what they were made of is shown instead.
"""

from __future__ import annotations

import importlib
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
    """The parts below one another, ``still`` (by MIME type) where there is no kernel."""
    widgets = toolkit()

    class Live(widgets.VBox):  # type: ignore[misc, name-defined]  # known when it is imported
        def _repr_mimebundle_(self, **how: Any) -> dict[str, Any]:
            return {**still, **(super()._repr_mimebundle_(**how) or {}), "text/plain": still["text/plain"]}

    return Live(list(parts), layout=widgets.Layout(**layout))
