"""One model in a cell, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import Unicode

from ...shown import Displayed
from .widget import OllamaWidget

if TYPE_CHECKING:
    from jupyter_ollama import Ollama


class LayerInspector(OllamaWidget):
    """A model opened: what it is, its layers with their content, metadata and tensors, and the Modelfile that makes it again.

        LayerInspector("mario")

    Args:
        model: its name; links in the view lead to others.
    """

    front_end = "inspector"

    model = Unicode(help="The name of the model that is opened.").tag(sync=True)

    def __init__(self, model: str, *, height: int = 480, ollama: Ollama | None = None) -> None:
        super().__init__(ollama=ollama, height=height, model=model)

    def __repr__(self) -> str:
        return f"<LayerInspector {self.model}>"

    def _still(self) -> Displayed:
        return self._asked().show(self.model)
