"""Llama 4.

    [get_weather(city="Paris"), get_time()]                               the whole answer
    <|python_start|>[get_weather(city="Paris")]<|python_end|>             the same between tokens
    {"name": "get_weather", "parameters": {"city": "Paris"}}              if it was asked for that

Source: Meta's page on the prompt format of Llama 4 (tool calling).
"""

from __future__ import annotations

from ..bare_python import read_bare_python
from ..calls import read_bare_calls
from ..dialect import Dialect
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

START, END = "<|python_start|>", "<|python_end|>"
_START, _END = Marks([START, END]), Marks([END])


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    yield from _calls(tape, parts, speech)
    while mark := (yield from tape.until(_START, parts.say)):
        if mark == START:
            yield from _calls(tape, parts, speech)


def _calls(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    parts.say((yield from tape.blanks()))
    begins = yield from tape.peek()
    if begins == "[":
        yield from read_bare_python(tape, parts, speech, _END)
    elif begins == "{":
        yield from read_bare_calls(tape, parts, speech)


DIALECT = Dialect("llama4", lambda speech: START in speech.template or "<|header_start|>" in speech.template, read, (START, END))
