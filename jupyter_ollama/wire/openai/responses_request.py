"""The request of OpenAI's responses as a value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ...messages import Message, ToolCall
from ..answers import Json
from ..fields import Fields, bad
from ..requests import tools
from .choice import calling
from .parts import arguments_of, part, role_of
from .requests import effort, output_format


@dataclass(frozen=True, slots=True)
class ResponsesRequest:
    """What ``/v1/responses`` asks for. ``echoed`` is what its answer repeats."""

    model: str
    stream: bool
    messages: tuple[Message, ...]
    arguments: dict[str, Any] = field(default_factory=dict)
    echoed: Json = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> ResponsesRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "ResponsesRequest")
        if fields.text("previous_response_id") or "conversation" in fields:
            hint = "Send the whole conversation as input."
            raise bad("previous_response_id is not supported: this server keeps no conversations", hint=hint)
        messages = _instructions(fields) + _input(fields.any("input"))
        if not messages:
            raise bad("input is required")
        functions = [one for one in fields.items("tools") if not isinstance(one, dict) or one.get("type") in (None, "function")]
        wanted = fields.mapping("text").get("format")
        arguments = {
            **calling(tools(functions), fields.any("tool_choice")),
            "think": effort(fields),
            **output_format(wanted if isinstance(wanted, dict) else {}),
            "options": _options(fields),
        }
        return cls(fields.text("model"), bool(fields.flag("stream")), messages, arguments, _echoed(fields, functions))


def _options(fields: Fields) -> dict[str, Any]:
    names = {"temperature": "temperature", "top_p": "top_p", "max_output_tokens": "num_predict"}
    return {option: fields.number(name) for name, option in names.items() if name in fields}


def _echoed(fields: Fields, functions: list[Any]) -> Json:
    choice = fields.any("tool_choice")
    return {
        "instructions": fields.any("instructions"),
        "max_output_tokens": fields.count("max_output_tokens"),
        "metadata": fields.mapping("metadata"),
        "parallel_tool_calls": fields.flag("parallel_tool_calls") is not False,
        "previous_response_id": None,
        "reasoning": fields.mapping("reasoning") or {"effort": None, "summary": None},
        "store": False,
        "temperature": fields.number("temperature"),
        "text": fields.mapping("text") or {"format": {"type": "text"}},
        "tool_choice": "auto" if choice is None else choice,
        "tools": functions,
        "top_p": fields.number("top_p"),
        "truncation": fields.text("truncation") or "disabled",
    }


def _instructions(fields: Fields) -> tuple[Message, ...]:
    text = fields.text("instructions")
    return (Message("system", text),) if text else ()


def _input(given: Any) -> tuple[Message, ...]:
    if isinstance(given, str):
        return (Message("user", given),)
    if given is not None and not isinstance(given, list):
        raise bad("input must be a text or a list of items")
    found: list[Message] = []
    called: dict[str, str] = {}
    for one in given or []:
        if not isinstance(one, dict):
            raise bad("an item of input must be an object")
        found += _item(Fields(one, "ResponsesInputItem"), called)
    return tuple(_joined(found))


def _item(fields: Fields, called: dict[str, str]) -> list[Message]:
    match fields.text("type") or "message":
        case "message":
            return _said(role_of(fields), fields.any("content"))
        case "function_call":
            name, identity = fields.text("name"), fields.text("call_id") or fields.text("id")
            if not name:
                raise bad("function_call needs a name")
            called[identity] = name
            return [Message("assistant", tool_calls=(ToolCall(name, arguments_of(fields.any("arguments")), identity),))]
        case "function_call_output":
            identity, output = fields.text("call_id"), fields.any("output")
            text = output if isinstance(output, str) else "\n".join(message.content for message in _said("tool", output))
            return [Message("tool", text, tool_call_id=identity, tool_name=called.get(identity, ""))]
        case "reasoning":
            parts = [*fields.objects("content", "Part"), *fields.objects("summary", "Part")]
            return [Message("assistant", thinking="\n".join(one.text("text") for one in parts))]
        case other:
            raise bad(f"input items of type {other!r} are not supported")


def _said(role: str, content: Any) -> list[Message]:
    if isinstance(content, str):
        return [Message(role, content)]
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise bad("content must be a text or a list of parts")
    parts = [part(Fields(one, "ContentPart")) for one in content]
    return [Message(role, one) if isinstance(one, str) else Message(role, images=(one,)) for one in parts]


def _joined(messages: list[Message]) -> list[Message]:
    """Thoughts and calls are items of their own there; here they belong to one turn."""
    found: list[Message] = []
    for message in messages:
        before = found[-1] if found else None
        open_turn = before is not None and before.role == message.role == "assistant" and not (before.content and message.thinking)
        if before is not None and open_turn and (before.thinking or before.tool_calls or message.tool_calls):
            calls = tuple(replace(one, index=index) for index, one in enumerate((*before.tool_calls, *message.tool_calls)))
            found[-1] = Message("assistant", before.content or message.content, before.thinking or message.thinking, tool_calls=calls)
        else:
            found.append(message)
    return found
