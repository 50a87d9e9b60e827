"""Hermes, Qwen and many that follow them.

    <tool_call>
    {"name": "get_weather", "arguments": {"city": "Paris"}}
    </tool_call>

Several calls are several blocks; some models write several objects, or a list, into one. Some forget the tags.
Source: the model card of NousResearch/Hermes-2-Pro; Qwen's documentation of function calling.
"""

from __future__ import annotations

from ..calls import read_bare_calls, take_calls
from ..dialect import Dialect
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

OPEN, CLOSE = "<tool_call>", "</tool_call>"
_OPEN = Marks([OPEN])


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    yield from read_bare_calls(tape, parts, speech)
    while (yield from tape.until(_OPEN, parts.say)):
        yield from _block(tape, parts)


def _block(tape: Tape, parts: Parts) -> Reading[None]:
    said = OPEN
    while True:
        said += yield from tape.blanks()
        calls, text = yield from take_calls(tape)
        if not calls:
            break
        said = ""
        for call in calls:
            parts.call(call)
    if text or not (yield from tape.take(CLOSE)):
        parts.say(said + text)


DIALECT = Dialect("hermes", lambda speech: OPEN in speech.template, read, (OPEN, CLOSE))
