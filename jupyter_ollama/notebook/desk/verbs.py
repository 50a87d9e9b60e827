"""Which function answers which verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import catalogue, chat, create, layers, models, transfer
from .ask import Ask

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
