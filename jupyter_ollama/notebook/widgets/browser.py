"""The models in a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import Unicode

from ...shown import Displayed
from .widget import OllamaWidget

if TYPE_CHECKING:
    from jupyter_ollama import Ollama


class ModelBrowser(OllamaWidget):
    """The models, grouped by name: search, open layer by layer, copy, rename, delete, unload.

        browser = ModelBrowser()
        browser.selected   # the name of the model that is opened; set it to open another one

    Args:
        selected: the model that is opened at first; empty: none.
    """

    front_end = "browser"

    selected = Unicode(help="The name of the model that is opened; empty: none.").tag(sync=True)

    def __init__(self, selected: str = "", *, height: int = 480, ollama: Ollama | None = None) -> None:
        super().__init__(ollama=ollama, height=height, selected=selected)

    def _still(self) -> Displayed:
        return self._asked().list()
