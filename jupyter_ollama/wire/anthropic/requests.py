"""The request of Anthropic's messages as a value."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from ...messages import Message, Tool, ToolCall
from ..fields import Fields, bad
from ..openai.choice import calling

_EFFORTS = {"low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "max"}


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """What ``/v1/messages`` asks for."""

    model: str
    stream: bool
    messages: tuple[Message, ...]
    arguments: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> MessagesRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "MessagesRequest")
        longest = fields.count("max_tokens") or 0
        if not fields.text("model"):
            raise bad("model is required")
        if longest <= 0:
            raise bad("max_tokens is required and must be positive")
        turns = fields.objects("messages", "MessageParam")
        if not turns:
            raise bad("messages is required")
        called: dict[str, str] = {}
        messages = [*_system(fields.any("system")), *(message for turn in turns for message in _turn(turn, called))]
        options: dict[str, Any] = {name: fields.number(name) for name in ("temperature", "top_p", "top_k") if name in fields}
        options["num_predict"] = longest
        if "stop_sequences" in fields:
            options["stop"] = fields.texts("stop_sequences")
        arguments = {**_tools(fields), "think": _think(fields), "options": options}
        return cls(fields.text("model"), bool(fields.flag("stream")), tuple(messages), arguments)


def _system(given: Any) -> list[Message]:
    text = given if isinstance(given, str) else "\n\n".join(one.text("text") for one in _blocks(given))
    return [Message("system", text)] if text else []


def _turn(fields: Fields, called: dict[str, str]) -> list[Message]:
    """What one turn consists of: results of calls first, then what was said."""
    role, content = fields.text("role"), fields.any("content")
    if role not in ("user", "assistant", "system"):
        raise bad(f"invalid role: {role!r}", hint="Roles are user and assistant.")
    if isinstance(content, str):
        return [Message(role, content)]
    results: list[Message] = []
    texts: list[str] = []
    thoughts: list[str] = []
    images: list[bytes] = []
    calls: list[ToolCall] = []
    for block in _blocks(content):
        match block.text("type"):
            case "text":
                texts.append(block.text("text"))
            case "thinking":
                thoughts.append(block.text("thinking"))
            case "redacted_thinking":
                continue
            case "image":
                images.append(_image(block))
            case "tool_use":
                calls.append(ToolCall(_required(block, "name"), block.mapping("input"), block.text("id"), len(calls)))
                called[block.text("id")] = block.text("name")
            case "tool_result":
                identity = block.text("tool_use_id")
                results.append(Message("tool", _result(block.any("content")), tool_call_id=identity, tool_name=called.get(identity, "")))
            case other:
                raise bad(f"content blocks of type {other!r} are not supported")
    said = Message(role, "\n\n".join(texts), "\n\n".join(thoughts), tuple(images), tuple(calls))
    return [*results, said] if texts or thoughts or images or calls or not results else results


def _result(content: Any) -> str:
    return content if isinstance(content, str) else "\n".join(block.text("text") for block in _blocks(content))


def _image(block: Fields) -> bytes:
    source = Fields(block.mapping("source"), "ImageSource")
    if source.text("type") != "base64":
        raise bad("image URLs are not currently supported, please use base64 encoded data instead")
    try:
        return base64.b64decode(source.text("data"), validate=True)
    except (binascii.Error, ValueError):
        raise bad("invalid image input") from None


def _blocks(content: Any) -> list[Fields]:
    if content is None:
        return []
    if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
        raise bad("content must be a text or a list of blocks")
    return [Fields(one, "ContentBlock") for one in content]


def _tools(fields: Fields) -> dict[str, Any]:
    offered = tuple(
        Tool(_required(one, "name"), one.text("description"), one.mapping("input_schema"))
        for one in fields.objects("tools", "Tool")
        if one.text("type") in ("", "custom")
    )
    choice = fields.mapping("tool_choice")
    kind = choice.get("type")
    return calling(offered, choice if kind == "tool" else "required" if kind == "any" else kind)


def _think(fields: Fields) -> bool | str | None:
    kind = fields.mapping("thinking").get("type")
    effort = fields.mapping("output_config").get("effort")
    if kind == "disabled":
        return False
    level = _EFFORTS.get(effort) if isinstance(effort, str) else None
    return level or (True if kind in ("enabled", "adaptive") else None)


def _required(fields: Fields, name: str) -> str:
    if not fields.text(name):
        raise bad(f"{fields.struct} needs a {name}")
    return fields.text(name)
