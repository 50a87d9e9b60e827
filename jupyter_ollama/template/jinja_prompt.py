"""A conversation -> a prompt with a Jinja template: the variables that Hugging Face's templates expect."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..messages import Message, Tool, ToolCall
from .jinja import JinjaTemplate
from .jinja_needs import (
    call_form,
    in_parts,
    merged_system,
    no_tools,
    speaks_before_calls,
    system_places,
    thinking_parts,
    thinks_in_parts,
    wants_parts,
    wants_responses,
    with_responses,
)
from .results import linked

_MARK = "\uf8f1\uf8f2\uf8f3"
"""Stands for the place where a prefilled answer goes on; private-use characters no template touches."""

_GEMMA_END, _GEMMA_TURN = "<turn|>\n", "<|turn>model\n"
"""Gemma 4's template forgets to begin the model's turn behind a call that came with text."""


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
        "tools": [_tool(one) for one in tools] or no_tools(template),
        "documents": None,
        "bos_token": bos_token,
        "eos_token": eos_token,
        **_functions(template, tools),
        **_day(),
        **_thinking(think),
    }
    last = messages[-1] if messages else None
    if add_generation_prompt and last is not None and last.role == "assistant" and last.content:
        return _prefilled(template, messages, variables)
    prompt = template.render(_conversation(template, messages, add_generation_prompt) | variables)
    return prompt + _GEMMA_TURN if add_generation_prompt and prompt.endswith(_GEMMA_END) else prompt


def _functions(template: JinjaTemplate, tools: Sequence[Tool]) -> dict[str, Any]:
    """The tools as JSON under the name that Firefunction's template has for them."""
    if "functions" not in template.source:
        return {}
    return {"functions": json.dumps([_tool(one)["function"] for one in tools], ensure_ascii=False, indent=4)}


def _day() -> dict[str, Any]:
    """The day, as llama.cpp tells it to templates."""
    now = datetime.now()
    return {"date_string": now.strftime("%d %b %Y"), "datetime": now.strftime("%b %d %Y")}


def _prefilled(template: JinjaTemplate, messages: Sequence[Message], variables: dict[str, Any]) -> str:
    """Up to and including the last message's text. Where a template loses that text it follows the generation prompt."""
    *before, last = messages
    marked = replace(last, content=last.content + _MARK)
    prompt = template.render(_conversation(template, [*before, marked], generate=False) | variables)
    text, mark, _ = prompt.rpartition(_MARK)
    if mark:
        return text
    return template.render(_conversation(template, before, generate=True) | variables) + last.content


def _conversation(template: JinjaTemplate, messages: Sequence[Message], generate: bool) -> dict[str, Any]:
    """The messages as this template takes them."""
    turns = [_message(template, one) for one in linked(messages, ids=True)]
    if any(turn["role"] == "system" for turn in turns) and (places := system_places(template)) != "anywhere":
        turns = merged_system(turns, places)
    if any(turn["role"] == "tool" for turn in turns) and wants_responses(template):
        turns = with_responses(turns)
    return {"messages": in_parts(turns) if wants_parts(template) else turns, "add_generation_prompt": generate}


def _thinking(think: bool | str | None) -> dict[str, Any]:
    """Nothing when unset: the template's own default applies."""
    if think is None:
        return {}
    level = {"reasoning_effort": think} if isinstance(think, str) else {}
    return {"enable_thinking": bool(think), **level}


def _message(template: JinjaTemplate, message: Message) -> dict[str, Any]:
    """Only what is there: templates ask ``is defined``."""
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.thinking and thinks_in_parts(template):
        written["content"] = thinking_parts(message.thinking, message.content)
    elif message.thinking:
        written |= {"reasoning_content": message.thinking, "thinking": message.thinking}
    if message.tool_calls:
        as_text, without_content = call_form(template)
        written["tool_calls"] = [_tool_call(one, as_text) for one in message.tool_calls]
        if message.thinking and not speaks_before_calls(template):
            written["content"] = ""
        written["content"] = None if without_content and not written["content"] else written["content"]
    if message.tool_name:
        written |= {"name": message.tool_name, "tool_name": message.tool_name}
    if message.tool_call_id:
        written["tool_call_id"] = message.tool_call_id
    return written


def _tool_call(call: ToolCall, as_text: bool) -> dict[str, Any]:
    arguments: Any = dict(call.arguments or {})
    function = {"name": call.name, "arguments": json.dumps(arguments, ensure_ascii=False) if as_text else arguments}
    return {"type": "function", "function": function} | ({"id": call.id} if call.id else {})


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters or {})}
    return {"type": tool.type, "function": function}
