"""What a model really reads: the prompt of a conversation, taken apart."""

from __future__ import annotations

from typing import Any

from ..prompts import RenderedPrompt
from .opened import opened


def xray(model: str, messages: Any, *, ollama: Any = None, **how: Any) -> RenderedPrompt:
    """The prompt that ``ollama.chat`` would give a model, with the origin of each piece, its tokens and what did not fit.

        lab.xray("llama3.2", "Why is the sky blue?", system="Be brief.")

    Args:
        messages: a question, or what ``Ollama.chat`` takes.
        how: further arguments of ``Ollama.prompt``: ``tools``, ``think``, ``system``, ``options`` ...
    Raises: ModelNotFound, NotSupported for a model that only embeds, TemplateError, OptionError.
    """
    with opened(ollama) as asked:
        seen: RenderedPrompt = asked.prompt(model, messages, **how).result()
        return seen
