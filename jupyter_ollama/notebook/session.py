"""The default Ollama that the magics call, and what the magics of one shell share.

from jupyter_ollama.notebook import session

session.get()                       # the Ollama behind the magics, to use it from Python
session.use(Ollama("/data/models")) # another one instead
"""

from __future__ import annotations

import atexit
import importlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..names import ModelName
from .conversation import Conversations
from .execution import current

if TYPE_CHECKING:
    from jupyter_ollama import Modelfile, Ollama

    from .comms.attach import Attached


class Session:
    """What the magics of one shell share: Modelfiles that were parsed, and conversations."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.conversations = Conversations()
        self.attached: Attached | None = None  # how pages reach this kernel
        self._modelfiles: dict[ModelName, Modelfile] = {}

    @property
    def ollama(self) -> Ollama:
        return get()

    def keep(self, name: str, modelfile: Modelfile) -> None:
        """Remember a Modelfile under a model's name.

        Raises: InvalidName.
        """
        new = ModelName.valid(name)
        self._modelfiles = {known: held for known, held in self._modelfiles.items() if not known.same_as(new)} | {new: modelfile}

    def modelfile(self, name: str) -> Modelfile | None:
        """The Modelfile kept under that name.

        Raises: InvalidName.
        """
        wanted = ModelName.valid(name)
        return next((held for known, held in self._modelfiles.items() if known.same_as(wanted)), None)

    @property
    def modelfile_names(self) -> list[str]:
        """As people type them: without the tag ``latest``."""
        return [str(known).removesuffix(":latest") for known in self._modelfiles]

    def forget_deleted_cells(self, *_: object) -> None:
        """Called before each cell runs: the front end tells then which cells were deleted."""
        if deleted := current(self.shell).deleted:
            self.conversations.forget(deleted)


_lock = threading.Lock()
_default: Ollama | None = None
_ours = False
_listeners: list[Callable[[], None]] = []


def get() -> Ollama:
    """The default Ollama; made when it is first asked for, from the environment's settings."""
    global _default, _ours
    with _lock:
        if _default is None:
            _default, _ours = importlib.import_module("jupyter_ollama").Ollama(), True
        return _default


def use(ollama: Ollama | None) -> None:
    """Let the magics call this Ollama; None: one that is made when it is needed. It stays the caller's to close; the one made before is
    closed."""
    global _default
    close()
    with _lock:
        _default = ollama
    for listener in _listeners:
        listener()


def on_change(listener: Callable[[], None]) -> None:
    """Call ``listener`` when the magics call another Ollama."""
    _listeners.append(listener)


def close() -> None:
    """End the child processes of the default Ollama if it was made here. The next use makes a new one."""
    global _default, _ours
    with _lock:
        made, _default, _ours = _default if _ours else None, None, False
    if made is not None:
        made.close()


atexit.register(close)
