"""The face inside IPython: magics, their completion, and what they show. Works in a kernel and in a terminal.

    interrupt     Ctrl+C and the stop button: a short ending instead of a traceback
    execution     which cell is running, as the front end tells
    conversation  turns that follow their cells
    variables     {{name}} in a prompt
    progress      a bar for long verbs
    answer        an answer while it comes
    recipe        a parsed Modelfile as text and HTML
    session       the default Ollama, and what the magics of one shell share
    commands      what %ollama can do
    magics        one magic a file
    desk          what the panel and the widgets can ask
    comms         how they reach it
    widgets       views in cells; imported when they are asked for
    completion    what Tab offers

The order is that of the imports. Nothing here is imported before ``%load_ext``, and nothing heavy before a model is needed.
"""

from __future__ import annotations

from typing import Any

from .comms.attach import attach
from .completion import Completion
from .magics import MAGICS
from .session import Session, close

_HOLDER = MAGICS[0].__name__


def load(shell: Any) -> None:
    """Add the magics and their completion to a shell; does nothing where they are already."""
    if _HOLDER in shell.magics_manager.registry:
        return
    session = Session(shell)
    for magic in MAGICS:
        shell.register_magics(magic(shell, session))
    shell.Completer.custom_matchers.append(Completion(session).match)
    shell.events.register("pre_run_cell", session.forget_deleted_cells)
    session.attached = attach(shell, session)


def unload(shell: Any) -> None:
    """Take away all that ``load`` added, and end the child processes of the default Ollama."""
    registry = shell.magics_manager.registry
    if _HOLDER not in registry:
        return
    session = registry[_HOLDER].session
    close()  # first: pages that are hung up on come back at once, and shall find a new Ollama
    if session.attached is not None:
        session.attached.detach()
    shell.events.unregister("pre_run_cell", session.forget_deleted_cells)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if not isinstance(getattr(matcher, "__self__", None), Completion)]
    for magic in MAGICS:
        for kind, names in registry.pop(magic.__name__).magics.items():
            for name in names:
                shell.magics_manager.magics[kind].pop(name, None)
