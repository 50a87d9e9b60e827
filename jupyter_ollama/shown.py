"""Values that show themselves: as text in a terminal, as HTML in a notebook, with or without the extension.

How they look is in ``render``, which is asked for only when something is displayed.
"""

from __future__ import annotations

import importlib
from typing import Any


class Displayed:
    """A value that notebooks display as text and as HTML. ``str()`` and ``repr()`` are its own."""

    __slots__ = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(_render().plain(self)), "text/html": str(_render().html(self))}


class Shown(Displayed):
    """The same with this text as its ``str()``."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(_render().plain(self))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("..." if cycle else str(self))


class Fields(Displayed):
    """A dataclass that is displayed as its fields, those with something in them."""

    __slots__ = ()


def _render() -> Any:
    return importlib.import_module(".render", __package__)
