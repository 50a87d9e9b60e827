"""Ollama's verbs, one a file. A quick verb is a function that returns a value; a long one is a generator that yields events.

    verbs.list.list_models(store)

A verb is imported when it is first used: a kernel that only lists models needs no templates, no registry and no numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..on_demand import on_demand

if TYPE_CHECKING:
    from . import (
        chat,
        check,
        complete,
        copy,
        create,
        delete,
        du,
        embed,
        files,
        form,
        generate,
        imatrix,
        layers,
        list,  # noqa: A004 (Ollama's name)
        load_saved,
        needs,
        places,
        prune,
        ps,
        pull,
        push,
        recipe,
        resolve,
        save,
        score,
        see_prompt,
        show,
        suggest,
        tool_loop,
        upload,
        verify,
    )

__all__ = [
    "chat",
    "check",
    "complete",
    "copy",
    "create",
    "delete",
    "du",
    "embed",
    "files",
    "form",
    "generate",
    "imatrix",
    "layers",
    "list",
    "load_saved",
    "needs",
    "places",
    "prune",
    "ps",
    "pull",
    "push",
    "recipe",
    "resolve",
    "save",
    "score",
    "see_prompt",
    "show",
    "suggest",
    "tool_loop",
    "upload",
    "verify",
]

__getattr__ = on_demand(__name__, dict.fromkeys(__all__, ""))
