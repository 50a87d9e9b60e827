"""Functionary 3.2: what follows goes to the one who is named.

    >>>all
    I look that up.>>>get_weather
    {"city": "Paris"}

The prompt ends with the first ``>>>``.
Source: the chat template of meetkai/functionary-medium-v3.2.
"""

from __future__ import annotations

import re

from ...messages import ToolCall
from ..calls import arguments_of
from ..dialect import Dialect
from ..json_text import take_nested
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

TO, ALL = ">>>", "all"

_TO = Marks([TO])
_NAME = re.compile(r"[\w.-]*")


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    if speech.prompt.endswith(TO):
        yield from _addressed(tape, parts, speech, "")
    while mark := (yield from tape.until(_TO, parts.say)):
        yield from _addressed(tape, parts, speech, mark)


def _addressed(tape: Tape, parts: Parts, speech: Speech, said: str) -> Reading[None]:
    """A name and what goes there: content, or the arguments of a call."""
    name = yield from tape.run(_NAME, 256)
    newline = yield from tape.take("\n")
    if newline and name == ALL:
        return
    said += name + newline
    if not newline or name not in speech.tool_names or (yield from tape.peek()) != "{":
        parts.say(said)
        return
    text, whole = yield from take_nested(tape)
    arguments = arguments_of(text) if whole else None
    if arguments is None:
        parts.say(said + text)
    else:
        parts.call(ToolCall(name, arguments))


DIALECT = Dialect("functionary", lambda speech: f"{TO}{ALL}" in speech.template, read)
