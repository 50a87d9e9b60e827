"""Making models: an editor of Modelfiles, what they can be made of, and the making itself."""

from __future__ import annotations

from typing import Any

from ...models import ModelSummary
from ...quantization import QUANTIZATIONS
from ...wire.panel import editor, results
from .ask import Ask, Started

Json = dict[str, Any]


def check(ask: Ask) -> Json:
    """See ``Verbs.check``."""
    return editor.checked(ask.ollama.check(ask.text("modelfile"), base_dir=_folder(ask)))


def complete(ask: Ask) -> Json:
    """See ``Verbs.complete``."""
    text, number = ask.text("modelfile"), ask.number("line")
    lines = text.split("\n")
    line = lines[min(number, len(lines) - 1)]
    column = editor.characters(line, ask.number("column"))
    return editor.completions(ask.ollama.complete(text, number, column, base_dir=_folder(ask)), line)


def create(ask: Ask) -> Started[ModelSummary]:
    """See ``Verbs.create``."""
    run = ask.ollama.create(ask.text("name"), ask.text("modelfile"), quantize=ask.text("quantize", "") or None, base_dir=_folder(ask))
    return Started(run, results.result)


def files(ask: Ask) -> Json:
    """See ``Verbs.files``."""
    return editor.folder(ask.ollama.files(_folder(ask)))


def quantizations(ask: Ask) -> list[Json]:
    """See ``Verbs.quantizations``."""
    return [editor.quantization(one) for one in QUANTIZATIONS]


def recipe(ask: Ask) -> Json:
    """See ``Verbs.recipe``."""
    return {"modelfile": ask.ollama.recipe(ask.text("source"))}


def _folder(ask: Ask) -> str | None:
    return ask.text("folder", "") or None
