"""What a conversation is made of: messages, tool calls, tools. Values only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .shown import Fields

ROLES = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class ToolCall(Fields):
    """The model asks for a function to be called."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class Tool(Fields):
    """A function the model may ask for; ``parameters`` is a JSON Schema object.

    ``function`` is the Python function that answers a call; without one, calls are the caller's to answer.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    type: str = "function"
    function: Callable[..., Any] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Tool:
        """A Python function as a tool: described by its signature and docstring.

        Raises: ValueError for what cannot be described.
        """
        from .functions import describe  # so that only who offers functions pays for it

        told = describe(function)
        return cls(told.name, told.description, told.parameters, function=function)


@dataclass(frozen=True, slots=True)
class Message(Fields):
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
ToolLike = Tool | Mapping[str, Any] | Callable[..., Any]


def as_messages(messages: MessageLike | Iterable[MessageLike]) -> tuple[Message, ...]:
    """Read what people pass as a conversation: a text (one user turn), a mapping, a Message, or a list of these.

    Raises: ValueError for an unknown role or a call that cannot be read, TypeError for anything else.
    """
    if isinstance(messages, str | Message | Mapping):
        messages = [messages]
    return tuple(_as_message(one) for one in messages)


def as_tools(tools: ToolLike | Iterable[ToolLike] | None) -> tuple[Tool, ...]:
    """Read what people pass as tools: a Tool, a Python function, a mapping as in Ollama's and OpenAI's API, or a list of these.

    Raises: ValueError for a tool without a name, with parameters that are no schema or that cannot be described, and for two of one name;
        TypeError for anything else.
    """
    if isinstance(tools, Tool | Mapping) or callable(tools):
        tools = [tools]
    found = tuple(_as_tool(one) for one in tools or ())
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"two tools have the name {twice}")
    return found


def _as_message(one: MessageLike) -> Message:
    if isinstance(one, Message):
        return one
    if isinstance(one, str):
        return Message("user", one)
    if isinstance(one, Mapping):
        return Message(
            role=str(one.get("role", "user")).lower(),
            content=_text(one, "content"),
            thinking=_text(one, "thinking"),
            images=tuple(one.get("images") or ()),
            tool_calls=tuple(_as_tool_call(call) for call in one.get("tool_calls") or ()),
            tool_name=_text(one, "tool_name"),
            tool_call_id=_text(one, "tool_call_id"),
        )
    raise TypeError(f"a message is a text, a mapping or a Message, not {type(one).__name__}")


def _text(message: Mapping[str, Any], key: str) -> str:
    held = message.get(key) or ""
    if not isinstance(held, str):
        raise TypeError(f"the {key} of a message is a text, not {type(held).__name__}")
    return held


def _as_tool_call(call: ToolCall | Mapping[str, Any]) -> ToolCall:
    if isinstance(call, ToolCall):
        return call
    function = _function(call, "a tool call")
    arguments = function.get("arguments") or {}
    if isinstance(arguments, str):  # OpenAI's way
        try:
            arguments = json.loads(arguments)
        except ValueError:
            raise ValueError(f"the arguments of a call of {function['name']} are no JSON: {arguments!r}") from None
    if not isinstance(arguments, Mapping):
        raise TypeError(f"the arguments of a call of {function['name']} are a mapping, not {type(arguments).__name__}")
    return ToolCall(function["name"], arguments, call.get("id") or "", function.get("index") or call.get("index") or 0)


def _as_tool(one: ToolLike) -> Tool:
    if isinstance(one, Tool):
        return one
    if callable(one):
        return Tool.of(one)
    function = _function(one, "a tool")
    parameters = function.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        raise TypeError(f"the parameters of {function['name']} are a JSON Schema object, not {type(parameters).__name__}")
    return Tool(function["name"], function.get("description") or "", parameters, one.get("type") or "function")


def _function(one: Any, what: str) -> Mapping[str, Any]:
    """The mapping that has the name: below ``function``, or the mapping itself."""
    if not isinstance(one, Mapping):
        raise TypeError(f"{what} is a mapping with a function, not {type(one).__name__}")
    function = one.get("function", one)
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str) or not function["name"]:
        raise ValueError(f"{what} needs the name of a function: {dict(one)!r:.200}")
    return function
