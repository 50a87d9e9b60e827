"""Views for cells, VS Code, Colab and marimo: ``from jupyter_ollama.widgets import Chat``.

    Chat("mario")              a conversation; what was said is in ``.messages``
    ModelBrowser()             the models, to be opened layer by layer
    LayerInspector("mario")    one model opened
    ModelfileEditor()          a Modelfile to be written, and made into a model; its text is in ``.text``

They are made of the parts of the JupyterLab panel, and need nothing from the network.
"""

from __future__ import annotations

from .notebook.widgets import Chat, LayerInspector, ModelBrowser, ModelfileEditor

__all__ = ["Chat", "LayerInspector", "ModelBrowser", "ModelfileEditor"]
