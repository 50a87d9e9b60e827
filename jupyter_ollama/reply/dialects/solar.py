"""Solar Open.

    <|tool_calls|><|tool_call:begin|>ID<|tool_call:name|>get_weather<|tool_call:args|>{"city": "Paris"}<|tool_call:end|>

What it thinks and says stands behind <|think|> and <|content|>, in messages of their own.
Source: the chat template of upstage/Solar-Open-100B.
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

CALL, NAME, ARGUMENTS, CALL_END = "<|tool_call:begin|>", "<|tool_call:name|>", "<|tool_call:args|>", "<|tool_call:end|>"
THINK, MESSAGE_END = "<|think|>", "<|end|>"
HEADERS = ("<|begin|>assistant", "<|content|>", "<|tool_calls|>", "<|calls|>", MESSAGE_END)

_MARKS = Marks([CALL, THINK, *HEADERS])
_THOUGHT_ENDS, _NAME, _ARGUMENTS = Marks([MESSAGE_END]), Marks([NAME, CALL_END]), Marks([ARGUMENTS, CALL_END])


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    while mark := (yield from tape.until(_MARKS, parts.say)):
        if mark == THINK:
            yield from tape.until(_THOUGHT_ENDS, parts.think)
        elif mark == CALL:
            yield from _call(tape, parts)


def _call(tape: Tape, parts: Parts) -> Reading[None]:
    number, mark = yield from tape.gather(_NAME, 256)
    said = CALL + number + mark
    name, mark = (yield from tape.gather(_ARGUMENTS, 256)) if mark == NAME else ("", "")
    said += name + mark
    if mark != ARGUMENTS or not name.strip() or (yield from tape.peek()) != "{":
        parts.say(said)
        return
    text, whole = yield from take_nested(tape)
    arguments = arguments_of(text) if whole else None
    if arguments is None:
        parts.say(said + text)
        return
    parts.call(ToolCall(name.strip(), arguments, number.strip()))
    yield from tape.take(CALL_END)


TOKENS = (CALL, NAME, ARGUMENTS, CALL_END, THINK, "<|begin|>", *HEADERS[1:])

DIALECT = Dialect("solar", lambda speech: CALL in speech.template and NAME in speech.template, read, TOKENS, channels=True)
