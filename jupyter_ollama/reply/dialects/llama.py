"""Llama 3.1, 3.2 and 3.3.

    {"name": "get_weather", "parameters": {"city": "Paris"}}              the whole answer, or its end; several, with ; between them
    <|python_tag|>{"name": ..., "parameters": {...}}                      the same behind the tag
    <|python_tag|>brave_search.call(query="weather in Paris")             a built-in tool
    <|python_tag|>print(6 * 7)                                            code for the tool ipython, python or code_interpreter
    <function=get_weather>{"city": "Paris"}</function>                    the custom form
Source: Meta's page on the prompt format of Llama 3.1 (tool calling).
"""

from __future__ import annotations

import re

from ...messages import ToolCall
from ..calls import arguments_of, read_bare_calls, take_calls
from ..dialect import Dialect
from ..json_text import take_nested
from ..marks import Marks
from ..parts import Parts
from ..pythonic import call_in
from ..speech import Speech
from ..tape import MAX_GATHERED, NOTHING, Reading, Tape

TAG, FUNCTION = "<|python_tag|>", "<function="
INTERPRETERS = ("ipython", "python", "code_interpreter")

_BARE = ('\n{"name":', '\n{"type": "function"')  # where a line begins; within one, somebody speaks of a call
_MARKS = Marks([TAG, FUNCTION, *_BARE])
_BETWEEN = re.compile(r"[\s;,]*")
_NAME = re.compile(r"[\w.-]*")


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    if (yield from read_bare_calls(tape, parts, speech)):
        yield from _more(tape, parts, speech)
    while mark := (yield from tape.until(_MARKS, parts.say)):
        if mark in _BARE:
            tape.back(mark[1:])
            calls, text = yield from take_calls(tape, speech.tool_names)
            if not calls:
                parts.say(mark[0] + text)
                continue
            for call in calls:
                parts.call(call)
            yield from _more(tape, parts, speech)
        else:
            yield from (_tagged if mark == TAG else _function)(tape, parts, speech)


def _more(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    """Further calls behind a call."""
    while True:
        between = yield from tape.run(_BETWEEN, MAX_GATHERED)
        calls, text = yield from take_calls(tape, speech.tool_names)
        if not calls:
            parts.say(between.lstrip(" ;,") + text)
            return
        for call in calls:
            parts.call(call)


def _tagged(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    """JSON, or the call of a built-in tool, or code, which goes on to the end."""
    before = yield from tape.blanks()
    calls, text = yield from take_calls(tape)
    if calls:
        for call in calls:
            parts.call(call)
        yield from _more(tape, parts, speech)
        return
    rest, _ = yield from tape.gather(NOTHING)
    text += rest
    interpreter = next((name for name in INTERPRETERS if name in speech.tool_names), None)
    if (yield from tape.peek()):  # longer than any code
        parts.say(TAG + before + text)
    elif called := call_in(text, method="call"):
        parts.call(called)
    elif interpreter and text.strip():
        parts.call(ToolCall(interpreter, {"code": text.strip()}))
    else:
        parts.say(TAG + before + text)


def _function(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    name = yield from tape.run(_NAME, 256)
    said = FUNCTION + name
    if not name or not (yield from tape.take(">")):
        parts.say(said)
        return
    said += ">" + (yield from tape.blanks())
    if (yield from tape.peek()) != "{":
        parts.say(said)
        return
    text, whole = yield from take_nested(tape)
    arguments = arguments_of(text) if whole else None
    if arguments is None:
        parts.say(said + text)
        return
    parts.call(ToolCall(name, arguments))
    yield from tape.blanks()
    yield from tape.take("</function>")


def _spoken(speech: Speech) -> bool:
    text = speech.template
    return TAG in text or ("<|start_header_id|>" in text and ("ipython" in text or '"parameters"' in text or FUNCTION in text))


DIALECT = Dialect("llama", _spoken, read, (TAG,))
