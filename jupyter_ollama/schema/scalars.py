"""Texts, numbers, and values that are listed."""

from __future__ import annotations

import json
import math
from typing import Any

from ..sentences import Sentence
from .pattern import rule_of
from .trouble import SchemaTrouble

MAX_VALUES = 1000
"""How many values an enum may list."""

MAX_LENGTH = 2000
"""The greatest length of a text that can be counted; llama.cpp's own limit."""

MAX_RANGE = 1000
"""Multiples of a number are listed in a range of so many whole numbers."""

FORMATS = ("date", "time", "date-time", "uuid", "uuid1", "uuid2", "uuid3", "uuid4", "uuid5")
Schema = dict[str, Any]


def listed(values: Any) -> Schema:
    """An enum. Raises: SchemaTrouble."""
    if not isinstance(values, list) or not values:
        raise SchemaTrouble("an enum needs a list of values")
    distinct = {json.dumps(value, ensure_ascii=False): value for value in values}
    if len(distinct) > MAX_VALUES:
        raise SchemaTrouble(
            Sentence("an enum lists %1 values; at most %2 are accepted", f"{len(distinct):,}", f"{MAX_VALUES:,}"), "Ask for less at once."
        )
    return {"enum": list(distinct.values())}


def text(schema: Schema) -> Schema:
    """A string: with a pattern, a known format, a length, or nothing of all this. Raises: SchemaTrouble."""
    if "pattern" in schema:
        if not isinstance(schema["pattern"], str):
            raise SchemaTrouble("a pattern is a text")
        rule_of(schema["pattern"])
        return {"type": "string", "pattern": schema["pattern"]}
    if schema.get("format") in FORMATS:
        return {"type": "string", "format": schema["format"]}
    least, most = bounds(schema, "minLength", "maxLength", MAX_LENGTH)
    if least == 0 and most is None:
        return {"type": "string"}
    return {"type": "string", "minLength": least, **({} if most is None else {"maxLength": most})}


def bounds(schema: Schema, least_name: str, most_name: str, limit: int) -> tuple[int, int | None]:
    """A least and a greatest count; None if there is no greatest. Raises: SchemaTrouble."""
    least, most = (_count(schema, name, limit) for name in (least_name, most_name))
    if least is not None and most is not None and least > most:
        raise SchemaTrouble(Sentence("%1 %2 is more than %3 %4", least_name, least, most_name, most))
    return least or 0, most


def _count(schema: Schema, name: str, limit: int) -> int | None:
    value = schema.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise SchemaTrouble(Sentence("%1 is a whole number, not %2", name, f"{value!r:.60}"))
    if value > limit:
        raise SchemaTrouble(
            Sentence("%1 %2 is more than can be counted", name, f"{value:,}"),
            Sentence("At most %1 can; leave it out if it does not matter.", f"{limit:,}"),
        )  # fmt: skip
    return int(value)


def number(schema: Schema, kind: str) -> Schema:
    """A number. Of the ranges of numbers that are not whole, only that they begin at 0 is followed. Raises: SchemaTrouble."""
    least, most = _edge(schema, "minimum", "exclusiveMinimum", 1), _edge(schema, "maximum", "exclusiveMaximum", -1)
    if least > most:
        raise SchemaTrouble(Sentence("no number is from %1 to %2", f"{least:g}", f"{most:g}"))
    if kind == "number":
        return {"type": kind, "minimum": 0} if least >= 0 else {"type": kind}
    low, high = (None if math.isinf(end) else turned(end) for end, turned in ((least, math.ceil), (most, math.floor)))
    if low is not None and high is not None:
        step = schema.get("multipleOf")
        if low > high:
            raise SchemaTrouble(Sentence("no whole number is from %1 to %2", f"{least:g}", f"{most:g}"))
        if isinstance(step, int) and step > 1 and high - low < MAX_RANGE:
            return listed([one for one in range(low, high + 1) if one % step == 0])
    ends = {"minimum": low, "maximum": high}
    return {"type": kind, **{name: end for name, end in ends.items() if end is not None}}


def _edge(schema: Schema, name: str, exclusive: str, inwards: int) -> float:
    """One end of a range; an endless one is infinite. ``inwards``: where the next whole number within it lies."""
    found = [-math.inf * inwards]
    for key, is_open in ((name, False), (exclusive, True)):
        value = schema.get(key)
        if value is None or isinstance(value, bool):  # draft 4 had a switch
            continue
        if not isinstance(value, int | float):
            raise SchemaTrouble(Sentence("%1 is a number, not %2", key, f"{value!r:.60}"))
        if abs(value) > 1e15:
            continue
        found.append(value + inwards if is_open and value == int(value) else value)
    return max(found) if inwards > 0 else min(found)
