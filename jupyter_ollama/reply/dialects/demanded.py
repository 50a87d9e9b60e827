"""A model that has to call a tool: the tokens of its answer follow a grammar, whatever it would write by itself.

    {"name": "get_weather", "arguments": {"city": "Paris"}}
"""

from __future__ import annotations

from ..calls import take_calls
from ..dialect import Dialect
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    yield from tape.blanks()
    calls, text = yield from take_calls(tape, speech.tool_names)
    for call in calls:
        parts.call(call)
    if not calls:  # it was cut short
        parts.say(text)


DIALECT = Dialect("demanded", lambda speech: speech.must_call, read)
