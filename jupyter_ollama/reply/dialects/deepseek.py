"""DeepSeek R1, V3 and V3.1, and what was distilled from them.

    <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather
    ```json
    {"city": "Paris"}
    ```<｜tool▁call▁end｜><｜tool▁calls▁end｜>                                R1 and V3

    <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜>...    V3.1

Small models write the tokens with other blanks and bars; some leave the outer ones out.
Source: the chat templates and model cards of deepseek-ai/DeepSeek-R1-0528 and DeepSeek-V3.1.
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


def _spellings(words: str) -> tuple[str, ...]:
    """``tool call begin`` as the model has it, and as it is written from memory."""
    return tuple(f"<{bar}{words.replace(' ', blank)}{bar}>" for bar in "｜|" for blank in "▁_ ")


BEGIN, END = _spellings("tool calls begin"), _spellings("tool calls end")
CALL, CALL_END, SEPARATOR = _spellings("tool call begin"), _spellings("tool call end"), _spellings("tool sep")

_BEGIN = Marks(BEGIN + CALL)
_SEPARATOR = Marks(SEPARATOR + CALL_END + END)
_BRACE = Marks(["{", *CALL_END, *END])
_FENCE = "```"


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    while mark := (yield from tape.until(_BEGIN, parts.say)):
        if mark in BEGIN:
            before = yield from tape.blanks()
            inner = yield from tape.take(*CALL)
            if not inner:
                parts.say(mark + before)
                continue
            mark += before + inner
        yield from _call(tape, parts, mark)


def _call(tape: Tape, parts: Parts, said: str) -> Reading[None]:
    head, mark = yield from tape.gather(_SEPARATOR, 256)
    said += head + mark
    if mark not in SEPARATOR:
        parts.say(said)
        return
    if head.strip() == "function":  # R1 and V3 name the kind first
        name, brace = yield from tape.gather(_BRACE, 1024)
        said += name
        name = name.split(_FENCE)[0]
    else:
        name = head
        blank = yield from tape.blanks()
        brace = yield from tape.take("{")
        said += blank
    name = name.strip()
    if not name or brace != "{":
        parts.say(said + brace)
        return
    tape.back(brace)
    text, whole = yield from take_nested(tape)
    arguments = arguments_of(text) if whole else None
    if arguments is None:
        parts.say(said + text)
        return
    parts.call(ToolCall(name, arguments))
    yield from _close(tape)


def _close(tape: Tape) -> Reading[None]:
    """What follows the arguments of a call."""
    yield from tape.blanks()
    if (yield from tape.take(_FENCE)):
        yield from tape.blanks()
    if (yield from tape.take(*CALL_END)):
        yield from tape.blanks()
    yield from tape.take(*END)


DIALECT = Dialect("deepseek", lambda speech: any(one in speech.template for one in BEGIN), read, tuple(
    spellings[0] for spellings in (BEGIN, CALL, SEPARATOR, CALL_END, END)
))  # fmt: skip
