"""JSON in the midst of an answer: where an object or list ends, and what it holds. Both bounded: what is written there is hostile."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from .tape import MAX_GATHERED, Reading, Tape

MAX_DEPTH = 64

_OUTSIDE = re.compile(r"[^\s,:\w.+\-]")  # a bracket, a quote, or something that JSON does not have outside of quotes
_QUOTED = re.compile(r'["\\]')
_SURROGATES = re.compile("[\ud800-\udfff]")


def take_nested(tape: Tape) -> Reading[tuple[str, bool]]:
    """Read over the object or list that begins here.

    Returns: its text, and whether it is whole. It is not when the answer ends first, when something comes that cannot be JSON (which
    stays unread), or when it is too long or too deep.
    """
    taken: list[str] = []
    depth, quoted, room = 0, False, MAX_GATHERED
    while True:
        text, start = tape.text, tape.at
        limit = min(len(text), start + room)
        at, stop = start, limit
        whole = refused = False
        while not (whole or refused) and (found := (_QUOTED if quoted else _OUTSIDE).search(text, at, limit)):
            one, at = found.group(), found.end()
            if one == '"':
                quoted = not quoted
            elif one == "\\":
                if at == limit < start + room:
                    stop = at - 1  # what is escaped has not come yet
                    break
                at = min(at + 1, limit)
            elif one in "{[":
                depth += 1
                refused = depth > MAX_DEPTH
            elif one in "]}" and depth:
                depth -= 1
                whole = not depth
            else:
                refused, at = True, at - 1
        if whole or refused:
            stop = at
        elif tape.ended:
            stop = limit
        taken.append(text[start:stop])
        tape.at, room = stop, room - (stop - start)
        if whole or refused or tape.ended or not room:
            return "".join(taken), whole
        yield


def nested_first(text: str) -> tuple[str, str]:
    """The object or list that a whole text begins with, and what follows it; nothing and the text if there is none."""
    tape = Tape()
    tape.add(text)
    tape.ended = True
    if text[:1] not in ("{", "["):
        return "", text
    reading = take_nested(tape)
    try:
        while True:
            next(reading)
    except StopIteration as finished:
        found, whole = finished.value
    return (found, text[len(found) :]) if whole else ("", text)


def parse(text: str) -> Any:
    """A JSON value. Texts may run over several lines, as models write them; lone surrogates become U+FFFD.

    Raises: ValueError for what is no JSON, is too deep, or holds a number that JSON cannot hold.
    """
    try:
        return _clean(json.loads(text, strict=False, parse_constant=_refuse), 0)
    except RecursionError:
        raise ValueError("too deep") from None


def _clean(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_clean(key, depth): _clean(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        _refuse(str(value))
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
