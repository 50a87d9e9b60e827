"""The requests of OpenAI's chat and text completions as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...messages import Message
from ..fields import Fields, bad
from ..requests import tools
from .choice import calling
from .parts import conversation

MOST_CHOICES = 16
_EFFORTS: dict[str, bool | str] = {
    "none": False, "minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "max", "ultra": "max", "max": "max",
}  # fmt: skip
_SAME = ("seed", "frequency_penalty", "presence_penalty", "temperature", "top_p", "top_k", "min_p")


@dataclass(frozen=True, slots=True)
class ChatCompletionRequest:
    """What ``/v1/chat/completions`` asks for."""

    model: str
    stream: bool
    n: int
    include_usage: bool
    messages: tuple[Message, ...]
    arguments: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> ChatCompletionRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "ChatCompletionRequest")
        messages = conversation(fields.objects("messages", "Message"))
        if not messages:
            raise bad("[] is too short - 'messages'")
        own = {**_offered(fields), "think": effort(fields), **output_format(fields.mapping("response_format")), **_logprobs(fields)}
        return cls(fields.text("model"), bool(fields.flag("stream")), choices(fields), usage_wanted(fields), messages,
                   {**own, "options": sampling(fields)})  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """What ``/v1/completions`` asks for."""

    model: str
    stream: bool
    n: int
    include_usage: bool
    prompt: str
    echo: bool
    arguments: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> CompletionRequest:
        """Raises: BadRequest."""
        fields = Fields.of(body, "CompletionRequest")
        given = fields.any("prompt")
        if isinstance(given, list) and len(given) == 1:
            given = given[0]
        if not isinstance(given, str | None):
            raise bad("prompt must be one text", hint="Send several prompts as several requests.")
        top = fields.count("logprobs")
        numbers = {} if top is None else {"logprobs": True, "top_logprobs": _top(top)}
        arguments = {"suffix": fields.text("suffix") or None, "options": sampling(fields), **numbers}
        return cls(fields.text("model"), bool(fields.flag("stream")), choices(fields), usage_wanted(fields), given or "",
                   bool(fields.flag("echo")), arguments)  # fmt: skip


def sampling(fields: Fields) -> dict[str, Any]:
    """Options; what a client leaves open is as the model says.

    Raises: BadRequest.
    """
    found: dict[str, Any] = {name: fields.number(name) for name in _SAME if name in fields}
    longest = next((fields.count(name) for name in ("max_completion_tokens", "max_tokens") if name in fields), None)
    if longest is not None:
        found["num_predict"] = longest
    stop = fields.any("stop")
    if stop is not None:
        found["stop"] = [stop] if isinstance(stop, str) else fields.texts("stop")
    return found


def effort(fields: Fields) -> bool | str | None:
    """How much the model shall think.

    Raises: BadRequest.
    """
    inner = fields.mapping("reasoning").get("effort")
    asked = fields.text("reasoning_effort") or (inner if isinstance(inner, str) else "")
    if asked and asked not in _EFFORTS:
        raise bad(f"invalid reasoning value: '{asked}' (must be {', '.join(_EFFORTS)})")
    return _EFFORTS[asked] if asked else None


def output_format(given: dict[str, Any]) -> dict[str, Any]:
    """The form the answer must have, as the verb takes it: nothing, any JSON, or that of a schema.

    Raises: BadRequest.
    """
    match given.get("type"):
        case None | "text":
            return {}
        case "json_object":
            return {"format": "json"}
        case "json_schema":
            inner = given.get("json_schema")
            schema = inner.get("schema") if isinstance(inner, dict) else given.get("schema")
            if not isinstance(schema, dict):
                raise bad("response_format needs json_schema with a schema")
            return {"format": schema}
        case other:
            raise bad(f"invalid response_format: {other!r}")


def choices(fields: Fields) -> int:
    """How many answers.

    Raises: BadRequest.
    """
    wanted = fields.count("n")
    if wanted is not None and not 1 <= wanted <= MOST_CHOICES:
        raise bad(f"n must be between 1 and {MOST_CHOICES}")
    return wanted or 1


def usage_wanted(fields: Fields) -> bool:
    """Whether a stream ends with what it cost."""
    return fields.mapping("stream_options").get("include_usage") is True


def _offered(fields: Fields) -> dict[str, Any]:
    return calling(tools(fields.items("tools")), fields.any("tool_choice"))


def _logprobs(fields: Fields) -> dict[str, Any]:
    if not fields.flag("logprobs"):
        return {}
    return {"logprobs": True, "top_logprobs": _top(fields.count("top_logprobs") or 0)}


def _top(count: int) -> int:
    if not 0 <= count <= 20:
        raise bad("top_logprobs must be between 0 and 20")
    return count
