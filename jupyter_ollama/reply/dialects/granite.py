"""IBM's Granite 3, and Phi-4-mini, which writes a closing tag.

    <|tool_call|>[{"name": "get_weather", "arguments": {"city": "Paris"}}]
    <tool_call>[{"name": ..., "arguments": {...}}]                        the same with the tag as plain text

Granite 4 speaks Hermes.
Source: IBM's documentation of function calling with Granite 3; the model card of microsoft/Phi-4-mini-instruct.
"""

from __future__ import annotations

from ..calls import read_bare_calls, take_calls
from ..dialect import Dialect
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

OPEN = ("<|tool_call|>", "<tool_call>")
CLOSE = ("<|/tool_call|>", "</tool_call>")
_OPEN = Marks(OPEN)


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    yield from read_bare_calls(tape, parts, speech)
    while mark := (yield from tape.until(_OPEN, parts.say)):
        before = yield from tape.blanks()
        calls, text = yield from take_calls(tape)
        for call in calls:
            parts.call(call)
        if calls:
            yield from tape.blanks()
            yield from tape.take(*CLOSE)
        else:
            parts.say(mark + before + text)


DIALECT = Dialect("granite", lambda speech: OPEN[0] in speech.template, read, (*OPEN, *CLOSE))
