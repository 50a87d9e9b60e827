"""Ollama, rebuilt for the notebook.

    from jupyter_ollama import Ollama, Modelfile

    ollama = Ollama()
    ollama.create("mario", Modelfile.parse("FROM pocket\\nSYSTEM You are Mario.")).result()
    for chunk in ollama.chat("mario", "Who are you?"):
        print(chunk.content, end="")

In a notebook: ``%load_ext jupyter_ollama``, then ``%%modelfile``, ``%ollama_create``, ``%%chat`` and ``%ollama``.
Names are imported when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import OllamaError
    from .events import Chunk, Done, Progress, ToolResult
    from .messages import Message, Tool, ToolCall
    from .modelfile import Modelfile
    from .ollama import Ollama
    from .run import Run

__version__ = "0.1.0"

_HOMES = {
    "Chunk": ".events",
    "Done": ".events",
    "Message": ".messages",
    "Modelfile": ".modelfile",
    "Ollama": ".ollama",
    "OllamaError": ".errors",
    "Progress": ".events",
    "Run": ".run",
    "Tool": ".messages",
    "ToolCall": ".messages",
    "ToolResult": ".events",
}
__all__ = [
    "Chunk", "Done", "Message", "Modelfile", "Ollama", "OllamaError", "Progress", "Run", "Tool", "ToolCall", "ToolResult", "__version__",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext jupyter_ollama``: the magics and their completion. Loading it again is harmless."""
    importlib.import_module(".notebook", __name__).load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """``%unload_ext jupyter_ollama``."""
    importlib.import_module(".notebook", __name__).unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-ollama"}]
