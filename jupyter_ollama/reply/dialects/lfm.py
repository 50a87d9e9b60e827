"""Liquid's LFM2: calls as Python, in a list.

    <|tool_call_start|>[get_weather(city="Paris"), get_time()]<|tool_call_end|>

The tokens may be missing.
Source: the model card of LiquidAI/LFM2-1.2B (tool use), where JSON between the same tokens can be asked for.
"""

from __future__ import annotations

from ..bare_python import read_bare_python
from ..calls import calls_in
from ..dialect import Dialect
from ..marks import Marks
from ..parts import Parts
from ..pythonic import calls_in as python_calls_in
from ..speech import Speech
from ..tape import Reading, Tape

START, END = "<|tool_call_start|>", "<|tool_call_end|>"
_START, _END = Marks([START]), Marks([END])


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    yield from read_bare_python(tape, parts, speech, _START)
    while (yield from tape.until(_START, parts.say)):
        text, end = yield from tape.gather(_END)
        ended = end or not (yield from tape.peek())
        calls = (python_calls_in(text) or calls_in(text)) if ended else []
        if not calls:
            parts.say(START + text + end)
        for call in calls:
            parts.call(call)


_SIGNS = (START, "<|tool_list_start|>", "List of tools: [")

DIALECT = Dialect("lfm", lambda speech: any(one in speech.template for one in _SIGNS), read, (START, END))
