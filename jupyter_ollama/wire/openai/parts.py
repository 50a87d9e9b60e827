"""What the messages of OpenAI's requests consist of: texts, pictures as data URLs, calls with their arguments as text."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...messages import Message, ToolCall
from ..fields import Fields, bad

_ROLES = {"developer": "system", "function": "tool"}
_DATA = ("data:image/jpeg;base64,", "data:image/jpg;base64,", "data:image/png;base64,", "data:image/webp;base64,", "data:;base64,")


def conversation(given: Iterable[Fields]) -> tuple[Message, ...]:
    """Messages as the verb takes them; each part of one is a message of its own.

    Raises: BadRequest.
    """
    found: list[Message] = []
    called: dict[str, str] = {}
    for one in given:
        for message in _message(one, called):
            called |= {call.id: call.name for call in message.tool_calls}
            found.append(message)
    return tuple(found)


def picture(url: str) -> bytes:
    """The bytes of a data URL.

    Raises: BadRequest.
    """
    if url.startswith(("http://", "https://")):
        raise bad("image URLs are not currently supported, please use base64 encoded data instead")
    prefix = next((prefix for prefix in _DATA if url.startswith(prefix)), None)
    if prefix is None:
        raise bad("invalid image input")
    try:
        return base64.b64decode(url[len(prefix) :], validate=True)
    except (binascii.Error, ValueError):
        raise bad("invalid image input") from None


def arguments_of(text: Any) -> Mapping[str, Any]:
    """The arguments of a call, which are JSON in a text.

    Raises: BadRequest.
    """
    if isinstance(text, Mapping):
        return text
    try:
        held = json.loads(text or "{}")
    except (TypeError, ValueError, RecursionError):
        held = None
    if not isinstance(held, Mapping):
        raise bad("invalid tool call arguments")
    return held


def role_of(fields: Fields) -> str:
    """Raises: BadRequest for a role that nobody has."""
    role = fields.text("role").lower()
    role = _ROLES.get(role, role)
    if role not in ("system", "user", "assistant", "tool"):
        raise bad(f"invalid role: {role!r}", hint="Roles are system, developer, user, assistant and tool.")
    return role


def _message(fields: Fields, called: Mapping[str, str]) -> Iterable[Message]:
    role, content = role_of(fields), fields.any("content")
    identity = fields.text("tool_call_id")
    about: dict[str, Any] = {}
    if role == "tool":
        about = {"tool_call_id": identity, "tool_name": fields.text("name") or called.get(identity, "")}
    thinking = fields.text("reasoning") or fields.text("reasoning_content")
    calls = tuple(_call(one, index) for index, one in enumerate(fields.objects("tool_calls", "ToolCall")))
    parts = list(_parts(content))
    if not parts or calls or thinking:
        text = "\n".join(part for part in parts if isinstance(part, str))
        yield Message(role, text, thinking, tool_calls=calls, **about)
        parts = [part for part in parts if isinstance(part, bytes)]
    yield from (Message(role, part, **about) if isinstance(part, str) else Message(role, images=(part,)) for part in parts)


def _parts(content: Any) -> Iterable[str | bytes]:
    if content is None:
        return
    if isinstance(content, str):
        yield content
        return
    if not isinstance(content, list):
        raise bad(f"invalid message content type: {type(content).__name__}")
    for one in content:
        if not isinstance(one, dict):
            raise bad("invalid message format")
        yield part(Fields(one, "ContentPart"))


def part(fields: Fields) -> str | bytes:
    """One part of a message: a text or a picture.

    Raises: BadRequest.
    """
    kind = fields.text("type")
    if kind in ("text", "input_text", "output_text", "refusal"):
        return fields.text("refusal") if kind == "refusal" else fields.text("text")
    if kind in ("image_url", "input_image"):
        held = fields.any("image_url")
        url = held.get("url") if isinstance(held, dict) else held
        if not isinstance(url, str):
            raise bad("invalid image input")
        return picture(url)
    raise bad(f"invalid message format: {kind or 'a part without type'} cannot be used")


def _call(fields: Fields, index: int) -> ToolCall:
    function = Fields(fields.mapping("function"), "ToolCallFunction")
    if not function.text("name"):
        raise bad("invalid tool call arguments")
    return ToolCall(function.text("name"), arguments_of(function.any("arguments")), fields.text("id"), index)
