"""Calls as a list of Python without any marker, where an answer begins."""

from __future__ import annotations

import re

from .marks import Marks
from .parts import Parts
from .pythonic import calls_in
from .speech import Speech
from .tape import Reading, Tape

_NAME = re.compile(r"[\w.]*")


def read_bare_python(tape: Tape, parts: Parts, speech: Speech, ends: Marks) -> Reading[bool]:
    """Read ``[get_weather(city="Paris"), get_time()]``, up to one of the ends or the end of the answer.

    Returns: whether it is there, beginning with the name of a tool; if not, what was read is content.
    """
    said = yield from tape.blanks()
    if (yield from tape.take("[")):
        said += "[" + (yield from tape.blanks())
        name = yield from tape.run(_NAME, 256)
        said += name
        if name in speech.tool_names and (yield from tape.peek()) == "(":
            text, end = yield from tape.gather(ends)
            said += text
            ended = end or not (yield from tape.peek())
            calls = calls_in(said) if ended else []
            for call in calls:
                parts.call(call)
            if calls:
                return True
            said += end
    parts.say(said)
    return False
