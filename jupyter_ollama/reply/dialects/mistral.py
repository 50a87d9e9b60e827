"""Mistral's models.

    [TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Paris"}, "id": "aB3dE5fG7"}]
    [TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}                        since 2025; several in a row
    [TOOL_CALLS]get_weather[CALL_ID]aB3dE5fG7[ARGS]{"city": "Paris"}
Source: mistral-common, tokenizers v3, v7, v11 and v13.
"""

from __future__ import annotations

import re

from ...messages import ToolCall
from ..calls import arguments_of, read_bare_calls, take_calls
from ..dialect import Dialect
from ..json_text import take_nested
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import MAX_GATHERED, Reading, Tape

CALLS, ARGS, CALL_ID, END = "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[/TOOL_CALLS]"

_CALLS = Marks([CALLS])
_NAME = re.compile(r"[\w.-]*")
_LEFT = re.compile(r"[\s\]]*")


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    yield from read_bare_calls(tape, parts, speech, CALLS)
    while (yield from tape.until(_CALLS, parts.say)):
        said = CALLS + (yield from tape.blanks())
        calls, text = yield from take_calls(tape)
        if calls:
            yield from _put(tape, parts, calls)
        elif text:
            parts.say(said + text)
        else:
            yield from _named(tape, parts, said)


def _named(tape: Tape, parts: Parts, said: str) -> Reading[None]:
    """A name and its arguments, apart."""
    name = yield from tape.run(_NAME, 256)
    number = ""
    if name and (yield from tape.take(CALL_ID)):
        number = yield from tape.run(_NAME, 256)
        said += name + CALL_ID + number
    else:
        said += name
    said += yield from tape.take(ARGS)
    said += yield from tape.blanks()
    if not name or (yield from tape.peek()) != "{":
        parts.say(said)
        return
    text, whole = yield from take_nested(tape)
    arguments = arguments_of(text) if whole else None
    if arguments is None:
        parts.say(said + text)
    else:
        yield from _put(tape, parts, [ToolCall(name, arguments, number)])


def _put(tape: Tape, parts: Parts, calls: list[ToolCall]) -> Reading[None]:
    """Calls; a bracket too many behind them is dropped."""
    for call in calls:
        parts.call(call)
    left = yield from tape.run(_LEFT, MAX_GATHERED)
    if not (yield from tape.take(END)):
        parts.say(left.replace("]", ""))


DIALECT = Dialect("mistral", lambda speech: CALLS in speech.template, read, (CALLS, ARGS, CALL_ID))
