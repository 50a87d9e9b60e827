"""Muse Glimmer: messages with the one they go to, calls as elements.

     to=self<|message|>...<|eom|>                                        thinking
    <|start|>assistant to=get_weather<|message|><atem:function_calls>
    <atem:invoke name="get_weather">
    <atem:parameter name="city">Paris</atem:parameter>
    </atem:invoke>
    </atem:function_calls><|eom|>
    <|start|>assistant to=user<|message|>...<|eot|>                      content

The prompt ends with ``<|start|>assistant``.
Source: the chat template of that model, as llama.cpp publishes it.
"""

from __future__ import annotations

import re

from ..dialect import Dialect
from ..elements import Elements
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

START, MESSAGE, ENDS = "<|start|>", "<|message|>", ("<|eom|>", "<|eot|>")
ELEMENTS = Elements(
    call='<atem:invoke name="', name_end='">', call_end="</atem:invoke>",
    key='<atem:parameter name="', key_ends={'">': False}, value_end="</atem:parameter>",
    outer=("<atem:function_calls>",), outer_ends=("</atem:function_calls>",),
)  # fmt: skip

_HEADER_ENDS, _MESSAGE_ENDS = Marks([MESSAGE, START, *ENDS]), Marks([START, *ENDS])
_RECIPIENT = re.compile(r"\s*(?:assistant)?\s*to=([\w.-]+)\s*\Z")
_MOST = 256  # characters of a header


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    before = yield from tape.blanks()
    mark = START if (yield from tape.take("to=")) else ""
    tape.back("to=" if mark else "")
    if not mark:
        parts.say(before)
    while True:
        if mark == START:
            mark = yield from _message(tape, parts, speech)
        elif not (mark := (yield from tape.until(_MESSAGE_ENDS, parts.say))):
            return


def _message(tape: Tape, parts: Parts, speech: Speech) -> Reading[str]:
    """A header and its message. Returns the mark behind it."""
    header, mark = yield from tape.gather(_HEADER_ENDS, _MOST)
    found = _RECIPIENT.match(header)
    if mark != MESSAGE or found is None:
        parts.say(header if mark != MESSAGE else "")
        return "" if mark == MESSAGE else mark
    if found[1] == "self":
        return (yield from tape.until(_MESSAGE_ENDS, parts.think))
    if found[1] == "user":
        return (yield from tape.until(_MESSAGE_ENDS, parts.say))
    text, mark = yield from tape.gather(_MESSAGE_ENDS)
    inner = Tape()
    inner.add(text)
    inner.ended = True
    for _ in ELEMENTS.read(inner, parts, speech):
        pass
    return mark


TOKENS = (START, MESSAGE, *ENDS, *ELEMENTS.tokens)

DIALECT = Dialect("glimmer", lambda speech: "<atem:invoke" in speech.template, read, TOKENS, channels=True)
