"""Texts, numbers, and values that are listed."""

from __future__ import annotations

import json
import math
from typing import Any

from .pattern import rule_of
from .trouble import SchemaTrouble

MAX_VALUES = 1000
"""How many values an enum may list."""

MAX_LENGTH = 2000
"""The greatest length of a text that can be counted; llama.cpp's own limit."""

MAX_RANGE = 100
"""A range of so many whole numbers is listed."""

FORMATS = ("date", "time", "date-time", "uuid", "uuid1", "uuid2", "uuid3", "uuid4", "uuid5")
Schema = dict[str, Any]


def listed(values: Any) -> Schema:
    """An enum. Raises: SchemaTrouble."""
    if not isinstance(values, list) or not values:
        raise SchemaTrouble("an enum needs a list of values")
    distinct = {json.dumps(value, ensure_ascii=False): value for value in values}
    if len(distinct) > MAX_VALUES:
        raise SchemaTrouble(f"an enum lists {len(distinct):,} values; at most {MAX_VALUES:,} are accepted", "Ask for less at once.")
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
        raise SchemaTrouble(f"{least_name} {least} is more than {most_name} {most}")
    return least or 0, most


def _count(schema: Schema, name: str, limit: int) -> int | None:
    value = schema.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise SchemaTrouble(f"{name} is a whole number, not {value!r:.60}")
    if value > limit:
        raise SchemaTrouble(f"{name} {value:,} is more than can be counted", f"At most {limit:,} can; leave it out if it does not matter.")
    return int(value)


def number(schema: Schema, kind: str) -> Schema:
    """A number. Whole numbers of a small range are listed; other ranges are not followed. Raises: SchemaTrouble."""
    least, most = _edge(schema, "minimum", "exclusiveMinimum", 1), _edge(schema, "maximum", "exclusiveMaximum", -1)
    if least > most:
        raise SchemaTrouble(f"no number is from {least:g} to {most:g}")
    if kind != "integer" or not (math.isfinite(least) and math.isfinite(most)) or most - least >= MAX_RANGE:
        return {"type": kind}
    step = schema.get("multipleOf", 1)
    whole = [one for one in range(math.ceil(least), math.floor(most) + 1) if not isinstance(step, int) or step <= 0 or one % step == 0]
    if not whole:
        raise SchemaTrouble(f"no whole number is from {least:g} to {most:g}")
    return {"enum": whole}


def _edge(schema: Schema, name: str, exclusive: str, inwards: int) -> float:
    """One end of a range; an endless one is infinite. ``inwards``: where the next whole number within it lies."""
    found = [-math.inf * inwards]
    for key, is_open in ((name, False), (exclusive, True)):
        value = schema.get(key)
        if value is None or isinstance(value, bool):  # draft 4 had a switch
            continue
        if not isinstance(value, int | float):
            raise SchemaTrouble(f"{key} is a number, not {value!r:.60}")
        if abs(value) > 1e15:
            continue
        found.append(value + inwards if is_open and value == int(value) else value)
    return max(found) if inwards > 0 else min(found)
