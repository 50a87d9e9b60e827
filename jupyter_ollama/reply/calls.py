"""JSON -> tool calls, in the shapes that models write them in.

    {"name": ..., "arguments": {...}}          or "parameters", or the arguments as a text that holds JSON
    {"function": {"name": ..., ...}}           OpenAI's shape
    [{...}, {...}]                             several
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from ..messages import ToolCall
from .json_text import parse, take_nested
from .parts import Parts
from .speech import Speech
from .tape import Reading, Tape

_ARGUMENTS = ("arguments", "parameters")
_NAMES = ("name", "tool_name")
_IDS = ("id", "tool_call_id")


def calls_in(text: str, names: Container[str] | None = None) -> list[ToolCall]:
    """The calls that a JSON text consists of; none if any part of it is something else.

    Args:
        names: where nothing but its shape tells a call from other JSON: it must be to one of these, and have arguments.
    """
    try:
        value = parse(text)
    except ValueError:
        return []
    calls = [call_of(one, names) for one in (value if isinstance(value, list) else [value])]
    found = [call for call in calls if call is not None]
    return found if len(found) == len(calls) else []


def call_of(value: Any, names: Container[str] | None = None) -> ToolCall | None:
    """One call from its JSON value, if it is one."""
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    function = inner if isinstance(inner, dict) else value
    name = next((function[key] for key in _NAMES if isinstance(function.get(key), str)), "")
    given = [arguments_of(function[key]) for key in _ARGUMENTS if key in function]
    if not name or None in given[:1] or (names is not None and (name not in names or not given)):
        return None
    number = next((str(value[key]) for key in _IDS if isinstance(value.get(key), str | int)), "")
    return ToolCall(name, (given[0] if given else None) or {}, number)


def take_calls(tape: Tape, names: Container[str] | None = None) -> Reading[tuple[list[ToolCall], str]]:
    """Read over an object or list, if one begins here. Returns: the calls it consists of, and its text."""
    if (yield from tape.peek()) not in ("{", "["):
        return [], ""
    text, whole = yield from take_nested(tape)
    return (calls_in(text, names) if whole else []), text


def read_bare_calls(tape: Tape, parts: Parts, speech: Speech, marker: str = "{") -> Reading[bool]:
    """Calls without any marker, where an answer begins. Returns whether there are any; if not, what was read is content.

    Args:
        marker: what stands before other calls; if it comes first, nothing is read.
    """
    before = yield from tape.blanks()
    if marker != "{" and (yield from tape.take(marker)):
        tape.back(marker)
        parts.say(before)
        return False
    calls, text = yield from take_calls(tape, speech.tool_names)
    if not calls:
        parts.say(before + text)
    for call in calls:
        parts.call(call)
    return bool(calls)


def arguments_of(value: Any) -> dict[str, Any] | None:
    """Arguments, which may be a text that holds JSON; None if they are something else."""
    if value is None:
        return {}
    if isinstance(value, str):
        try:
            value = parse(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None
