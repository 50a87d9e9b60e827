"""Views in cells, VS Code, Colab and marimo: one class each, whose front end is a module in ``labextension/src/widgets``.

    built      what the build made of those modules
    pages      the pages that show a widget: each is a front end of ``comms``
    widget     what all of them share
    chat       a conversation
    browser    the models
    inspector  one model, layer by layer
    editor     a Modelfile

The order is that of the imports. They reach the verbs of ``desk`` in the way of the panel, by the messages of their own model instead of a
comm that the page opens. In ipykernel such messages wait for a cell that runs; the panel's do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...on_demand import on_demand

if TYPE_CHECKING:
    from .browser import ModelBrowser
    from .chat import Chat
    from .editor import ModelfileEditor
    from .inspector import LayerInspector

__all__ = ["Chat", "LayerInspector", "ModelBrowser", "ModelfileEditor"]

__getattr__ = on_demand(
    __name__,
    {
        "Chat": ".chat",
        "LayerInspector": ".inspector",
        "ModelBrowser": ".browser",
        "ModelfileEditor": ".editor",
    },
)
