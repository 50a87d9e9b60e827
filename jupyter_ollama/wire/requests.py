"""The requests of Ollama's API as values, whose ``arguments`` are those of the verb."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from ..durations import parse_duration
from ..messages import Message, Tool, as_messages, as_tools
from ..options import ALIASES, OPTIONS
from .encoding import dumps
from .fields import Fields, bad

FOREVER = -1.0
_LEVELS = ("high", "medium", "low", "max")
_GO_KINDS = {bool: "bool", list: "[]interface {}", dict: "map[string]interface {}"}


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """What ``/api/generate`` asks for."""

    model: str
    stream: bool
    prompt: str
    arguments: dict[str, Any]

    @classmethod
    def read(cls, body: bytes) -> GenerateRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "GenerateRequest")
        own = {
            "raw": bool(fields.flag("raw")),
            "system": fields.text("system") or None,
            "template": fields.text("template") or None,
            "suffix": fields.text("suffix") or None,
            "context": fields.counts("context"),
            "images": images(fields.texts("images")),
        }
        return cls(fields.text("model"), streams(fields), fields.text("prompt"), own | generation(fields))


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What ``/api/chat`` asks for."""

    model: str
    stream: bool
    messages: tuple[Message, ...]
    arguments: dict[str, Any]

    @classmethod
    def read(cls, body: bytes) -> ChatRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "ChatRequest")
        conversation = tuple(_message(one) for one in fields.objects("messages", "Message"))
        own = {"tools": tools(fields.items("tools"))}
        return cls(fields.text("model"), streams(fields), conversation, own | generation(fields))


def generation(fields: Fields) -> dict[str, Any]:
    """What generate and chat have in common. Options that nobody knows are left out, as Ollama does.

    Raises: BadRequest.
    """
    return {
        **_numbers_out(fields),
        **output_format(fields.any("format")),
        "think": _think(fields.any("think")),
        "truncate": fields.flag("truncate") is not False,
        "shift": fields.flag("shift"),
        "options": options(fields.mapping("options")),
        "keep_alive": keep_alive(fields.any("keep_alive")),
    }


def streams(fields: Fields) -> bool:
    """Whether the answer comes in pieces, which it does unless it is asked not to."""
    return fields.flag("stream") is not False


def options(given: dict[str, Any]) -> dict[str, Any]:
    """Those options that have a meaning here."""
    return {name: value for name, value in given.items() if name in OPTIONS or name in ALIASES}


def keep_alive(value: Any) -> float | None:
    """How long a model stays loaded: a number of seconds or a Go duration; negative is for ever.

    Raises: BadRequest.
    """
    if value is None:
        return None
    if isinstance(value, bool | list | dict):
        raise bad(f"Unsupported type: '{_GO_KINDS[type(value)]}'")
    seconds = parse_duration(value) if isinstance(value, str) else float(value)
    if seconds is None:
        reason = "missing unit in" if value.strip("+-").replace(".", "", 1).isdigit() else "invalid"
        raise bad(f'time: {reason} duration "{value}"', hint='Write a number of seconds, or a text such as "5m".')
    return FOREVER if seconds < 0 else seconds


def images(encoded: list[str]) -> tuple[bytes, ...]:
    """Pictures from base64.

    Raises: BadRequest.
    """
    try:
        return tuple(base64.b64decode(one, validate=True) for one in encoded)
    except (binascii.Error, ValueError):
        raise bad("illegal base64 data at input byte 0", hint="Images are base64 without a prefix.") from None


def tools(given: list[Any]) -> tuple[Tool, ...]:
    """Raises: BadRequest."""
    try:
        return as_tools(given)
    except (TypeError, ValueError) as error:
        raise bad(str(error)) from None


def _message(fields: Fields) -> Message:
    held = {
        "role": fields.text("role"),
        "content": fields.text("content"),
        "thinking": fields.text("thinking"),
        "images": images(fields.texts("images")),
        "tool_calls": fields.items("tool_calls"),
        "tool_name": fields.text("tool_name"),
        "tool_call_id": fields.text("tool_call_id"),
    }
    return message(held)


def message(held: dict[str, Any]) -> Message:
    """Raises: BadRequest."""
    try:
        return as_messages(held)[0]
    except (TypeError, ValueError) as error:
        raise bad(str(error)) from None


def _think(value: Any) -> bool | str | None:
    if value is None or isinstance(value, bool) or value in _LEVELS:
        return value  # type: ignore[no-any-return]
    if isinstance(value, str):
        raise bad(f'invalid think value: "{value}" (must be "high", "medium", "low", "max", true, or false)')
    raise bad("think must be a boolean or string (\"high\", \"medium\", \"low\", \"max\", true, or false)")


def _numbers_out(fields: Fields) -> dict[str, Any]:
    top = fields.count("top_logprobs") or 0
    if not 0 <= top <= 20:
        raise bad("top_logprobs must be between 0 and 20")
    return {"logprobs": True, "top_logprobs": top} if fields.flag("logprobs") else {}


def output_format(value: Any) -> dict[str, Any]:
    """The form that an answer must have: any JSON, or that of a schema; an empty one is none.

    Raises: BadRequest.
    """
    if value is None or value == "":
        return {}
    if value != "json" and not isinstance(value, dict):
        raise bad(f'invalid format: {dumps(value).decode()}; expected "json" or a valid JSON Schema object')
    return {"format": value}
