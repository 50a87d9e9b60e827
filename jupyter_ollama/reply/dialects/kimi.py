"""Kimi K2.

    <|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|>
    <|tool_calls_section_end|>

What stands before the arguments is the id of the call, too.
Source: the guide to tool calling of moonshotai/Kimi-K2-Instruct.
"""

from __future__ import annotations

from ...messages import ToolCall
from ..calls import arguments_of
from ..dialect import Dialect
from ..json_text import take_nested
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

SECTION, SECTION_END = "<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"
CALL, ARGUMENTS, CALL_END = "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>"

_BEGIN, _ARGUMENTS = Marks([SECTION, CALL]), Marks([ARGUMENTS, CALL_END])


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    while mark := (yield from tape.until(_BEGIN, parts.say)):
        said = mark
        if mark == SECTION:
            said += yield from tape.blanks()
            inner = yield from tape.take(CALL)
            if not inner:
                parts.say(said)
                continue
            said += inner
        yield from _call(tape, parts, said)


def _call(tape: Tape, parts: Parts, said: str) -> Reading[None]:
    head, mark = yield from tape.gather(_ARGUMENTS, 256)
    said += head + mark
    number = head.strip()
    name = number.removeprefix("functions.").partition(":")[0]
    if mark == ARGUMENTS:
        said += yield from tape.blanks()
    if mark != ARGUMENTS or not name or (yield from tape.peek()) != "{":
        parts.say(said)
        return
    text, whole = yield from take_nested(tape)
    arguments = arguments_of(text) if whole else None
    if arguments is None:
        parts.say(said + text)
        return
    parts.call(ToolCall(name, arguments, number if ":" in number else ""))
    yield from tape.blanks()
    if (yield from tape.take(CALL_END)):
        yield from tape.blanks()
    yield from tape.take(SECTION_END)


DIALECT = Dialect("kimi", lambda speech: CALL in speech.template, read, (SECTION, CALL, ARGUMENTS, CALL_END, SECTION_END))
