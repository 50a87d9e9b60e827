"""A Modelfile in a cell: written, checked, and made into a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import Unicode

from ...editing import ModelfileText
from ...modelfile import Modelfile
from ...shown import Displayed
from .widget import OllamaWidget

if TYPE_CHECKING:
    from jupyter_ollama import Ollama


SAVED_CHARACTERS = 20_000


class ModelfileEditor(OllamaWidget):
    """Write a Modelfile: completion, what is wrong with it, and the model that is made of it, with its progress.

        editor = ModelfileEditor("FROM llama3.2", name="mario")
        editor.text   # what stands there; set it to write something else

    Args:
        text: the Modelfile at first; ``Ollama.recipe`` gives one for a model, a file or a folder.
        name: of the model that is made.
        quantize: the type its weights are stored in; empty: as they are.
        folder: where relative paths start; empty: the kernel's working directory.
    """

    front_end = "editor"

    text = Unicode(help="The Modelfile, as it stands in the editor.").tag(sync=True)
    name = Unicode(help="The name of the model that is made.").tag(sync=True)
    quantize = Unicode(help="The type its weights are stored in; empty: as they are.").tag(sync=True)
    folder = Unicode(help="Where relative paths start; empty: the kernel's working directory.").tag(sync=True)

    def __init__(
        self,
        text: str | Modelfile = "",
        *,
        name: str = "",
        quantize: str = "",
        folder: str = "",
        height: int = 480,
        ollama: Ollama | None = None,
    ) -> None:
        super().__init__(ollama=ollama, height=height, text=str(text), name=name, quantize=quantize, folder=folder)

    def __repr__(self) -> str:
        return f"<ModelfileEditor {self.name}>" if self.name else "<ModelfileEditor>"

    def _still(self) -> Displayed:
        text = self.text[:SAVED_CHARACTERS]
        return ModelfileText(text, self.name, self._asked().check(text, base_dir=self.folder or None).pieces)
