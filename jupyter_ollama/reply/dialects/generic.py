"""Any other model: what Ollama makes of the template, which is a marker before the calls, and the names of the tools.

    {"name": "get_weather", "parameters": {"city": "Paris"}}      the marker is a bracket: the answer must begin with it
    <call> get_weather {"city": "Paris"}                          the marker is a text

A JSON object is a call if the name of a tool stands in it or before it, and arguments are found in it. What else follows a marker that is
a text is dropped, as Ollama does: closing tags, and a call that does not become complete.
"""

from __future__ import annotations

import re
from typing import Any

from ...messages import ToolCall
from ..calls import arguments_of
from ..dialect import Dialect
from ..json_text import parse, take_nested
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import MAX_GATHERED, Reading, Tape

_BRACE = Marks(["{"])
_BETWEEN = re.compile(r"[\s,;\]]*")


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    marker = speech.tool_marker or "{"
    if marker in ("{", "["):
        parts.say((yield from tape.blanks()))
        if (yield from tape.peek()) == marker:
            yield from _bare(tape, parts, speech, (yield from tape.take("[")))
    elif (yield from tape.until(Marks([marker]), parts.say)):
        yield from _marked(tape, parts, speech)


def _bare(tape: Tape, parts: Parts, speech: Speech, said: str) -> Reading[None]:
    """Calls one after the other. If already the first is none, all is content."""
    while True:
        said += yield from tape.run(_BETWEEN, MAX_GATHERED)
        if (yield from tape.peek()) != "{":
            break
        text, whole = yield from take_nested(tape)
        said += text
        if whole and (call := find_call(text, "", speech)):
            parts.call(call)
        elif not parts.n_calls:
            break
        said = ""
    if not parts.n_calls:
        parts.say(said)


def _marked(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    while True:
        before, brace = yield from tape.gather(_BRACE)
        if not brace:
            if (yield from tape.peek()):
                continue  # a long text, and still no call
            return
        tape.back(brace)
        text, whole = yield from take_nested(tape)
        if whole and (call := find_call(text, before, speech)):
            parts.call(call)


def find_call(text: str, before: str, speech: Speech) -> ToolCall | None:
    """The call in a JSON object, by the names of the tools: the object's own name, else the earliest (of two there, the longer)."""
    try:
        value = parse(text)
    except ValueError:
        return None
    own = value.get("name") if isinstance(value, dict) else None
    name = own if isinstance(own, str) else _earliest(before + text, speech)
    if name not in speech.tool_names:
        return None
    arguments = _arguments(value, name)
    if arguments is None and own is None and name in before:
        arguments = value
    return None if arguments is None else ToolCall(name, arguments)


def _earliest(text: str, speech: Speech) -> str:
    names = sorted(speech.tool_names, key=len, reverse=True)
    found = re.search("|".join(map(re.escape, names)), text)
    return found.group() if found else ""


def _arguments(value: Any, name: str) -> dict[str, Any] | None:
    """The arguments within a value: those of an object with a name, or what stands under the tool's name; at any depth."""
    if isinstance(value, list):
        return next((found for one in value if (found := _arguments(one, name)) is not None), None)
    if not isinstance(value, dict):
        return None
    keys = ("arguments", "parameters") if "name" in value else (name,)
    for key in keys:
        if value.get(key) is not None and (found := arguments_of(value[key])) is not None:
            return found
    return None if "name" in value else _arguments(list(value.values()), name)


DIALECT = Dialect("generic", lambda speech: True, read)
