"""A parsed Modelfile as people read it: its instructions as they were understood, and its warnings."""

from __future__ import annotations

from html import escape

from jupyter_ollama import Modelfile

from .. import render
from ..render.markup import element, page, wrap


def text(name: str, modelfile: Modelfile) -> str:
    """The instructions, the warnings, and what to do next."""
    warnings = [f"Warning: {warning}" for warning in modelfile.warnings]
    return render.visible("\n".join([str(modelfile), *warnings, *([""] if warnings else []), f"Next: {_next(name)}"]))


def html(name: str, modelfile: Modelfile) -> str:
    """The same with colours."""
    warnings = [element("div", str(warning), "warning") for warning in modelfile.warnings]
    lines = [_instruction(str(Modelfile((command,))).rstrip("\n")) for command in modelfile.commands]
    step = f'<div class="quiet">Next: <code>{escape(_next(name))}</code></div>'
    return page(wrap("pre", "\n".join(lines)), *warnings, step)


def _next(name: str) -> str:
    return f"%ollama_create {name}"


def _instruction(line: str) -> str:
    """One instruction as HTML: keyword, name or role, value."""
    keyword, _, rest = line.partition(" ")
    name, _, value = rest.partition(" ") if keyword in ("PARAMETER", "MESSAGE") else ("", "", rest)
    parts = [element("span", keyword, "keyword"), element("span", name, "name") if name else "", element("span", value, "value")]
    return " ".join(part for part in parts if part)
