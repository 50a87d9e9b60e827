"""Talking to a model, and what can be set for it."""

from __future__ import annotations

from typing import Any

from ...events import Done
from ...messages import Message, as_messages
from ...options import OPTIONS
from ...wire.panel import editor
from ...wire.panel.answers import answer
from .ask import Ask, Started

Json = dict[str, Any]


def chat(ask: Ask) -> Started[Done]:
    """See ``Verbs.chat``. No functions are offered: a page cannot have any."""
    messages = _messages(ask)
    if not messages:
        raise ask.refuse("messages is empty.", "Ask something, or load the model.")
    wanted = {"options": ask.object("options", {}), "think": ask.any("think"), "system": _system(ask), "format": ask.any("format")}
    run = ask.ollama.chat(ask.text("model"), messages, **wanted)
    return Started(run, answer, stays=False)


def options(ask: Ask) -> list[Json]:
    """See ``Verbs.options``."""
    return [editor.option(one) for one in OPTIONS.values()]


def _system(ask: Ask) -> str | None:
    return None if ask.any("system") is None else ask.text("system")


def _messages(ask: Ask) -> tuple[Message, ...]:
    try:
        return tuple(read_message(one) for one in ask.objects("messages"))
    except (TypeError, ValueError) as error:
        raise ask.refuse(f"messages: {error}.") from error


def read_message(held: Json) -> Message:
    """``IMessage`` as a message.

    Raises: ValueError, TypeError.
    """
    calls: Any = held.get("toolCalls") or []
    if not isinstance(calls, list):
        raise TypeError("toolCalls is a list")
    fields = {
        "role": held.get("role", "user"), "content": held.get("content"), "thinking": held.get("thinking"), "tool_calls": calls,
        "tool_name": held.get("toolName"),
    }  # fmt: skip
    return as_messages(fields)[0]
