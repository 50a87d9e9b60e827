"""A conversation -> a prompt with a Jinja template: the variables that Hugging Face's templates expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ..messages import Message, Tool, ToolCall
from .jinja import JinjaTemplate

_MARK = "\uf8f1\uf8f2\uf8f3"
"""Stands for the place where a prefilled answer goes on; private-use characters no template touches."""


def render_jinja(
    template: JinjaTemplate,
    messages: Sequence[Message],
    tools: Sequence[Tool] = (),
    *,
    think: bool | str | None = None,
    add_generation_prompt: bool = True,
    bos_token: str = "",
    eos_token: str = "",
) -> str:
    """The prompt. If the last message is the assistant's, its turn stays open: the answer goes on where it ends.

    Raises: TemplateError.
    """
    variables = {
        "tools": [_tool(one) for one in tools] or None,
        "documents": None,
        "bos_token": bos_token,
        "eos_token": eos_token,
        **_thinking(think),
    }
    last = messages[-1] if messages else None
    if add_generation_prompt and last is not None and last.role == "assistant" and last.content:
        return _prefilled(template, messages, variables)
    return template.render(_conversation(messages, add_generation_prompt) | variables)


def _prefilled(template: JinjaTemplate, messages: Sequence[Message], variables: dict[str, Any]) -> str:
    """Up to and including the last message's text. Where a template loses that text it follows the generation prompt."""
    *before, last = messages
    marked = replace(last, content=last.content + _MARK)
    prompt = template.render(_conversation([*before, marked], generate=False) | variables)
    text, mark, _ = prompt.rpartition(_MARK)
    if mark:
        return text
    return template.render(_conversation(before, generate=True) | variables) + last.content


def _conversation(messages: Iterable[Message], generate: bool) -> dict[str, Any]:
    return {"messages": [_message(one) for one in messages], "add_generation_prompt": generate}


def _thinking(think: bool | str | None) -> dict[str, Any]:
    """Nothing when unset: the template's own default applies."""
    if think is None:
        return {}
    level = {"reasoning_effort": think} if isinstance(think, str) else {}
    return {"enable_thinking": bool(think), **level}


def _message(message: Message) -> dict[str, Any]:
    """Only what is there: templates ask ``is defined``."""
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.thinking:
        written |= {"reasoning_content": message.thinking, "thinking": message.thinking}
    if message.tool_calls:
        written["tool_calls"] = [_tool_call(one) for one in message.tool_calls]
    if message.tool_name:
        written |= {"name": message.tool_name, "tool_name": message.tool_name}
    if message.tool_call_id:
        written["tool_call_id"] = message.tool_call_id
    return written


def _tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": dict(call.arguments or {})}
    return {"type": "function", "function": function} | ({"id": call.id} if call.id else {})


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters or {})}
    return {"type": tool.type, "function": function}
