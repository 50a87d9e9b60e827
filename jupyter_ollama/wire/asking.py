"""Our values to the requests of Ollama's and OpenAI's API: what another engine is asked."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ..messages import Message, Tool
from .answers import tool_call
from .encoding import dumps, present

Json = dict[str, Any]
_OPENAI = {
    "temperature": "temperature", "top_p": "top_p", "seed": "seed", "stop": "stop", "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty", "num_predict": "max_tokens",
}  # fmt: skip
_LLAMA_SERVER = ("top_k", "min_p", "typical_p", "repeat_penalty", "repeat_last_n", "mirostat", "mirostat_tau", "mirostat_eta")


def message(one: Message) -> Json:
    """A message as Ollama takes it."""
    images = [base64.b64encode(image).decode() if isinstance(image, bytes) else image for image in one.images]
    beside = {
        "thinking": one.thinking, "images": images, "tool_calls": [tool_call(call) for call in one.tool_calls],
        "tool_name": one.tool_name, "tool_call_id": one.tool_call_id,
    }  # fmt: skip
    return {"role": one.role, "content": one.content, **present(beside)}


def openai_message(one: Message) -> Json:
    """A message as OpenAI takes it: the arguments of a call are a text."""
    calls = []
    for call in one.tool_calls:
        function = {"name": call.name, "arguments": dumps(dict(call.arguments)).decode()}
        calls.append({"id": call.id or f"call_{call.index}", "type": "function", "function": function})
    return {"role": one.role, "content": one.content, **present({"tool_calls": calls, "tool_call_id": one.tool_call_id})}


def tool(one: Tool) -> Json:
    """A function that may be called, as both take it."""
    function = {"name": one.name, **present({"description": one.description}), "parameters": dict(one.parameters)}
    return {"type": "function", "function": function}


def openai_options(options: Mapping[str, Any]) -> Json:
    """Options by OpenAI's names; those that only llama.cpp's server knows go along under their own. What is unknown there has no effect."""
    known = {theirs: options[ours] for ours, theirs in _OPENAI.items() if ours in options}
    if known.get("max_tokens", 0) < 0:
        del known["max_tokens"]
    if known.get("seed", 0) == -1:
        del known["seed"]
    return known | {name: options[name] for name in _LLAMA_SERVER if name in options}


def openai_format(wanted: Any) -> Json:
    """What an answer has to be."""
    if not wanted:
        return {}
    if wanted == "json":
        return {"response_format": {"type": "json_object"}}
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": wanted, "strict": True}}}


def span(seconds: float | None) -> Any:
    """A keep_alive: whole seconds where they are."""
    return None if seconds is None else int(seconds) if seconds == int(seconds) else f"{seconds}s"
