"""Gemma 4 and FunctionGemma: arguments like JSON, without quotes around keys and with a token as quote.

    <|tool_call>call:get_weather{city:<|"|>Paris<|"|>,days:3}<tool_call|>
    <start_function_call>call:get_weather{city:<escape>Paris<escape>}<end_function_call>

Source: the chat templates of google/gemma-4-31B-it and google/functiongemma-270m-it.
"""

from __future__ import annotations

import re
from typing import Any

from ...messages import ToolCall
from ..dialect import Dialect
from ..json_text import MAX_DEPTH, parse
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape

OPENS = ("<|tool_call>", "<start_function_call>")
CLOSES = ("<tool_call|>", "<end_function_call>")
QUOTES = ('<|"|>', "<escape>")

_OPENS, _CLOSES = Marks(OPENS), Marks(CLOSES)
_HEAD = re.compile(r"\s*call:([\w.-]+)\s*")
_KEY = re.compile(r'\s*([\w.-]+|"[^"]*")\s*:\s*')
_TOKEN = re.compile(rf"""({'|'.join(map(re.escape, QUOTES))})(.*?)\1|"(?:[^"\\]|\\.)*"|[\w.+-]+""", re.DOTALL)


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    while mark := (yield from tape.until(_OPENS, parts.say)):
        text, end = yield from tape.gather(_CLOSES)
        ended = end or not (yield from tape.peek())
        call = call_in(text) if ended else None
        if call is None:
            parts.say(mark + text + end)
        else:
            parts.call(call)
            while (yield from tape.take(*CLOSES)):  # some write it twice
                pass


def call_in(text: str) -> ToolCall | None:
    """The call that a whole text consists of."""
    head = _HEAD.match(text)
    if head is None:
        return None
    try:
        value, at = _value(text, head.end(), 0)
    except ValueError:
        return None
    return ToolCall(head[1], value) if isinstance(value, dict) and not text[at:].strip() else None


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    """A value and the place behind it. Raises: ValueError."""
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    if text[at : at + 1] == "{":
        pairs, at = _items(text, at + 1, "}", depth)
        return dict(pairs), at
    if text[at : at + 1] == "[":
        return _items(text, at + 1, "]", depth)
    found = _TOKEN.match(text, at)
    if found is None:
        raise ValueError("no value")
    return found[2] if found[1] else parse(found.group()), found.end()


def _items(text: str, at: int, closing: str, depth: int) -> tuple[list[Any], int]:
    """What stands between brackets, the first of which was read: values, or pairs of key and value."""
    items: list[Any] = []
    while True:
        at = _blanks(text, at)
        if text[at : at + 1] == closing:
            return items, at + 1
        if closing == "}":
            key = _KEY.match(text, at)
            if key is None:
                raise ValueError("no key")
            value, at = _value(text, key.end(), depth + 1)
            items.append((key[1].strip('"'), value))
        else:
            value, at = _value(text, at, depth + 1)
            items.append(value)
        at = _blanks(text, at)
        if text[at : at + 1] == ",":
            at += 1
        elif text[at : at + 1] != closing:
            raise ValueError("no comma")


def _blanks(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


DIALECT = Dialect(
    "gemma", lambda speech: any(one in speech.template for one in OPENS), read, (*OPENS, *CLOSES, *QUOTES, "<|channel>", "<channel|>")
)  # fmt: skip
