"""What a conversation is made of: messages, tool calls, tools. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ROLES = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a function to be called."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may ask for; ``parameters`` is a JSON Schema object."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    type: str = "function"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. ``role`` is system, user, assistant or tool."""

    role: str
    content: str = ""
    thinking: str = ""
    images: tuple[bytes, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_name: str = ""
    tool_call_id: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role must be one of {', '.join(ROLES)}, not {self.role!r}")


MessageLike = Message | Mapping[str, Any] | str


def as_messages(messages: MessageLike | Iterable[MessageLike]) -> tuple[Message, ...]:
    """Read what people pass as a conversation: a text (one user turn), a mapping, a Message, or a list of these.

    Raises: ValueError for an unknown role, TypeError for anything else.
    """
    if isinstance(messages, str | Message | Mapping):
        messages = [messages]
    return tuple(_as_message(one) for one in messages)


def _as_message(one: MessageLike) -> Message:
    if isinstance(one, Message):
        return one
    if isinstance(one, str):
        return Message("user", one)
    if isinstance(one, Mapping):
        return Message(
            role=str(one.get("role", "user")),
            content=one.get("content") or "",
            thinking=one.get("thinking") or "",
            images=tuple(one.get("images") or ()),
            tool_calls=tuple(_as_tool_call(call) for call in one.get("tool_calls") or ()),
            tool_name=one.get("tool_name") or "",
            tool_call_id=one.get("tool_call_id") or "",
        )
    raise TypeError(f"a message is a text, a mapping or a Message, not {type(one).__name__}")


def _as_tool_call(call: ToolCall | Mapping[str, Any]) -> ToolCall:
    if isinstance(call, ToolCall):
        return call
    function = call.get("function", call)
    return ToolCall(function["name"], function.get("arguments") or {}, call.get("id", ""), function.get("index", 0))
