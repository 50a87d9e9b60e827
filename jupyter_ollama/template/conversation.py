"""Which messages a prompt is made of: the model's own SYSTEM and MESSAGEs, and what the caller brings. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..messages import Message


def for_chat(system: str | None, own: Sequence[Message], messages: Sequence[Message]) -> list[Message]:
    """A chat: the model's MESSAGEs, then the conversation.

    The model's SYSTEM comes first unless the conversation *begins* with a system message; one further down does not count.
    """
    opens_with_system = bool(messages) and messages[0].role == "system"
    leading = [Message("system", system)] if system and not opens_with_system else []
    return [*leading, *own, *messages]


def for_generate(
    model_system: str | None, own: Sequence[Message], prompt: str, *, system: str | None = None, continued: bool = False
) -> list[Message]:
    """One prompt: a single system text (the caller's, else the model's), the model's MESSAGEs, the prompt.

    Args:
        system: the caller's; it replaces the model's.
        continued: the caller goes on with an earlier context, which holds the model's MESSAGEs already.
    """
    wanted = system or model_system
    leading = [Message("system", wanted)] if wanted else []
    return [*leading, *(() if continued else own), Message("user", prompt)]


def without_old_thoughts(messages: Sequence[Message]) -> list[Message]:
    """Take ``<think>...</think>`` out of the assistant's messages before the last user message.

    The families qwen3 and deepseek-r1 are used to conversations without them.
    """
    last_user = max((place for place, one in enumerate(messages) if one.role == "user"), default=0)
    return [_thoughtless(one) if place < last_user else one for place, one in enumerate(messages)]


def _thoughtless(message: Message) -> Message:
    if message.role != "assistant" or "<think>" not in message.content:
        return message
    said, rest = "", message.content
    while True:
        before, _, thought = rest.partition("<think>")
        _, closed, after = thought.partition("</think>")
        if not closed:
            return replace(message, content=said + rest)
        said, rest = said + before, after.lstrip("\n")
