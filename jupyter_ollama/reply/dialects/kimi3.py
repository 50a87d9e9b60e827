"""Kimi K3: everything stands between tags made of three tokens.

    <|open|>think<|sep|>...<|close|>think<|sep|>
    <|open|>response<|sep|>...<|close|>response<|sep|>
    <|open|>tools<|sep|><|open|>call tool="get_weather" index="1"<|sep|>
    <|open|>argument key="city" type="string"<|sep|>Paris<|close|>argument<|sep|>
    <|close|>call<|sep|><|close|>tools<|sep|>

The prompt ends within the thoughts.
Source: the chat template of moonshotai/Kimi-K3.
"""

from __future__ import annotations

import re
from typing import Any

from ...messages import ToolCall
from ..dialect import Dialect
from ..json_text import parse
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import MAX_GATHERED, Reading, Tape

OPEN, CLOSE, SEPARATOR = "<|open|>", "<|close|>", "<|sep|>"
THINK = f"{OPEN}think{SEPARATOR}"

_TAGS, _SEPARATOR, _CLOSE = Marks([OPEN, CLOSE]), Marks([SEPARATOR]), Marks([CLOSE])
_CALL = re.compile(r'call tool="([^"]+)"')
_ARGUMENT = re.compile(r'argument key="([^"]*)" type="(\w+)"')
_MOST = 512  # characters of a tag


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    put = parts.think if speech.prompt.endswith(THINK) else parts.say
    while mark := (yield from tape.until(_TAGS, put)):
        head, end = yield from tape.gather(_SEPARATOR, _MOST)
        called = _CALL.match(head) if mark == OPEN and end else None
        if called:
            yield from _call(tape, parts, called[1], mark + head + end)
        elif not end:
            put(mark + head)
        put = parts.think if mark == OPEN and head == "think" else parts.say


def _call(tape: Tape, parts: Parts, name: str, said: str) -> Reading[None]:
    """The arguments of a call, up to its end; content if it has none."""
    arguments: dict[str, Any] = {}
    while True:
        between, mark = yield from tape.gather(_TAGS, _MOST)
        head, end = yield from tape.gather(_SEPARATOR, _MOST)
        said += between + mark + head + end
        if mark == CLOSE and head == "call" and end:
            parts.call(ToolCall(name, arguments))
            return
        argument = _ARGUMENT.match(head) if mark == OPEN and end else None
        if not argument or len(said) > MAX_GATHERED:
            parts.say(said)
            return
        text, closed = yield from tape.gather(_CLOSE)
        tail = (yield from tape.take(f"argument{SEPARATOR}")) if closed else ""
        said += text + closed + tail
        if not tail:
            parts.say(said)
            return
        arguments[argument[1]] = _value(text, argument[2])


def _value(text: str, kind: str) -> Any:
    if kind == "string":
        return text
    try:
        return parse(text)
    except ValueError:
        return text


DIALECT = Dialect(
    "kimi3", lambda speech: all(one in speech.template for one in (OPEN, CLOSE, SEPARATOR)), read, (OPEN, CLOSE, SEPARATOR), channels=True
)  # fmt: skip
