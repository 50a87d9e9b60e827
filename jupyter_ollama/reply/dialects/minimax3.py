"""MiniMax M3: each tag behind a token, an element for each value, lists and objects within them.

    ]<]minimax[>[<tool_call>
    ]<]minimax[>[<invoke name="get_weather">]<]minimax[>[<city>Paris]<]minimax[>[</city>]<]minimax[>[</invoke>
    ]<]minimax[>[</tool_call>

Thoughts stand between <mm:think> and </mm:think>; where there are none, only the second is written.
Source: the chat template of MiniMaxAI/MiniMax-M3.
"""

from __future__ import annotations

import re
from typing import Any

from ...messages import ToolCall
from ..dialect import Dialect
from ..json_text import MAX_DEPTH
from ..marks import Marks
from ..parts import Parts
from ..speech import Speech
from ..tape import Reading, Tape
from ..typed import value_of

TOKEN = "]<]minimax[>["
OPEN, CLOSE, INVOKE, END = f"{TOKEN}<tool_call>", f"{TOKEN}</tool_call>", f'{TOKEN}<invoke name="', f"{TOKEN}</invoke>"
NO_THOUGHTS = "</mm:think>"

_MARKS, _END = Marks([OPEN, CLOSE, INVOKE]), Marks([END])
_NAME = re.compile(r'([\w.-]+)">\s*')
_TAG = re.compile(r"<(/?)([^<>]+)>")


def read(tape: Tape, parts: Parts, speech: Speech) -> Reading[None]:
    before = yield from tape.blanks()
    if not (yield from tape.take(NO_THOUGHTS)):
        parts.say(before)
    while mark := (yield from tape.until(_MARKS, parts.say)):
        if mark != INVOKE:
            continue
        text, end = yield from tape.gather(_END)
        call = call_in(text, speech) if end else None
        if call is None:
            parts.say(mark + text + end)
        else:
            parts.call(call)


def call_in(text: str, speech: Speech) -> ToolCall | None:
    """The call between an invoke and its end."""
    name = _NAME.match(text)
    if name is None:
        return None
    pieces = text[name.end() :].split(TOKEN)
    try:
        if pieces[0].strip():
            return None
        found = _inside(iter(pieces[1:]), None, 0)
    except (ValueError, StopIteration):
        return None
    given = found if isinstance(found, dict) else {}
    tool = speech.tool(name[1])
    return ToolCall(name[1], {key: value_of(one, tool, key) if isinstance(one, str) else one for key, one in given.items()})


def _inside(pieces: Any, ended_by: str | None, depth: int) -> Any:
    """What stands between two tags: elements, items, or nothing. Raises: ValueError for tags that do not fit each other."""
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    found: list[tuple[str, Any]] = []
    for piece in pieces:
        tag = _TAG.match(piece)
        if tag is None:
            raise ValueError("no tag")
        closes, name = bool(tag[1]), tag[2]
        if closes:
            if name != ended_by:
                raise ValueError(f"{name} closes nothing")
            break
        text = piece[tag.end() :]
        inner = _inside(pieces, name, depth + 1)
        found.append((name, inner if inner is not None else text))
    else:
        if ended_by is not None:
            raise ValueError(f"{ended_by} is not closed")
    if found and all(name == "item" for name, _ in found):
        return [value_of(one, None, "") if isinstance(one, str) else one for _, one in found]
    if ended_by is None:
        return dict(found)
    return {name: value_of(one, None, "") if isinstance(one, str) else one for name, one in found} if found else None


DIALECT = Dialect("minimax3", lambda speech: TOKEN in speech.template, read, (TOKEN, "<mm:think>", NO_THOUGHTS))
