"""A parsed Modelfile as people read it: its instructions as they were understood, and its warnings."""

from __future__ import annotations

from html import escape

from jupyter_ollama import Modelfile

from .. import render
from ..render.markup import page


def text(name: str, modelfile: Modelfile) -> str:
    """The instructions, the warnings, and what to do next."""
    warnings = modelfile.warnings
    return "\n".join([render.plain(modelfile.shown()), *([""] if warnings else []), render.visible(f"Next: {_next(name)}")])


def html(name: str, modelfile: Modelfile) -> str:
    """The same with colours."""
    step = f'<div class="quiet">Next: <code>{escape(_next(name))}</code></div>'
    return page(*render.recipe_parts(modelfile.shown()), step)


def _next(name: str) -> str:
    return f"%ollama_create {name}"
