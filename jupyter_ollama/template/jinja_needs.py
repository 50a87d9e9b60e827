"""What a Jinja template has to be given, found out by trying it: templates take different things, and some lose the others silently.

    system messages   anywhere, only first, or not at all
    content           a text, or a list of parts
    tool calls        arguments as a mapping or as JSON text; some print calls only where the content is None
    no tools          None, or an empty list for those that loop over it whatever it is

A template that prints what it is given is left as it is. Source: llama.cpp tries the same before it uses a template.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from ..errors import TemplateError
from .jinja import JinjaTemplate
from .limits import Budget, Limits

Turn = dict[str, Any]

_LIMITS = Limits(steps=100_000, chars=5_000_000, seconds=0.5)
_FIRST, _LATE, _ASKED, _VALUE = "needle of the system", "needle of another system", "needle of the user", "needle of a call"
_THOUGHT, _SAID, _RESULT = "needle of a thought", "needle of an answer", "needle of a result"
_TOOL = {
    "type": "function",
    "function": {
        "name": "lookup",
        "description": "Looks up a word.",
        "parameters": {"type": "object", "properties": {"word": {"type": "string", "description": "The word."}}, "required": ["word"]},
    },
}
_ID = "call00001"  # nine characters, which Mistral's templates insist on


@lru_cache(maxsize=32)
def no_tools(template: JinjaTemplate) -> list[Any] | None:
    """What ``tools`` is when there are none."""
    return [] if not _shows(template, [_user()], [_ASKED]) and _shows(template, [_user()], [_ASKED], tools=[]) else None


@lru_cache(maxsize=32)
def wants_parts(template: JinjaTemplate) -> bool:
    """Whether the content of a message has to be a list of parts; a text would be lost."""
    tools = no_tools(template)
    return not _shows(template, [_user()], [_ASKED], tools=tools) and _shows(template, in_parts([_user()]), [_ASKED], tools=tools)


@lru_cache(maxsize=32)
def system_places(template: JinjaTemplate) -> str:
    """Where a system message may stand: ``anywhere``, ``first`` or ``nowhere``."""
    first = [{"role": "system", "content": _FIRST}, _user()]
    both = [*first, {"role": "assistant", "content": "yes"}, {"role": "system", "content": _LATE}, _user()]
    for place, turns, needles in (("anywhere", both, [_FIRST, _LATE]), ("first", first, [_FIRST])):
        if _shows(template, in_parts(turns) if wants_parts(template) else turns, needles, tools=no_tools(template)):
            return place
    return "nowhere"


@lru_cache(maxsize=32)
def call_form(template: JinjaTemplate) -> tuple[bool, bool]:
    """How a call is written: whether its arguments are JSON text, and whether a message that only calls has None as its content."""
    forms = ((False, False), (False, True), (True, False), (True, True))
    return next((form for form in forms if _shows_call(template, *form)), forms[0])


@lru_cache(maxsize=32)
def speaks_before_calls(template: JinjaTemplate) -> bool:
    """Whether a message may think, say something and call; gpt-oss's template refuses that."""
    both = {"thinking": _THOUGHT, "reasoning_content": _THOUGHT}
    return bool(_rendered(template, _calling(content=_SAID, **both), [_TOOL])) or not _rendered(template, _calling(**both), [_TOOL])


@lru_cache(maxsize=32)
def thinks_in_parts(template: JinjaTemplate) -> bool:
    """Whether thoughts have to be a part of the content."""
    plain = {"role": "assistant", "content": _SAID, "reasoning_content": _THOUGHT, "thinking": _THOUGHT}
    turns = [_user(), plain, _user()]
    parted = [_user(), {"role": "assistant", "content": thinking_parts(_THOUGHT, _SAID)}, _user()]
    text = _rendered(template, parted, None)
    is_json = f"'{_THOUGHT}'" in text or f'"{_THOUGHT}"' in text  # the parts themselves
    return _THOUGHT in text and not is_json and not _shows(template, turns, [_THOUGHT])


@lru_cache(maxsize=32)
def wants_responses(template: JinjaTemplate) -> bool:
    """Whether the results of calls stand in the message that calls, as for Gemma 4; a tool's own message is shown as any other."""
    if "tool_responses" not in template.source:
        return False
    turns = _calling()
    text = _rendered(template, with_responses(turns), [_TOOL])
    return _RESULT in text and text != _rendered(template, turns, [_TOOL])


def thinking_parts(thinking: str, content: str) -> list[Turn]:
    """Thoughts and content as parts."""
    said = [{"type": "text", "text": content}] if content else []
    return [{"type": "thinking", "thinking": thinking}, *said]


def with_responses(turns: Iterable[Turn]) -> list[Turn]:
    """Results put into the message whose calls they answer; one that is JSON as its value."""
    kept: list[Turn] = []
    for turn in turns:
        if turn["role"] == "tool" and kept and kept[-1].get("tool_calls"):
            response = {"name": turn.get("name") or "unknown", "response": _value(turn["content"])}
            kept[-1] = {**kept[-1], "tool_responses": [*kept[-1].get("tool_responses", ()), response]}
        else:
            kept.append(turn)
    return kept


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def in_parts(turns: Iterable[Turn]) -> list[Turn]:
    """The same turns, each text as a list of one part."""
    return [{**turn, "content": [{"type": "text", "text": turn["content"]}] if turn["content"] else []} for turn in turns]


def merged_system(turns: Sequence[Turn], places: str) -> list[Turn]:
    """System messages where the template takes none become the beginning of the user's next turn."""
    kept: list[Turn] = []
    waiting: list[str] = []
    for place, turn in enumerate(turns):
        if turn["role"] == "system" and not (places == "first" and place == 0):
            waiting.append(turn["content"])
            continue
        if turn["role"] == "user" and waiting:
            turn, waiting = {**turn, "content": "\n".join([*waiting, turn["content"]])}, []
        kept.append(turn)
    return [*kept, {"role": "user", "content": "\n".join(waiting)}] if waiting else kept


def _user() -> Turn:
    return {"role": "user", "content": _ASKED}


def _calling(arguments: Any = None, **said: Any) -> list[Turn]:
    """A question, a call that may have said more, its result, another question."""
    call = {"id": _ID, "type": "function", "function": {"name": "lookup", "arguments": arguments or {"word": _VALUE}}}
    return [
        _user(),
        {"role": "assistant", "content": "", **said, "tool_calls": [call]},
        {"role": "tool", "name": "lookup", "tool_name": "lookup", "tool_call_id": _ID, "content": _RESULT},
        _user(),
    ]


def _shows_call(template: JinjaTemplate, as_text: bool, without_content: bool) -> bool:
    turns = _calling(f'{{"word": "{_VALUE}"}}' if as_text else None, content=None if without_content else "")
    text = _rendered(template, turns, [_TOOL])
    return _VALUE in text and f"'{_VALUE}'" not in text  # quotes that Python writes, not JSON


def _shows(template: JinjaTemplate, turns: list[Turn], needles: Iterable[str], tools: list[Any] | None = None) -> bool:
    text = _rendered(template, turns, tools)
    return all(needle in text for needle in needles)


def _rendered(template: JinjaTemplate, turns: list[Turn], tools: list[Any] | None) -> str:
    """The prompt; nothing if the template refuses."""
    always = {"messages": turns, "tools": tools, "documents": None, "bos_token": "", "eos_token": "", "add_generation_prompt": True}
    try:
        return template.render(always, Budget(_LIMITS))
    except TemplateError:
        return ""
