"""How much of a prompt is the model's own: what its template makes of SYSTEM, MESSAGEs and tools, before anybody has said a word.

Nothing in a template marks that place. So the prompt is rendered once more with another first word, and the two are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..engine.protocol import MIN_FIXED_TOKENS, Engine
from ..errors import TemplateError
from ..messages import Message
from .prompt import Prompt


def with_fixed(engine: Engine, prompt: Prompt, said: str, beginning: Callable[[Message], str]) -> Prompt:
    """The prompt, with the count of its tokens that do not depend on what is said.

    Args:
        said: the first thing that is said in it.
        beginning: the prompt of a conversation that consists of one other message.
    """
    if len(prompt.tokens) <= MIN_FIXED_TOKENS:
        return prompt
    try:
        other = beginning(Message("user", _another(said)))
    except TemplateError:
        return prompt
    shared = prompt.text[: _shared(prompt.text, other)]
    if len(shared) < MIN_FIXED_TOKENS:  # a token has a character at least, but for rare signs
        return prompt
    fixed = _shared(prompt.tokens, engine.tokenize(shared))  # its last word may go on in the prompt, and be cut otherwise there
    return replace(prompt, fixed=fixed) if fixed >= MIN_FIXED_TOKENS else prompt


def _shared(first: Sequence[object], second: Sequence[object]) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))


def _another(said: str) -> str:
    """A text that begins otherwise, upper and lower case and blanks aside."""
    return "Other" if said.strip()[:1].casefold() != "o" else "Yet another"
