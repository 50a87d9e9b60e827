"""What all widgets share: the built front end, the way to the verbs, and what is saved for those who have no kernel."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
from traitlets import Int, Unicode

from ...cards import Card
from ...errors import OllamaError
from ...shown import Displayed
from ..comms import hub
from . import built
from .pages import Pages

if TYPE_CHECKING:
    from jupyter_ollama import Ollama

Bundle = dict[str, Any]


class OllamaWidget(anywidget.AnyWidget):
    """A view of an Ollama. Callbacks may come on any thread: nothing here takes time, and nothing but the front end changes traits.

    Args:
        ollama: the one that is asked; None: the one behind the magics.
        height: how high the view is, in pixels.
    """

    front_end: ClassVar[str]
    """The name of its module in ``jupyter_ollama/static``."""
    _pages: Pages | None = None

    height = Int(480, min=120, max=4000, help="Pixels.").tag(sync=True)
    _widget = Unicode(help="Tells this widget from all others.").tag(sync=True)

    def __init__(self, *, ollama: Ollama | None = None, **traits: Any) -> None:
        self._esm, self._css = built.read(f"{self.front_end}.js"), built.read(f"{self.front_end}.css")
        self._ollama = ollama
        pages = self._pages = Pages(hub.default() if ollama is None else hub.Hub(lambda: ollama), self._tell)
        super().__init__(_widget=secrets.token_hex(8), **traits)
        self.on_msg(lambda _, content, __: pages.receive(content))

    def open(self) -> None:
        """Make the model that pages show; ipywidgets calls this."""
        super().open()
        if hasattr(self.comm, "handle_msg"):
            self.comm.handle_msg = self._handle_msg  # without the events of IPython, upon which a cell's figure would be closed

    def close(self) -> None:
        """Take the views away, and stop what they asked for."""
        if self._pages is not None:
            self._pages.close()
        super().close()

    def _tell(self, message: dict[str, Any]) -> None:
        self.send(message)

    # ------------------------------------------------------------ what is saved in a notebook

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _still(self) -> Displayed:
        """What is shown where there is no kernel."""
        raise NotImplementedError

    def _asked(self) -> Ollama:
        return hub.default().ollama() if self._ollama is None else self._ollama

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[Bundle, Bundle] | None:
        """The view, and beside it text and HTML."""
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        try:
            still = self._still()
        except OllamaError as error:
            still = Card(type(self).__name__, str(error))
        data, metadata = shown
        return {**data, **still._repr_mimebundle_()}, metadata
