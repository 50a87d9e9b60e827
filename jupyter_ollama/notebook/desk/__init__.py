"""What a front end can ask, and what it is answered: one function a verb.

    VERBS["copy"](Ask(ollama, "copy", {"source": "mario", "destination": "luigi"}))

A handler takes an ``Ask`` and returns what is answered at once, as JSON, or a ``Started`` for work whose events are to travel. It runs on
a thread of its own beside the kernel's cells, several at once, and raises what goes wrong. How messages travel is no matter of this
folder (``comms``); it serves the panel and the widgets. A new verb is one line below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import catalogue, chat, create, layers, models, transfer
from .ask import Ask, Started

__all__ = ["VERBS", "Ask", "Handler", "Started"]

Handler = Callable[[Ask], Any]

VERBS: dict[str, Handler] = {
    "catalogue": catalogue.catalogue,
    "chat": chat.chat,
    "check": create.check,
    "complete": create.complete,
    "content": layers.content,
    "copy": models.copy,
    "create": create.create,
    "delete": models.delete,
    "elements": layers.elements,
    "files": create.files,
    "load": models.load,
    "metadata": layers.metadata,
    "name": models.name,
    "open": models.open_model,
    "options": chat.options,
    "pull": transfer.pull,
    "push": transfer.push,
    "quantizations": create.quantizations,
    "recipe": create.recipe,
    "removal": models.removal,
    "stop": models.stop,
    "suggestions": transfer.suggestions,
    "tensors": layers.tensors,
}
